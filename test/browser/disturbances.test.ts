/**
 * A hundred fits that are interrupted at random points: by an abort, or by the loss of the model's or the caller's
 * device. Each ends with the abort's reason or a DeviceError, nothing stays allocated, and the model still works.
 */
import { afterEach, expect, test, vi } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import { DeviceError, type FitOptions, SoftmaxRegression } from "../../src/index.ts";
import { countLiveBuffers } from "../support/live-buffers.ts";
import { randomProblem, randomSparseProblem } from "../support/problems.ts";

/** Fits that are disturbed. */
const TRIALS = 100;

/** Timeout, ms: a software adapter compiles the kernels anew after every loss. */
const MANY_COMPILATIONS = 900_000;

const SHAPE = { rows: 48, features: 6, classes: 3 };
const { source } = randomProblem(SHAPE);
const y = source.targets.kind === "labels" ? source.targets.labels : [];
const ROWS = [
  ["dense", source.x],
  ["sparse", randomSparseProblem({ ...SHAPE, density: 0.5 }).source.x],
] as const;

const SOLVERS = [
  { solver: "sgd", epochs: 3, batchSize: 16 },
  { solver: "lbfgs", maxIterations: 4 },
  { solver: "adamw", epochs: 3, batchSize: 16, averaging: 0.5 },
] as const;

afterEach(() => vi.restoreAllMocks());

/** Calls `disturb` before the n-th call to the GPU from the last `arm` on. */
function watchCalls() {
  let [calls, at] = [0, Infinity];
  let disturb = () => {};
  const watch = <T extends object>(prototype: T, names: readonly (keyof T)[]) => {
    for (const name of names) {
      const own = prototype[name] as (...values: unknown[]) => unknown;
      vi.spyOn(prototype as Record<string, () => unknown>, name as string).mockImplementation(function (
        this: unknown,
        ...values: unknown[]
      ) {
        if (++calls === at) disturb();
        return own.apply(this, values);
      });
    }
  };
  watch(GPUDevice.prototype, ["createShaderModule", "createComputePipelineAsync", "createCommandEncoder"]);
  watch(GPUDevice.prototype, ["pushErrorScope", "popErrorScope", "createBindGroup"]);
  watch(GPUQueue.prototype, ["writeBuffer", "submit", "onSubmittedWorkDone"]);
  watch(GPUBuffer.prototype, ["mapAsync", "getMappedRange"]);
  return {
    arm(n: number, act: () => void) {
      [calls, at, disturb] = [0, n, act];
    },
    get calls() {
      return calls;
    },
  };
}

test.each(ROWS)(
  `${TRIALS} fits of %s rows are aborted or lose their device at random points`,
  async (_form, x) => {
    const live = countLiveBuffers();
    const gpu = watchCalls();
    const random = createRandom(11);
    const requestDevice = vi.spyOn(GPUAdapter.prototype, "requestDevice");
    const newest = async (): Promise<GPUDevice> => requestDevice.mock.results.at(-1)?.value;
    const newDevice = async () =>
      (await navigator.gpu.requestAdapter())?.requestDevice() as Promise<GPUDevice>;
    const outcomes = new Map<string, number>();

    for (const options of SOLVERS) {
      const model = new SoftmaxRegression({ device: "webgpu", tuning: "off", ...options });
      const train = (on: SoftmaxRegression, hooks: FitOptions = {}) =>
        on.fit(x, y, { validation: [x, y], ...hooks });
      gpu.arm(Infinity, () => {});
      await train(model);
      const { calls } = gpu;
      const { weights } = model;
      for (let trial = 0; trial < TRIALS / SOLVERS.length; trial++) {
        const kind = (["abort", "loss", "abort", "loss of the caller's"] as const)[trial % 4];
        const device = kind === "loss of the caller's" ? await newDevice() : undefined;
        const on = device ? new SoftmaxRegression({ device, tuning: "off", ...options }) : model;
        const controller = new AbortController();
        const lost = device ?? (await newest());
        gpu.arm(1 + Math.floor(random.uniform() * calls), () => {
          if (kind === "abort") controller.abort();
          else lost.destroy();
        });
        const [outcome] = await Promise.allSettled([train(on, { signal: controller.signal })]);
        const name = outcome.status === "rejected" ? outcome.reason.name : "trained";
        outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
        expect([kind, name]).toEqual([
          kind,
          expect.stringMatching(kind === "abort" ? /^(AbortError|trained)$/ : /^(DeviceError|trained)$/),
        ]);
        expect(live.size).toBe(0);
        gpu.arm(Infinity, () => {});
        if (device) {
          await expect(on.fit(x, y)).rejects.toThrow(DeviceError);
          on.dispose();
        } else expect((await model.predict(x)).length).toBe(x.rows);
        expect(live.size).toBe(0);
      }
      await train(model);
      expect(model.weights).toEqual(weights);
      model.dispose();
      expect(live.size).toBe(0);
    }
    // Few of the random points lie after the end of the fit.
    expect(outcomes.get("AbortError")).toBeGreaterThan(TRIALS / 4);
    expect(outcomes.get("DeviceError")).toBeGreaterThan(TRIALS / 4);
  },
  MANY_COMPILATIONS,
);
