/**
 * Every route a step can take, pinned, on data cut into chunks: batches that span several segments and add to each
 * other's partial gradients, a shorter last batch, other work in between, rows without weight.
 */
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import type { AdapterTraits } from "../../src/backends/webgpu/gpu-device.ts";
import { defaultPlan, directForward, type StepPlan } from "../../src/backends/webgpu/plan.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { OTHER_TILES } from "../support/kernel-problems.ts";
import { farProblem, overflowProblem } from "../support/overflows.ts";
import { type Problem, randomProblem, sgdSteps } from "../support/problems.ts";
import { withTrainer } from "../support/with-trainer.ts";

const SHAPE = { features: 101, classes: 10, bias: true };
const GPU: AdapterTraits = { software: false, subgroupSize: 4, maxThreads: 256, maxSharedBytes: 2 ** 14 };
const direct = defaultPlan(SHAPE, { ...GPU, software: true, subgroupSize: 0 });
const PLANS: Record<string, StepPlan> = {
  direct,
  sliced: { ...direct, forward: directForward(10, 8, 2) },
  quad: defaultPlan(SHAPE, { ...GPU, software: true }),
  shared: { ...direct, route: "shared" },
  "shared, other tiles": { ...direct, route: "shared", shared: { ...direct.shared, ...OTHER_TILES } },
  "lanes of the update": {
    ...direct,
    gradient: { ...direct.gradient, rowsPerSplit: 4 },
    update: { lanes: 8 },
  },
};

/** Steps of batches of 50, 50 and 30, an evaluation before and between, and the gradient over all rows. */
async function story(backend: Backend, { source, parameters, rows }: Problem) {
  disposeLater(backend);
  const data = await backend.createDataset(source);
  const trainer = await backend.createTrainer(SHAPE);
  trainer.write(parameters);
  const steps = sgdSteps([rows.toReversed(), rows], 50, { momentum: 0.9, nesterov: true, l2: 1e-2 });
  const before = await trainer.evaluate(data);
  const first = await trainer.sgd(data, steps);
  const between = await trainer.evaluate(data);
  const { losses, correct } = await trainer.sgd(data, steps);
  const { loss, dWeights } = await trainer.lossAndGradient(data, 1e-2);
  const probabilities = await trainer.probabilities(data);
  const { weights, bias } = await trainer.read();
  return {
    counts: [before.correct, ...first.correct, between.correct, ...correct],
    losses: [before.loss, ...first.losses, between.loss, ...losses, loss],
    weights: [...weights, ...bias],
    gradient: [...dWeights],
    probabilities,
  };
}

const RELATIVE = { absolute: 0, relative: 1e-5 };

/** Returns the losses of an evaluation and of a gradient. */
function lossesOf(backend: Backend, problem: Problem): Promise<number[]> {
  disposeLater(backend);
  return withTrainer(backend, problem, true, async (trainer, data) => {
    trainer.write(problem.parameters);
    return [(await trainer.evaluate(data)).loss, (await trainer.lossAndGradient(data, 0)).loss];
  });
}

/** Returns the losses of the reference, and checks that they are large and finite. */
async function referenceOf(problem: Problem): Promise<number[]> {
  const losses = await lossesOf(new ReferenceBackend(), problem);
  expect(losses.every((loss) => loss > 1e38 && loss < Infinity)).toBe(true);
  return losses;
}

describe.each(Object.entries(PLANS))("%s", (_name, tuning) => {
  test.each([
    ["one chunk, labels", { targets: "labels" }, Infinity],
    ["chunks of 4 KiB, labels", { targets: "labels" }, 4096],
    ["chunks of 4 KiB, weighted distributions", { targets: "distributions", isWeighted: true }, 4096],
  ] as const)("%s", async (_what, kind, maxChunkBytes) => {
    const problem = randomProblem({ rows: 130, ...SHAPE, ...kind });
    const expected = await story(new ReferenceBackend(), problem);
    const actual = await story(await WebGpuBackend.open({ tuning, maxChunkBytes }), problem);
    expectClose(actual.losses, expected.losses, { absolute: 2e-5, relative: 2e-5 }, "losses");
    expectClose(actual.weights, expected.weights, { absolute: 2e-5, relative: 1e-4 }, "parameters");
    expectClose(actual.gradient, expected.gradient, { absolute: 2e-5, relative: 1e-4 }, "gradient");
    expectClose(
      actual.probabilities,
      expected.probabilities,
      { absolute: 1e-6, relative: 1e-4 },
      "probabilities",
    );
    expect(actual.counts).toEqual(expected.counts);
  });

  test.each([
    ["infinity", 0],
    ["-infinity", 9],
    ["NaN", 5],
  ] as const)(
    "a score of %s makes loss and gradient NaN, unless its row has no weight",
    async (overflow, at) => {
      const lost = [0, 77, 129];
      const problem = overflowProblem({ rows: 130, ...SHAPE, lost, at, overflow, isEnlarged: at > 0 });
      const actual = await story(await WebGpuBackend.open({ tuning }), problem);
      expect(actual.losses.some(Number.isFinite)).toBe(false);
      expect(actual.gradient.some(Number.isFinite)).toBe(false);

      const sampleWeights = Float32Array.from({ length: 130 }, (_, row) => (lost.includes(row) ? 0 : 1));
      const silent = { ...problem, source: { ...problem.source, sampleWeights } };
      const expected = await story(new ReferenceBackend(), silent);
      const counted = await story(await WebGpuBackend.open({ tuning }), silent);
      expectClose(counted.losses, expected.losses, { absolute: 2e-5, relative: 2e-5 }, "losses");
      expectClose(counted.gradient, expected.gradient, { absolute: 2e-5, relative: 1e-4 }, "gradient");
      expect(counted.counts).toEqual(expected.counts);
    },
  );

  test("a mean of losses near the end of float32 is finite", async () => {
    const far = farProblem(130, SHAPE.features, SHAPE.classes);
    expectClose(await lossesOf(await WebGpuBackend.open({ tuning }), far), await referenceOf(far), RELATIVE);
  });

  test("a batch whose rows have no weight changes parameters by the penalty only, and has loss 0", async () => {
    const { source, rows } = randomProblem({ rows: 60, ...SHAPE });
    const backend = disposeLater(await WebGpuBackend.open({ tuning }));
    const data = await backend.createDataset({ ...source, sampleWeights: new Float32Array(60) });
    const trainer = await backend.createTrainer(SHAPE);
    const { losses, weights } = await trainer.sgd(data, sgdSteps([rows], 60));
    expect([losses[0], weights[0]]).toEqual([0, 0]);
    expect((await trainer.read()).weights.every((value) => value === 0)).toBe(true);
  });
});

describe("shared, classes in two tiles", () => {
  const shape = { features: 9, classes: 70, bias: true };
  const tuning = {
    ...defaultPlan(shape, { ...GPU, software: true, subgroupSize: 0 }),
    route: "shared",
  } as const;

  test.each([0, 63, 64, 69])("a score of class %s that overflows makes the loss NaN", async (at) => {
    for (const overflow of ["infinity", "-infinity", "NaN"] as const) {
      const problem = overflowProblem({ rows: 20, ...shape, lost: [7], at, overflow });
      const losses = await lossesOf(await WebGpuBackend.open({ tuning }), problem);
      expect(losses.some(Number.isFinite)).toBe(false);
    }
  });

  test("a mean of losses near the end of float32 is finite", async () => {
    const far = farProblem(20, shape.features, shape.classes);
    expectClose(await lossesOf(await WebGpuBackend.open({ tuning }), far), await referenceOf(far), RELATIVE);
  });
});
