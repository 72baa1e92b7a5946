/** Training on sparse rows on WebGPU: every method of the contract against the reference. */
import { afterAll, describe, expect, test } from "vitest";
import type { Backend, Dataset, OptimiserState, SgdSteps, Trainer } from "../../src/backends/backend.ts";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import type { Parameters } from "../../src/parameters.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose, type Tolerance } from "../support/expect-close.ts";
import { tenSteps, toleranceOf } from "../support/formulas.ts";
import {
  HOSTILE,
  randomPattern,
  type SparseProblem,
  type SparseSpec,
  sparseProblem,
} from "../support/sparse-cases.ts";

const PROBLEMS: readonly SparseSpec[] = [
  ...HOSTILE.map((pattern, i) => ({
    pattern,
    classes: [2, 3, 5, 10, 33][i % 5],
    isWeighted: i % 2 === 0,
    isValued: i % 3 !== 2,
    isScaled: i % 4 === 3,
  })),
  {
    pattern: randomPattern(301, 33, 0.3),
    classes: 4,
    targets: "distributions",
    isWeighted: true,
    isScaled: true,
  },
  { pattern: randomPattern(257, 40, 0.2), classes: 10, labelSmoothing: 0.2, isValued: false, isScaled: true },
  { pattern: randomPattern(90, 60, 0.1), classes: 3, targets: "distributions", labelSmoothing: 0.1 },
  { pattern: randomPattern(41, 100, 0.2), classes: 1031, isWeighted: true },
];

// A large ε: where gradients are tiny, AdamW's step would else be the sign of a rounding error.
const ADAMW = { beta1: 0.9, beta2: 0.99, epsilon: 0.05 };

const UPDATES: readonly (readonly [string, Partial<SgdSteps>])[] = [
  ["momentum", {}],
  ["Nesterov, l1 and an average", { nesterov: true, l1: 0.02, averageFrom: 4 }],
  ["AdamW and an average", { adamw: ADAMW, averageFrom: 7 }],
];

function nameOf({ pattern, classes, targets = "labels", isWeighted, isValued = true, isScaled }: SparseSpec) {
  const marks = [targets, isWeighted && "weighted", !isValued && "ones", isScaled && "scaled"];
  return `${pattern.name}, ${classes} classes, ${marks.filter(Boolean).join(", ")}`;
}

/** Opens a trainer and a data set on WebGPU, and the same on the reference. */
async function both(backend: WebGpuBackend, { source, parameters }: SparseProblem, bias = true) {
  const shape = { features: source.x.cols, classes: parameters.bias.length, bias, sparse: true };
  const [gpu, truth] = await Promise.all(
    [backend, new ReferenceBackend()].map(async (on: Backend) => {
      const data = disposeLater(await on.createDataset(source));
      const trainer = disposeLater(await on.createTrainer(shape));
      trainer.write(parameters);
      return { data, trainer };
    }),
  );
  return { gpu, truth };
}

function toleranceFor({ pattern, isValued = true, isScaled }: SparseSpec): Tolerance {
  const { rows, cols } = pattern;
  const { absolute, relative } = toleranceOf({ epsilon: 2 ** -24 }, { rows, features: cols, classes: 2 });
  const size = (isValued ? 1 : 2) * (isScaled ? 2 : 1);
  return { absolute: size * absolute + 2 ** -22, relative: size * relative };
}

function times(factor: number, { absolute, relative }: Tolerance): Tolerance {
  return { absolute: factor * absolute, relative: factor * relative };
}

function expectParameters(
  actual: Parameters | undefined,
  expected: Parameters | undefined,
  tolerance: Tolerance,
  what: string,
) {
  expectClose(actual?.weights ?? [], expected?.weights ?? [], tolerance, `${what}, weights`);
  expectClose(actual?.bias ?? [], expected?.bias ?? [], tolerance, `${what}, bias`);
}

function expectState(actual: OptimiserState, expected: OptimiserState, tolerance: Tolerance) {
  for (const part of ["parameters", "velocity", "secondMoment", "average"] as const)
    expectParameters(actual[part], expected[part], tolerance, part);
}

const BACKENDS = await Promise.all(
  [
    { name: "webgpu", options: {} },
    { name: "webgpu in chunks of 8 KiB", options: { maxChunkBytes: 8192 } },
  ].map(async ({ name, options }) => ({ name, backend: await WebGpuBackend.open(options) })),
);
afterAll(() => {
  for (const { backend } of BACKENDS) backend.dispose();
});

describe.each(BACKENDS)("$name", ({ backend }) => {
  test.each(PROBLEMS.map((spec) => [nameOf(spec), spec] as const))(
    "%s: scores, probabilities, outcomes, evaluation, gradient",
    async (_title, spec) => {
      const tolerance = toleranceFor(spec);
      const { gpu, truth } = await both(backend, sparseProblem(spec));
      for (const method of ["logits", "probabilities"] as const)
        expectClose(
          await gpu.trainer[method](gpu.data),
          await truth.trainer[method](truth.data),
          tolerance,
          method,
        );
      const [seen, expected] = [
        await gpu.trainer.outcomes(gpu.data),
        await truth.trainer.outcomes(truth.data),
      ];
      expect(seen.predicted).toEqual(expected.predicted);
      expect(seen.rank).toEqual(expected.rank);
      expectClose(seen.confidence, expected.confidence, tolerance, "confidence");
      for (const isSmoothed of [true, false]) {
        const { loss, correct } = await gpu.trainer.evaluate(gpu.data, { isSmoothed });
        const { loss: trueLoss, correct: trulyCorrect } = await truth.trainer.evaluate(truth.data, {
          isSmoothed,
        });
        expectClose([loss], [trueLoss], tolerance, "loss");
        expect(correct).toBe(trulyCorrect);
      }
      for (const l2 of [0.125, 0]) {
        const ours = await gpu.trainer.lossAndGradient(gpu.data, l2);
        const expected = await truth.trainer.lossAndGradient(truth.data, l2);
        expectClose([ours.loss], [expected.loss], tolerance, "loss");
        expect(ours.correct).toBe(expected.correct);
        expectClose(ours.dWeights, expected.dWeights, tolerance, "dWeights");
        expectClose(ours.dBias, expected.dBias, tolerance, "dBias");
      }
      expectParameters(await gpu.trainer.read(), await truth.trainer.read(), times(0, tolerance), "read");
    },
  );

  for (const [update, change] of UPDATES) {
    test.each(PROBLEMS.map((spec) => [nameOf(spec), spec] as const))(
      `%s: ten steps with ${update}`,
      async (_title, spec) => {
        const loose = times(40, toleranceFor(spec));
        const problem = sparseProblem(spec);
        const shape = { rows: spec.pattern.rows, features: spec.pattern.cols, classes: spec.classes };
        const steps = { ...tenSteps(shape, false), ...change };
        for (const bias of [true, false]) {
          const { gpu, truth } = await both(backend, problem, bias);
          const [ours, expected] = [
            await gpu.trainer.sgd(gpu.data, steps),
            await truth.trainer.sgd(truth.data, steps),
          ];
          expectClose(ours.losses, expected.losses, loose, "losses");
          expectClose(ours.weights, expected.weights, times(0, loose), "weights");
          expect(ours.correct[0]).toBe(expected.correct[0]);
          expectState(await gpu.trainer.readState(), await truth.trainer.readState(), loose);
        }
      },
    );
  }

  test("new weights count from the next call on, in steps and in gradients", async () => {
    const spec = { pattern: randomPattern(131, 97, 0.1), classes: 5, isWeighted: true };
    const { gpu, truth } = await both(backend, sparseProblem(spec));
    await gpu.trainer.lossAndGradient(gpu.data, 0);
    const weights = Float32Array.from({ length: 131 }, (_, i) => (i % 3) / 2);
    for (const { data } of [gpu, truth]) data.setWeights(weights);
    const [ours, expected] = [
      await gpu.trainer.lossAndGradient(gpu.data, 0.5),
      await truth.trainer.lossAndGradient(truth.data, 0.5),
    ];
    expectClose([ours.loss, ...ours.dWeights], [expected.loss, ...expected.dWeights], toleranceFor(spec));
    const steps = tenSteps({ rows: 131, features: 97, classes: 5 }, false);
    const [taken, truly] = [
      await gpu.trainer.sgd(gpu.data, steps),
      await truth.trainer.sgd(truth.data, steps),
    ];
    expectClose([...taken.losses, ...taken.weights], [...truly.losses, ...truly.weights], {
      absolute: 1e-5,
      relative: 1e-5,
    });
  });

  test("equal calls give equal bits, whatever came between; a state goes on in another trainer", async () => {
    const spec = { pattern: randomPattern(301, 33, 0.3), classes: 10, isWeighted: true };
    const problem = sparseProblem(spec);
    const steps = {
      ...tenSteps({ rows: 301, features: 33, classes: 10 }, false),
      ...{ adamw: ADAMW, averageFrom: 3 },
    };
    const run = async (trainer: Trainer, data: Dataset) => {
      trainer.write(problem.parameters);
      const seen = await trainer.lossAndGradient(data, 0.5);
      const { losses } = await trainer.sgd(data, steps);
      return { seen, losses, state: await trainer.readState() };
    };
    const { gpu } = await both(backend, problem);
    const once = await run(gpu.trainer, gpu.data);
    expect(await run(gpu.trainer, gpu.data)).toEqual(once);
    const { gpu: other } = await both(backend, problem);
    expect(await run(other.trainer, other.data)).toEqual(once);

    const further = { ...steps, firstStep: 10 };
    const { losses } = await gpu.trainer.sgd(gpu.data, further);
    other.trainer.write(problem.parameters);
    other.trainer.writeState(once.state);
    expect(await other.trainer.readState()).toEqual(once.state);
    expect((await other.trainer.sgd(other.data, further)).losses).toEqual(losses);
    expect(await other.trainer.readState()).toEqual(await gpu.trainer.readState());
  });
});
