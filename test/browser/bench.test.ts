/**
 * The benchmark in Chrome on a tiny plan: its records, aborts, and failures that do not affect other parts.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Contender } from "../../bench/contenders/contender.ts";
import { ownWasm } from "../../bench/contenders/own.ts";
import { runBenchmark } from "../../bench/measure/run-benchmark.ts";
import { measureSteps } from "../../bench/measure/training-steps.ts";
import type { BenchPlan, BenchProgress } from "../../bench/plan.ts";
import { type BenchRecord, isCorrect } from "../../bench/record.ts";

const SHAPE = { rows: 32, features: 16, classes: 4 };
const STEPS: BenchPlan = {
  shapes: [SHAPE],
  storages: ["f32"],
  contenders: ["own-webgpu", "own-wasm"],
  ceilings: false,
  kernels: false,
  rounds: 1,
};

/** Counts the GPU buffers that `work` creates, and those that are left after it. */
async function countBuffers(work: () => Promise<void>): Promise<{ made: number; left: number }> {
  const alive = new Map<GPUBuffer, GPUDevice>();
  let made = 0;
  const { createBuffer } = GPUDevice.prototype;
  const destroyBuffer = GPUBuffer.prototype.destroy;
  const destroyDevice = GPUDevice.prototype.destroy;
  vi.spyOn(GPUDevice.prototype, "createBuffer").mockImplementation(function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    alive.set(buffer, this);
    made++;
    return buffer;
  });
  vi.spyOn(GPUBuffer.prototype, "destroy").mockImplementation(function (this: GPUBuffer) {
    alive.delete(this);
    return destroyBuffer.call(this);
  });
  vi.spyOn(GPUDevice.prototype, "destroy").mockImplementation(function (this: GPUDevice) {
    for (const [buffer, device] of alive) if (device === this) alive.delete(buffer);
    return destroyDevice.call(this);
  });
  await work();
  return { made, left: alive.size };
}

afterEach(() => vi.restoreAllMocks());

describe("a run", () => {
  test("records correct steps and kernels in every storage, and ceilings, and frees everything", async () => {
    const seen: BenchProgress[] = [];
    const records: BenchRecord[] = [];
    let record: BenchRecord | undefined;
    const buffers = await countBuffers(async () => {
      record = await runBenchmark(
        { ...STEPS, storages: ["f32", "f16", "u8"], ceilings: true, kernels: true },
        { onProgress: (progress) => seen.push(progress), onRecord: (partial) => records.push(partial) },
      );
    });
    expect(buffers.made).toBeGreaterThan(0);
    expect(buffers.left).toBe(0);
    expect(record?.failures).toEqual([]);
    expect(record?.machine.runtime).toBe("browser");
    expect(record?.machine.adapter?.limits.maxBufferSize).toBeGreaterThan(0);
    expect(record?.versions["softmax-webgpu"]).toMatch(/^\d/);
    expect(record?.steps.map(({ storage }) => storage)).toEqual(["f32", "f16", "u8", "f32"]);
    expect(new Set(record?.kernels.map(({ storage }) => storage))).toEqual(new Set(["f32", "f16", "u8"]));
    for (const result of [...(record?.steps ?? []), ...(record?.kernels ?? [])]) {
      expect(isCorrect(result), JSON.stringify(result)).toBe(true);
      expect(result.time.median).toBeGreaterThan(0);
    }
    for (const name of ["fma", "read", "dispatch", "submit"] as const)
      expect(record?.ceilings?.[name].median, name).toBeGreaterThan(0);
    // It can be sent and read again, and comes part by part.
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    const parts = records.map(({ steps, ceilings, kernels }) => [
      steps.length,
      ceilings !== null,
      kernels.length > 0,
    ]);
    expect(parts).toEqual([
      [4, false, false], // after the round
      [4, false, false],
      [4, true, false],
      [4, true, true],
      [4, true, true],
      [4, true, true],
    ]);
    expect(records.at(-1)).toEqual(record);
    expect(seen.map(({ done }) => done)).toEqual(seen.map((_, i) => i));
    expect(seen.at(-1)).toMatchObject({ done: seen.at(-1)?.total, doing: "done" });
  });

  test("without an adapter measures the rest, and reports what it could not do", async () => {
    vi.spyOn(navigator.gpu, "requestAdapter").mockResolvedValue(null);
    const record = await runBenchmark({ ...STEPS, ceilings: true, kernels: true });
    expect(record.machine.adapter).toBeNull();
    expect(record.ceilings).toBeNull();
    expect(record.kernels).toEqual([]);
    expect(record.steps.map(({ contender }) => contender)).toEqual([expect.stringContaining("wasm")]);
    expect(record.failures.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^softmax-webgpu .* webgpu, f32, at 32 × 16 × 4$/),
      "ceilings",
      "kernels at 32 × 16 × 4, f32",
    ]);
    for (const { message } of record.failures) expect(message).toContain("adapter");
  });

  test("on an adapter without timestamps, subgroups and f16 measures all the same", async () => {
    const { requestAdapter } = GPU.prototype;
    vi.spyOn(navigator.gpu, "requestAdapter").mockImplementation(async (options) => {
      const adapter = await requestAdapter.call(navigator.gpu, options);
      if (adapter) Object.defineProperty(adapter, "features", { value: new Set() });
      return adapter;
    });
    const record = await runBenchmark({ ...STEPS, kernels: true });
    expect(record.machine.adapter?.features).toEqual([]);
    expect(record.failures).toEqual([]);
    expect(record.steps).toHaveLength(2);
    for (const result of [...record.steps, ...record.kernels]) expect(isCorrect(result)).toBe(true);
  });

  test("needs a round", async () => {
    await expect(runBenchmark({ ...STEPS, rounds: 0 })).rejects.toThrow(RangeError);
  });
});

describe("an abort", () => {
  for (const [where, plan] of [
    ["round 1", STEPS],
    ["first steps", STEPS],
    ["kernels", { ...STEPS, kernels: true }],
  ] as const) {
    test(`in ${where} rejects with its reason and leaves no buffers`, async () => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const buffers = await countBuffers(async () => {
        const onProgress = ({ doing }: BenchProgress) => {
          if (doing.includes(where)) controller.abort(reason);
        };
        await expect(runBenchmark(plan, { signal: controller.signal, onProgress })).rejects.toBe(reason);
      });
      expect(buffers.left).toBe(0);
    });
  }

  test("before the start allocates nothing", async () => {
    const reason = new Error("never");
    const buffers = await countBuffers(async () => {
      await expect(runBenchmark(STEPS, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
    expect(buffers.made).toBe(0);
  });
});

describe("contenders", () => {
  /** Fails at the given place; otherwise returns weights of zero, which are wrong. */
  function faulty(name: string, failsAt: "open" | "weights" | "round" | "dispose" | "never"): Contender {
    let last = 0;
    return {
      name,
      library: { name, version: "1" },
      storage: "f32",
      device: "wasm",
      open: async ({ features, classes }) => {
        if (failsAt === "open") throw new Error(`${name} does not open`);
        return {
          run: async (count) => {
            // A round begins with a warm-up, far shorter than the trials before it, which only grow.
            if (count < last / 4 && failsAt === "round") throw new Error(`${name} gives up`);
            last = count;
          },
          weights: async () => new Float32Array(failsAt === "weights" ? 1 : features * classes),
          dispose: () => {
            if (failsAt === "dispose") throw new Error(`${name} cannot be freed`);
          },
        };
      },
    };
  }

  test("that fail or are wrong are recorded as such, and the others go on", async () => {
    const contenders = [
      faulty("a", "open"),
      faulty("b", "weights"),
      faulty("c", "round"),
      faulty("d", "dispose"),
      faulty("e", "never"),
      ownWasm(1),
    ];
    const parts: string[] = [];
    const { steps, failures } = await measureSteps(SHAPE, contenders, {
      rounds: 2,
      onPart: (_, doing) => parts.push(doing),
    });
    expect(failures).toEqual([
      { what: "a, f32, at 32 × 16 × 4", message: "a does not open" },
      { what: "b, f32, at 32 × 16 × 4", message: "gave 1 numbers, expected 64" },
      { what: "c, f32, at 32 × 16 × 4", message: "c gives up" },
    ]);
    expect(steps.map((step) => [step.contender, isCorrect(step), step.time.count])).toEqual([
      ["d", false, 2],
      ["e", false, 2],
      [ownWasm(1).name, true, 2],
    ]);
    expect(parts).toHaveLength(contenders.length + 2);
  });
});
