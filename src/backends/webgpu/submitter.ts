/**
 * Sends segments to the GPU: many per submit and one compute pass, each submit sized to tens of milliseconds by
 * measured time. Two submits are in flight, or one if it takes long. Row indices go up and losses come back once per
 * submit, without the queue waiting. The caller's program encodes the dispatches of a segment.
 */
import { allocate as allocateArray } from "../../data/matrix.ts";
import { pause } from "../../pause.ts";
import type { RunOptions, SgdResult } from "../backend.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { type Frame, type Program, workOf } from "./program.ts";
import { MAX_RECORDS, orderOf, type Placement, RECORD_STRIDE, writeRecords } from "./records.ts";
import { lossUnit, MAX_SEGMENT_ROWS, type Segment } from "./segments.ts";

/**
 * Loss pairs (½ Σ s·scale·CE, correct rows) of one submit: room for two segments of MAX_SEGMENT_ROWS, one pair per
 * row.
 */
const LOSS_SLOTS = 2 * MAX_SEGMENT_ROWS;
const LOSS_BYTES = 8;

/** Most row indices of one submit. */
const ORDER_ROWS = 2 ** 18;

/** Time that one submit should take, ms: short enough for aborts and the page, long enough to hide overhead. */
const SUBMIT_TIME = 30;

/**
 * Submits that take longer, ms, are in flight one at a time: they have no overhead to hide, and an abort waits for
 * one only.
 */
const LONG_TIME = 8 * SUBMIT_TIME;

/** Buffers of one submit. */
export type FrameBuffers = Buffers<"segment" | "order" | "losses" | "readback">;

/** A copy to the host that shares a submit. */
export interface Copy {
  encode(encoder: GPUCommandEncoder): void;
  /** Reads the copy; called right after the submit. */
  read(): Promise<void>;
}

/** The submit pipeline of one trainer. */
export class Submitter {
  readonly frames: readonly [FrameBuffers, FrameBuffers];
  readonly #gpu: GpuDevice;
  readonly #firstWork: number;
  #workPerSubmit: number;
  #lastDone = 0;
  /** Time of the last submit, ms; an unknown time counts as long. */
  #lastTime = Infinity;

  private constructor(gpu: GpuDevice, frames: Submitter["frames"], firstWork: number) {
    this.#gpu = gpu;
    this.frames = frames;
    this.#firstWork = firstWork;
    this.#workPerSubmit = firstWork;
  }

  /** @param firstWork rows, or other units of work, of the first submit, before anything is measured */
  static async create(gpu: GpuDevice, firstWork: number): Promise<Submitter> {
    const first = await allocateFrame(gpu);
    try {
      return new Submitter(gpu, [first, await allocateFrame(gpu)], firstWork);
    } catch (error) {
      first.dispose();
      throw error;
    }
  }

  /**
   * Runs the segments of `batches` batches; `copy` shares the submit of the last segment, so that one wait serves both.
   * After an abort, rejects with the signal's reason once nothing is in flight.
   */
  async run<S extends Segment>(
    segments: Iterable<S>,
    batches: number,
    program: Program<S>,
    options: RunOptions = {},
    copy?: Copy,
  ): Promise<SgdResult> {
    const results = {
      losses: new Float64Array(batches),
      weights: new Float64Array(batches),
      correct: new Float64Array(batches),
    };
    const inFlight: [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()];
    const queue = new Lookahead(segments);
    let rowsDone = 0;
    let frame: Frame = 0;
    try {
      while (queue.next) {
        await (this.#lastTime > LONG_TIME ? Promise.all(inFlight) : inFlight[frame]);
        await pause(options.signal);
        const placements = this.#place(queue, program);
        const last = queue.next ? undefined : copy;
        inFlight[frame] = this.#runPlaced(placements, frame, program, results, last).then((rows) => {
          rowsDone += rows;
          options.onRows?.(rowsDone);
        });
        // A failure is seen when it is awaited; until then it must not count as unhandled.
        inFlight[frame].catch(() => {});
        frame = frame === 0 ? 1 : 0;
      }
    } finally {
      await Promise.allSettled(inFlight);
    }
    await Promise.all(inFlight);
    return results;
  }

  /**
   * Runs segments one at a time, and reads what each leaves of its rows at the start of `source`.
   *
   * @param rowBytes bytes that a row takes there
   * @param rows     rows of all segments together
   * @returns `[rows, rowBytes]`
   * @throws LimitError, DeviceError, or the signal's reason
   */
  async readRows<S extends Segment>(
    segments: Iterable<S>,
    program: Program<S>,
    source: GPUBuffer,
    rowBytes: number,
    rows: number,
    options: RunOptions = {},
  ): Promise<ArrayBuffer> {
    const all = allocateArray(Uint8Array, rows * rowBytes, "x");
    let rowsDone = 0;
    for (const segment of segments) {
      options.signal?.throwIfAborted();
      const size = segment.count * rowBytes;
      const staging = await allocate(this.#gpu, source.label, { readback: { size, role: "readback" } });
      try {
        const { readback } = staging.get;
        const placement = { segment, orderStart: 0, lossSlot: 0, lossPairs: 0 };
        this.submit([placement], 0, program, {
          after: (encoder) => encoder.copyBufferToBuffer(source, 0, readback, 0, size),
        });
        all.set(new Uint8Array(await this.#gpu.mapForReading(readback, size)), rowsDone * rowBytes);
      } finally {
        staging.dispose();
      }
      rowsDone += segment.count;
      options.onRows?.(rowsDone);
    }
    return all.buffer;
  }

  /**
   * Sends one submit, as all work goes to the GPU: writes the records and row indices of `placements`, encodes their
   * dispatches `rounds` times in one pass, then what `after` adds.
   *
   * @returns the time at which it was handed to the queue, ms
   */
  submit<S extends Segment>(
    placements: readonly Placement<S>[],
    frame: Frame,
    program: Program<S>,
    { rounds = 1, after }: { rounds?: number; after?: (encoder: GPUCommandEncoder) => void } = {},
  ): number {
    const { segment: records, order } = this.frames[frame].get;
    const { device } = this.#gpu;
    writeRecords(
      this.#gpu,
      records,
      placements,
      program.columns?.write(placements.map(({ segment }) => segment)),
    );
    const rowIndices = orderOf(placements);
    // Deno ends the process at an empty write.
    if (rowIndices.length > 0) device.queue.writeBuffer(order, 0, rowIndices);
    const encoder = device.createCommandEncoder({ label: "submit" });
    const pass = encoder.beginComputePass({ label: "submit" });
    for (let round = 0; round < rounds; round++)
      for (const [i, { segment }] of placements.entries())
        program.encode(pass, segment, frame, i * RECORD_STRIDE);
    pass.end();
    after?.(encoder);
    const commands = encoder.finish();
    const time = performance.now();
    device.queue.submit([commands]);
    return time;
  }

  dispose(): void {
    for (const frame of this.frames) frame.dispose();
  }

  /** Places as many segments as the measured time and a submit's buffers allow; at least one. */
  #place<S extends Segment>(queue: Lookahead<S>, program: Program<S>): Placement<S>[] {
    const placements: Placement<S>[] = [];
    const { columns } = program;
    let [work, orderStart, lossSlot, uploaded] = [0, 0, 0, 0];
    while (queue.next && placements.length < MAX_RECORDS) {
      const segment = queue.next;
      const lossPairs = program.lossPairs(segment);
      const own = workOf(program, segment);
      const size = columns?.sizeOf(segment) ?? 0;
      const isFull =
        work + own > this.#workPerSubmit ||
        orderStart + segment.count > ORDER_ROWS ||
        lossSlot + lossPairs > LOSS_SLOTS ||
        (columns && uploaded + size > columns.capacity);
      if (isFull && placements.length > 0) break;
      placements.push({ segment, orderStart, lossSlot, lossPairs });
      work += own;
      uploaded += size;
      if (segment.rows) orderStart += segment.count;
      lossSlot += lossPairs;
      queue.advance();
    }
    return placements;
  }

  /** Runs segments in one submit and adds what they leave to `results`; returns the number of rows. */
  async #runPlaced<S extends Segment>(
    placements: readonly Placement<S>[],
    frame: Frame,
    program: Program<S>,
    results: SgdResult,
    copy: Copy | undefined,
  ): Promise<number> {
    const { losses, readback } = this.frames[frame].get;
    const last = placements[placements.length - 1];
    const size = (last.lossSlot + last.lossPairs) * LOSS_BYTES;
    const rows = placements.reduce((sum, { segment }) => sum + segment.count, 0);
    const work = placements.reduce((sum, { segment }) => sum + workOf(program, segment), 0);

    const started = performance.now();
    this.submit(placements, frame, program, {
      after: (encoder) => {
        // Second moments have no losses, and empty transfers are an error in some engines.
        if (size > 0) encoder.copyBufferToBuffer(losses, 0, readback, 0, size);
        copy?.encode(encoder);
      },
    });
    const pairs = size > 0 ? this.#gpu.mapForReading(readback, size) : this.#gpu.workDone();
    const [bytes = new ArrayBuffer()] = await Promise.all([pairs, copy?.read()]);
    this.#measure(work, started);
    addLosses(results, placements, new Float32Array(bytes));
    return rows;
  }

  /** Sizes the next submits by the time that this one took after the one before it. */
  #measure(work: number, started: number): void {
    const now = performance.now();
    const elapsed = Math.max(now - Math.max(started, this.#lastDone), 0.1);
    this.#lastDone = now;
    this.#lastTime = elapsed;
    this.#workPerSubmit = Math.min((work * SUBMIT_TIME) / elapsed, 4 * Math.max(work, this.#firstWork));
  }
}

/** Adds the loss pairs of a submit to the results of their batches. */
function addLosses(results: SgdResult, placements: readonly Placement[], pairs: Float32Array): void {
  for (const { segment, lossSlot, lossPairs } of placements) {
    const { batch } = segment;
    const unit = lossUnit(batch);
    results.weights[batch.index] = batch.weight;
    for (let slot = lossSlot; slot < lossSlot + lossPairs; slot++) {
      results.losses[batch.index] += unit * pairs[2 * slot];
      results.correct[batch.index] += pairs[2 * slot + 1];
    }
  }
}

/** An iterator that shows its next element before it is consumed. */
class Lookahead<T> {
  readonly #iterator: Iterator<T>;
  /** The next element; undefined at the end. */
  next: T | undefined;

  constructor(elements: Iterable<T>) {
    this.#iterator = elements[Symbol.iterator]();
    this.advance();
  }

  advance(): void {
    const { done, value } = this.#iterator.next();
    this.next = done ? undefined : value;
  }
}

function allocateFrame(gpu: GpuDevice): Promise<FrameBuffers> {
  return allocate(gpu, "submit", {
    segment: { size: MAX_RECORDS * RECORD_STRIDE, role: "uniform" },
    order: { size: ORDER_ROWS * 4, role: "storage" },
    losses: { size: LOSS_SLOTS * LOSS_BYTES, role: "storage" },
    readback: { size: LOSS_SLOTS * LOSS_BYTES, role: "readback" },
  });
}
