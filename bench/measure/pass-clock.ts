/**
 * Measures how long dispatches keep the GPU busy. A pass repeats them until it is long enough for the clock: timestamps
 * of ordinary browsers come in steps of 0.1 ms. Without timestamps, the wall clock from submit to completion is taken,
 * over longer passes.
 */
import type { GpuDevice } from "../../src/backends/webgpu/index.ts";
import type { Spread } from "../record.ts";
import { spreadOf } from "./statistics.ts";

/** Shortest pass that is measured, ms. */
const PASS_TIME = { timestamps: 20, wall: 100 };

/** Most repetitions in a pass. */
const MAX_COUNT = 2 ** 16;

/** Encodes one repetition. */
export type Encode = (pass: GPUComputePassEncoder) => void;

/** Two timestamps and the buffers to read them back. */
export class PassClock {
  readonly #gpu: GpuDevice;
  readonly #queries: GPUQuerySet | null;
  readonly #resolved: GPUBuffer;
  readonly #readback: GPUBuffer;

  constructor(gpu: GpuDevice) {
    const { device } = gpu;
    this.#gpu = gpu;
    this.#queries = device.features.has("timestamp-query")
      ? device.createQuerySet({ label: "clock", type: "timestamp", count: 2 })
      : null;
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    this.#resolved = device.createBuffer({ label: "clock", size: 16, usage: QUERY_RESOLVE | COPY_SRC });
    this.#readback = device.createBuffer({ label: "clock", size: 16, usage: COPY_DST | MAP_READ });
  }

  /** Measures the ms that `count` repetitions take in one pass. @throws DeviceError */
  async time(encode: Encode, count: number): Promise<number> {
    const { device } = this.#gpu;
    const queries = this.#queries;
    const encoder = device.createCommandEncoder({ label: "clock" });
    const pass = encoder.beginComputePass({
      label: "clock",
      ...(queries && {
        timestampWrites: { querySet: queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
      }),
    });
    for (let i = 0; i < count; i++) encode(pass);
    pass.end();
    if (queries) encoder.resolveQuerySet(queries, 0, 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#readback, 0, 16);
    const commands = encoder.finish();
    const started = performance.now();
    device.queue.submit([commands]);
    const [begin, end] = new BigUint64Array(await this.#gpu.mapForReading(this.#readback, 16));
    const wall = performance.now() - started;
    // Some drivers give wrong timestamps: no pass is longer than the wait for it.
    const stamped = Number(end - begin) / 1e6;
    return stamped > 0 ? Math.min(stamped, wall) : wall;
  }

  /** Measures the ms of one repetition in `rounds` passes, each long enough. */
  async measure(encode: Encode, rounds: number, signal?: AbortSignal): Promise<Spread> {
    const shortest = this.#queries ? PASS_TIME.timestamps : PASS_TIME.wall;
    let count = 1;
    for (;;) {
      signal?.throwIfAborted();
      const time = await this.time(encode, count);
      if (time >= shortest || count === MAX_COUNT) break;
      // At most eight times as many at once: the first passes of a kernel are often slower than the next.
      const wanted = Math.ceil((1.2 * count * shortest) / Math.max(time, 1e-3));
      count = Math.min(wanted, 8 * count, MAX_COUNT);
    }
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      signal?.throwIfAborted();
      times.push((await this.time(encode, count)) / count);
    }
    return spreadOf(times);
  }

  dispose(): void {
    this.#queries?.destroy();
    this.#resolved.destroy();
    this.#readback.destroy();
  }
}
