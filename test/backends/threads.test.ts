/** Threads of the WebAssembly backend: the bits must not depend on which thread does the work, and nothing may hang. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { DatasetSource, SgdSteps, Trainer } from "../../src/backends/backend.ts";
import { WasmBackend, type WasmOptions } from "../../src/backends/wasm/backend.ts";
import { partition, sharesOf } from "../../src/backends/wasm/backward.ts";
import { compileKernels } from "../../src/backends/wasm/kernel-builds.ts";
import { WorkerPool } from "../../src/backends/wasm/pool.ts";
import { createRandom, shuffle } from "../../src/data/random.ts";
import { fitStandardization } from "../../src/data/standardization.ts";
import { DeviceError, SoftmaxRegression } from "../../src/index.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import {
  type ProblemSpec,
  randomProblem,
  randomSparseProblem,
  type SparseSpec,
  sgdSteps,
} from "../support/problems.ts";
import { trainerFor } from "../support/with-trainer.ts";

/** B·D·K is large enough for `"auto"` to try workers. */
const LARGE = { rows: 1500, features: 300, classes: 20, isWeighted: true } as const;
const LARGE_SPARSE = { rows: 3000, features: 1500, classes: 20, isWeighted: true, density: 0.05 } as const;
const TWO_CLASSES = { ...LARGE_SPARSE, rows: 6000, features: 1800, classes: 2, areOnes: true } as const;

function stepsOf(rows: number, batchSize: number, epochs: number): SgdSteps {
  const random = createRandom(3);
  const orders = Array.from({ length: epochs }, () => {
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    shuffle(order, random);
    return order;
  });
  return sgdSteps(orders, batchSize, { momentum: 0.9, l2: 1e-3 });
}

async function train(
  options: WasmOptions,
  spec: ProblemSpec | SparseSpec,
  steps: SgdSteps,
  changes: Partial<DatasetSource> = {},
) {
  const backend = disposeLater(await WasmBackend.open(options));
  const problem =
    "density" in spec
      ? randomSparseProblem(spec)
      : { ...randomProblem(spec), source: { ...randomProblem(spec).source, ...changes } };
  const { trainer, data } = await trainerFor(backend, problem);
  const { losses, correct } = await trainer.sgd(data, steps);
  const { loss, dWeights, dBias } = await trainer.lossAndGradient(data, 0.1);
  const newton = { gradient: { weights: dWeights, bias: dBias }, l2: 0.1, accuracy: 1e-3 };
  const step = data.isSparse ? await trainer.newtonStep?.(data, newton) : null;
  return {
    losses,
    correct,
    loss,
    dWeights,
    step,
    ...(await trainer.read()),
    state: await trainer.readState(),
  };
}

test("partition gives each share its rows, once, in the order of the batch", () => {
  expect(sharesOf(10, 4)).toEqual([
    { first: 0, rows: 3 },
    { first: 3, rows: 3 },
    { first: 6, rows: 3 },
    { first: 9, rows: 1 },
  ]);
  expect(sharesOf(2, 5).length).toBe(2);
  const rows = Uint32Array.of(9, 0, 4, 3, 0, 8);
  expect(partition(rows, sharesOf(10, 4), false).map((part) => [...part])).toEqual([
    [0, 0],
    [4, 3],
    [8],
    [9],
  ]);
  expect(partition(rows, sharesOf(10, 4), true).map((part) => [...part])).toEqual([[0, 0], [1, 0], [2], [0]]);
});

afterEach(() => vi.unstubAllGlobals());

test.each([
  [2, LARGE],
  [5, LARGE],
  [3, LARGE_SPARSE],
  [2, TWO_CLASSES],
] as const)(
  "%s cores, as many partial gradients: the same bits on this thread, in workers, and in between (%o)",
  async (cores, spec) => {
    vi.stubGlobal("navigator", { hardwareConcurrency: cores });
    const steps = stepsOf(spec.rows, 0.9 * spec.rows, 6);
    const automatic = await train({ threads: "auto" }, spec, steps);
    const inWorkers = await train({ threads: cores }, spec, steps);
    expect(inWorkers).toEqual(automatic);
  },
);

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
  "after %s passes, when threads are still chosen, a Newton step has the bits that it has in workers",
  async (passes) => {
    vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
    const problem = randomSparseProblem(LARGE_SPARSE);
    const steps = [];
    for (const threads of ["auto", 2] as const) {
      const backend = disposeLater(await WasmBackend.open({ threads }));
      const { trainer, data } = await trainerFor(backend, problem);
      trainer.write(problem.parameters);
      for (let i = 0; i < passes; i++) await trainer.lossAndGradient(data, 0.1);
      const { dWeights, dBias } = await trainer.lossAndGradient(data, 0.1);
      const newton = { gradient: { weights: dWeights, bias: dBias }, l2: 0.1, accuracy: 0.05 };
      steps.push(await (trainer as Required<Trainer>).newtonStep(data, newton));
    }
    expect(steps[0]).toEqual(steps[1]);
  },
);

test("an abort leaves the workers as they are, for the next call", async () => {
  const start = vi.spyOn(WorkerPool, "start");
  for (const spec of [LARGE, LARGE_SPARSE]) {
    start.mockClear();
    const backend = disposeLater(await WasmBackend.open({ threads: 2 }));
    const { trainer, data } = await trainerFor(
      backend,
      "density" in spec ? randomSparseProblem(spec) : randomProblem(spec),
    );
    const before = await trainer.lossAndGradient(data, 0.1);
    const controller = new AbortController();
    const aborted = trainer.lossAndGradient(data, 0.1, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    expect(await trainer.lossAndGradient(data, 0.1)).toEqual(before);
    expect(start).toHaveBeenCalledTimes(1);
  }
  start.mockRestore();
});

test("other numbers of threads sum in another order, and agree to rounding", async () => {
  const steps = stepsOf(LARGE.rows, 1000, 3);
  const [one, three] = [await train({ threads: 1 }, LARGE, steps), await train({ threads: 3 }, LARGE, steps)];
  for (const [i, w] of one.weights.entries()) expect(Math.abs(w - three.weights[i])).toBeLessThan(1e-5);
});

describe("workers read their rows as one thread does", () => {
  const small = { rows: 400, features: 30, classes: 7, isWeighted: true } as const;
  const cases: readonly (readonly [string, ProblemSpec, Partial<DatasetSource>])[] = [
    ["labels over bytes", { ...small, storage: "u8" }, {}],
    ["labels over halves", small, { storage: "f16" }],
    ["distributions over float64", { ...small, targets: "distributions", storage: "f64" }, {}],
  ];

  test.each(cases)("%s, standardised and smoothed, by AdamW with an average", async (_, spec, changes) => {
    const { x, sampleWeights } = randomProblem(spec).source;
    const standardization = await fitStandardization(x, sampleWeights);
    const steps = {
      ...stepsOf(spec.rows, 128, 3),
      learningRates: new Float64Array(12).fill(0.01),
      adamw: { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 },
      averageFrom: 5,
    };
    const run = (threads: number) =>
      train({ threads }, spec, steps, { ...changes, standardization, labelSmoothing: 0.2 });
    const [one, three, again] = [await run(1), await run(3), await run(3)];
    expect(again).toEqual(three);
    const tolerance = { absolute: 1e-5, relative: 1e-5 };
    expectClose(three.losses, one.losses, tolerance, "losses");
    expect(three.correct).toEqual(one.correct);
    expectClose(three.weights, one.weights, tolerance, "W");
    expectClose(three.state.average?.weights ?? [], one.state.average?.weights ?? [], tolerance, "average");
    expectClose(three.dWeights, one.dWeights, tolerance, "dWeights");
  });
});

test("two trainers may use one data set at the same time", async () => {
  const spec = { rows: 900, features: 40, classes: 5 };
  const adamw = { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 };
  const steps = { ...stepsOf(spec.rows, 64, 3), adamw, averageFrom: 10 };
  const backend = disposeLater(await WasmBackend.open({ threads: 2 }));
  const data = disposeLater(await backend.createDataset(randomProblem(spec).source));
  const trainers = [];
  for (let i = 0; i < 2; i++) trainers.push(await backend.createTrainer({ ...spec, bias: true }));
  const [first, second] = await Promise.all(trainers.map((trainer) => trainer.sgd(data, steps)));
  expect(second).toEqual(first);
  expect(await trainers[1].readState()).toEqual(await trainers[0].readState());
  for (const trainer of trainers) trainer.dispose();
});

describe("workers that cannot work", () => {
  const { source } = randomProblem({ rows: 40, features: 3, classes: 3 });
  const shape = { features: 3, classes: 3, bias: true };

  test("a script that does not load is a DeviceError", async () => {
    const model = disposeLater(
      new SoftmaxRegression({
        device: "wasm",
        threads: 2,
        workerUrl: "file:///no/such/worker.js",
      }),
    );
    await expect(model.fit([[1], [2], [3], [4]], [0, 1, 0, 1])).rejects.toThrow(DeviceError);
  });

  test("automatic threads go on without workers if none can be started", async () => {
    vi.stubGlobal("navigator", { hardwareConcurrency: 5 });
    const steps = stepsOf(LARGE.rows, 1000, 6);
    const without = await train({ threads: "auto", workerUrl: "file:///no/such/worker.js" }, LARGE, steps);
    expect(without).toEqual(await train({ threads: "auto" }, LARGE, steps));
  });

  test("disposing of a trainer while its workers start ends all of them", async () => {
    const backend = disposeLater(await WasmBackend.open({ threads: 3 }));
    const data = disposeLater(await backend.createDataset(source));
    const trainer = await backend.createTrainer(shape);
    const running = trainer.lossAndGradient(data, 0);
    await Promise.resolve();
    await Promise.resolve();
    trainer.dispose();
    const outcome = await running.then(
      () => "done",
      (error: Error) => error.name,
    );
    expect(["done", "StateError"]).toContain(outcome);
  });

  test("a worker that dies at work is a DeviceError, not a hang", async () => {
    const dies = "data:text/javascript,throw new Error('dead')";
    const model = disposeLater(new SoftmaxRegression({ device: "wasm", threads: 2, workerUrl: dies }));
    await expect(model.fit([[1], [2], [3], [4]], [0, 1, 0, 1])).rejects.toThrow(/a worker .* died: .*dead/);
  });

  test("a worker that was ended rejects pending and later requests", async () => {
    const pool = await WorkerPool.start(
      await compileKernels("simd"),
      source,
      shape,
      sharesOf(40, 2),
      undefined,
    );
    const backend = await WasmBackend.open();
    const data = await backend.createDataset(source);
    const { Workspace } = await import("../../src/backends/wasm/workspace.ts");
    const workspace = new Workspace(data, shape, 2);
    const parts = () => partition(Uint32Array.of(0, 39), sharesOf(40, 2), true);
    const waiting = pool.backward(workspace, "gradient", parts(), 1);
    pool.dispose();
    await expect(waiting).rejects.toThrow(DeviceError);
    await expect(pool.backward(workspace, "gradient", parts(), 1)).rejects.toThrow();
  });

  test("an error inside a worker is returned as a DeviceError", async () => {
    const broken = { ...source, x: { ...source.x, data: source.x.data.slice(0, 3) } };
    const start = WorkerPool.start(
      await compileKernels("simd"),
      { ...broken, x: { ...broken.x, cols: 2 ** 28 } },
      shape,
      sharesOf(40, 2),
      undefined,
    );
    await expect(start).rejects.toThrow(DeviceError);
  });
});
