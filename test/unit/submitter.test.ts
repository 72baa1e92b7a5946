/** How segments share submits: rows per submit, submits in flight, and the sums of losses. No device. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { GpuDevice } from "../../src/backends/webgpu/gpu-device.ts";
import type { Program } from "../../src/backends/webgpu/program.ts";
import { NO_UPDATE, type Segment, segmentAll } from "../../src/backends/webgpu/segments.ts";
import { Submitter } from "../../src/backends/webgpu/submitter.ts";

/** Mean loss that the fake segments report; half of their rows are correct. */
const LOSS = 3;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Fakes a device whose submits take `time` ms on a clock that stands still otherwise, and records its submits. */
function fakeDevice(time: number) {
  vi.stubGlobal("GPUBufferUsage", { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 });
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const seen = { submits: [] as number[], inFlight: 0, mostInFlight: 0 };
  let encoded: Segment[] = [];
  const pending: Segment[][] = [];
  const gpu = {
    device: {
      limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
      createBuffer: ({ label }: GPUBufferDescriptor) => ({ label, destroy: () => {} }),
      queue: {
        writeBuffer: () => {},
        submit: () => {
          seen.submits.push(encoded.reduce((sum, { count }) => sum + count, 0));
          seen.mostInFlight = Math.max(seen.mostInFlight, ++seen.inFlight);
          pending.push(encoded);
          encoded = [];
        },
      },
      createCommandEncoder: () => ({
        beginComputePass: () => ({ end: () => {} }),
        copyBufferToBuffer: () => {},
        finish: () => ({}),
      }),
    },
    accepted: async (_what: string, work: () => unknown) => work(),
    mapForReading: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      now += time;
      seen.inFlight--;
      const segments = pending.shift() ?? [];
      const pairs = segments.map(({ count, batch }) => [0.5 * LOSS * count * batch.scale, count / 2]);
      return Float32Array.from(pairs.flat()).buffer;
    },
  } as unknown as GpuDevice;
  const program: Program = { lossPairs: () => 1, encode: (_pass, segment) => void encoded.push(segment) };
  return { gpu, program, seen };
}

function segmentsOf(rows: number, segmentRows: number, weight = 1): Iterable<Segment> {
  return segmentAll(NO_UPDATE, {
    chunks: [{ first: 0, rows }],
    sampleWeights: weight === 1 ? undefined : new Float32Array(rows).fill(weight),
    meanWeight: weight,
    unit: 1,
    labelSmoothing: 0,
    segmentRows,
    splitsFor: () => 1,
  });
}

describe("a submitter", () => {
  test("begins with firstRows rows, or one segment, and then sizes submits by time", async () => {
    for (const [firstRows, first] of [
      [100, 100],
      [1, 10],
    ]) {
      const { gpu, program, seen } = fakeDevice(10);
      await (await Submitter.create(gpu, firstRows)).run(segmentsOf(2000, 10), 1, program);
      expect(seen.submits[0]).toBe(first);
      expect(seen.submits[1]).toBe(3 * first);
      expect(seen.submits.reduce((sum, rows) => sum + rows, 0)).toBe(2000);
    }
  });

  test("has two submits in flight, or one while they take long or their time is unknown", async () => {
    for (const [time, most] of [
      [10, 2],
      [1000, 1],
    ]) {
      const { gpu, program, seen } = fakeDevice(time);
      await (await Submitter.create(gpu, 10)).run(segmentsOf(400, 10), 1, program);
      expect(seen.mostInFlight).toBe(most);
    }
  });

  test("returns the mean loss for any weights, and 0 if all are 0", async () => {
    for (const [weight, loss] of [
      [1, LOSS],
      [0.125, LOSS / 0.125],
      [0, 0],
    ]) {
      const { gpu, program } = fakeDevice(10);
      const result = await (await Submitter.create(gpu, 10)).run(segmentsOf(64, 16, weight), 1, program);
      expect([...result.losses]).toEqual([loss]);
      expect([...result.weights]).toEqual([64 * weight]);
      expect([...result.correct]).toEqual([32]);
    }
  });

  test("passes on a loss of NaN", async () => {
    const { gpu, program } = fakeDevice(10);
    vi.spyOn(gpu, "mapForReading").mockResolvedValue(Float32Array.of(Number.NaN, 0).buffer);
    const { losses } = await (await Submitter.create(gpu, 10)).run(segmentsOf(10, 10), 1, program);
    expect(losses[0]).toBeNaN();
  });
});
