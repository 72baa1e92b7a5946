/**
 * Sends segments to the GPU: many per submit and one compute pass, each submit sized to tens of milliseconds
 * by measured time. Two are in flight, or one if it takes long. Row indices go up and losses come back once per
 * submit, without the queue waiting. What is dispatched for a segment, the caller encodes.
 */
import { pause } from "../../pause.ts";
import type { RunOptions } from "../backend.ts";
import { MAX_RECORDS, type Placement, RECORD_STRIDE, writeRecords } from "./arena.ts";
import { allocate, type Buffers } from "./buffers.ts";
import { MAX_SEGMENT_ROWS } from "./geometry.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { lossUnit, type Segment } from "./segments.ts";

/** Pairs (½ Σ s·scale·CE, rows right) that one submit has room for: a pair per row of the largest segment, twice. */
const LOSS_SLOTS = 2 * MAX_SEGMENT_ROWS;
const LOSS_BYTES = 8;

/** Row indices that one submit has room for. */
const ORDER_ROWS = 2 ** 18;

/** How long one submit should keep the GPU busy, ms: short for abort and the page, long for the overhead. */
const SUBMIT_TIME = 30;

/** A submit that takes longer is in flight alone, ms: there is no overhead to hide, and an abort waits for one only. */
const LONG_TIME = 8 * SUBMIT_TIME;

/** The two sets of buffers that submits take in turn. */
export type Lane = 0 | 1;

/** Buffers of one submit. */
export type LaneBuffers = Buffers<"segment" | "order" | "losses" | "readback">;

/** How segments become dispatches. */
export interface Program {
  /** Pairs of losses a segment writes. */
  lossPairs(segment: Segment): number;
  /** Encodes a segment's dispatches, with its uniform record `offset` bytes into the lane's arena. */
  encode(pass: GPUComputePassEncoder, segment: Segment, lane: Lane, offset: number): void;
}

/** A copy to the host. */
export interface Copy {
  encode(encoder: GPUCommandEncoder): void;
  /** Called as soon as the copy is submitted. */
  read(): Promise<void>;
}

/** What came of each batch. */
export interface BatchResults {
  /** Mean cross-entropy, NaN after a score that overflowed in a row with s > 0; 0 if Σ s is 0. */
  readonly losses: Float64Array;
  /** Σ s */
  readonly weights: Float64Array;
  /** Rows predicted right. */
  readonly correct: Float64Array;
}

/** The submit pipeline of one trainer. */
export class Submitter {
  readonly lanes: readonly [LaneBuffers, LaneBuffers];
  readonly #gpu: GpuDevice;
  readonly #firstRows: number;
  #rowsPerSubmit: number;
  #lastDone = 0;
  /** Time of the last submit, ms; unknown is long. */
  #lastTime = Infinity;

  private constructor(gpu: GpuDevice, lanes: Submitter["lanes"], firstRows: number) {
    this.#gpu = gpu;
    this.lanes = lanes;
    this.#firstRows = firstRows;
    this.#rowsPerSubmit = firstRows;
  }

  /** @param firstRows rows of the first submit, before anything is measured */
  static async create(gpu: GpuDevice, firstRows: number): Promise<Submitter> {
    const first = await allocateLane(gpu);
    try {
      return new Submitter(gpu, [first, await allocateLane(gpu)], firstRows);
    } catch (error) {
      first.dispose();
      throw error;
    }
  }

  /**
   * Runs the segments of `batches` batches, and `copy` in the submit of the last one: one wait for both. Rejects with the signal's reason after an abort, when nothing is in flight.
   */
  async run(
    segments: Iterable<Segment>,
    batches: number,
    program: Program,
    options: RunOptions = {},
    copy?: Copy,
  ): Promise<BatchResults> {
    const results = {
      losses: new Float64Array(batches),
      weights: new Float64Array(batches),
      correct: new Float64Array(batches),
    };
    const inFlight: [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()];
    const queue = new Lookahead(segments);
    let rowsDone = 0;
    let lane: Lane = 0;
    try {
      while (queue.next) {
        await (this.#lastTime > LONG_TIME ? Promise.all(inFlight) : inFlight[lane]);
        await pause(options.signal);
        const placements = this.#take(queue, program);
        const last = queue.next ? undefined : copy;
        inFlight[lane] = this.#submit(placements, lane, program, results, last).then((rows) => {
          rowsDone += rows;
          options.onRows?.(rowsDone);
        });
        // A failure is seen where it is awaited; until then it must not count as unhandled.
        inFlight[lane].catch(() => {});
        lane = lane === 0 ? 1 : 0;
      }
    } finally {
      await Promise.allSettled(inFlight);
    }
    await Promise.all(inFlight);
    return results;
  }

  dispose(): void {
    for (const lane of this.lanes) lane.dispose();
  }

  /** As many segments as the measured time and the buffers of a submit allow; at least one. */
  #take(queue: Lookahead<Segment>, program: Program): Placement[] {
    const placements: Placement[] = [];
    let [rows, orderStart, lossSlot] = [0, 0, 0];
    while (queue.next && placements.length < MAX_RECORDS) {
      const segment = queue.next;
      const pairs = program.lossPairs(segment);
      const isFull =
        rows + segment.count > this.#rowsPerSubmit ||
        orderStart + segment.count > ORDER_ROWS ||
        lossSlot + pairs > LOSS_SLOTS;
      if (isFull && placements.length > 0) break;
      placements.push({ segment, orderStart, lossSlot });
      rows += segment.count;
      if (segment.rows) orderStart += segment.count;
      lossSlot += pairs;
      queue.advance();
    }
    return placements;
  }

  /** Gives the number of rows done. */
  async #submit(
    placements: readonly Placement[],
    lane: Lane,
    program: Program,
    results: BatchResults,
    copy: Copy | undefined,
  ): Promise<number> {
    const { segment: arena, order, losses, readback } = this.lanes[lane].get;
    const { device } = this.#gpu;
    const last = placements[placements.length - 1];
    const pairs = last.lossSlot + program.lossPairs(last.segment);
    const rows = placements.reduce((sum, { segment }) => sum + segment.count, 0);

    const started = performance.now();
    writeRecords(this.#gpu, arena, placements);
    const rowIndices = gatherOrder(placements);
    // Deno ends the process at a write of nothing.
    if (rowIndices.length > 0) device.queue.writeBuffer(order, 0, rowIndices);
    const encoder = device.createCommandEncoder({ label: "submit" });
    const pass = encoder.beginComputePass({ label: "submit" });
    for (const [i, { segment }] of placements.entries())
      program.encode(pass, segment, lane, i * RECORD_STRIDE);
    pass.end();
    encoder.copyBufferToBuffer(losses, 0, readback, 0, pairs * LOSS_BYTES);
    copy?.encode(encoder);
    device.queue.submit([encoder.finish()]);

    const [bytes] = await Promise.all([this.#gpu.mapForReading(readback, pairs * LOSS_BYTES), copy?.read()]);
    const values = new Float32Array(bytes);
    this.#measure(rows, started);
    for (const { segment, lossSlot } of placements) {
      const end = lossSlot + program.lossPairs(segment);
      const unit = lossUnit(segment.batch);
      results.weights[segment.batch.index] = segment.batch.weight;
      for (let slot = lossSlot; slot < end; slot++) {
        results.losses[segment.batch.index] += unit * values[2 * slot];
        results.correct[segment.batch.index] += values[2 * slot + 1];
      }
    }
    return rows;
  }

  /** Sizes the submits to come by the time this one took after the one before it. */
  #measure(rows: number, started: number): void {
    const now = performance.now();
    const elapsed = Math.max(now - Math.max(started, this.#lastDone), 0.1);
    this.#lastDone = now;
    this.#lastTime = elapsed;
    this.#rowsPerSubmit = Math.min((rows * SUBMIT_TIME) / elapsed, 4 * Math.max(rows, this.#firstRows));
  }
}

/** An iterator whose next element can be looked at before it is taken. */
class Lookahead<T> {
  readonly #iterator: Iterator<T>;
  /** What comes next; undefined at the end. */
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

function allocateLane(gpu: GpuDevice): Promise<LaneBuffers> {
  return allocate(gpu, "submit", {
    segment: { size: MAX_RECORDS * RECORD_STRIDE, role: "uniform" },
    order: { size: ORDER_ROWS * 4, role: "storage" },
    losses: { size: LOSS_SLOTS * LOSS_BYTES, role: "storage" },
    readback: { size: LOSS_SLOTS * LOSS_BYTES, role: "readback" },
  });
}

/** The row indices of all segments, one after the other as placed. */
function gatherOrder(placements: readonly Placement[]): Uint32Array<ArrayBuffer> {
  const length = placements.reduce((sum, { segment }) => sum + (segment.rows?.length ?? 0), 0);
  const order = new Uint32Array(length);
  for (const { segment, orderStart } of placements) if (segment.rows) order.set(segment.rows, orderStart);
  return order;
}
