/** Sparse rows on every backend: each operation against the formulas in float64, and these against dense rows. */
import { describe, expect, test } from "vitest";
import type { Trainer } from "../../src/backends/backend.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";
import { StateError } from "../../src/errors.ts";
import type { Parameters } from "../../src/parameters.ts";
import { openBackends } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { expectedOf, followFormulas, tenSteps, toleranceOf } from "../support/formulas.ts";
import {
  denseOf,
  type Problem,
  randomProblem,
  randomSparseProblem,
  type SparseSpec,
} from "../support/problems.ts";
import { trainerFor, withTrainer } from "../support/with-trainer.ts";

const PROBLEMS: readonly SparseSpec[] = [
  { rows: 1, features: 1, classes: 2, density: 1 },
  { rows: 7, features: 1, classes: 3, density: 1, areOnes: true },
  { rows: 5, features: 3, classes: 3, density: 0.5, isWeighted: true },
  { rows: 257, features: 70, classes: 2, density: 0.1 },
  { rows: 90, features: 2000, classes: 2, density: 0.01, areOnes: true, isWeighted: true },
  { rows: 130, features: 64, classes: 11, density: 0.2, targets: "distributions" },
  { rows: 67, features: 785, classes: 10, density: 0.05, isWeighted: true },
  { rows: 300, features: 33, classes: 20, density: 0.3, areOnes: true },
  { rows: 64, features: 129, classes: 33, density: 0.1 },
  { rows: 41, features: 12, classes: 1031, density: 0.4 },
];

/** Two classes of opposite parameters, which the kernels take as one. */
function mirror({ weights, bias }: Parameters): Parameters {
  const half = weights.subarray(weights.length / 2);
  return {
    weights: Float64Array.of(...half.map((w) => -w), ...half),
    bias: Float64Array.of(-bias[1], bias[1]),
  };
}

/** Returns (H + 2λ) d, by central differences of the gradient in float64. */
function productOf(problem: Problem<SparseMatrix>, { weights, bias }: Parameters, d: Parameters, l2: number) {
  const h = 1e-5;
  const [above, below] = [h, -h].map((t) => {
    const parameters = {
      weights: weights.map((w, at) => w + t * d.weights[at]),
      bias: bias.map((b, at) => b + t * d.bias[at]),
    };
    return expectedOf({ ...problem, parameters }, l2).gradient;
  });
  const difference = (part: "weights" | "bias") =>
    above[part].map((value, at) => (value - below[part][at]) / (2 * h));
  return { weights: difference("weights"), bias: difference("bias") };
}

describe.each(await openBackends())("%s", ({ backend, ...backendCase }) => {
  for (const spec of PROBLEMS) {
    const tolerance = toleranceOf(backendCase, spec);
    const problem = randomSparseProblem(spec);
    const name = JSON.stringify(spec);

    test(`${name}: scores, probabilities, outcomes, evaluation`, async () => {
      const expected = expectedOf(problem, 0);
      const { trainer, data } = await trainerFor(backend, problem);
      trainer.write(problem.parameters);
      const float32 = {
        absolute: tolerance.absolute + 2 ** -22,
        relative: tolerance.relative + 2 ** -22,
      };
      expectClose(await trainer.logits(data), expected.logits, float32, "logits");
      expectClose(await trainer.probabilities(data), expected.probabilities, float32, "probabilities");
      const { loss, correct } = await trainer.evaluate(data);
      expectClose([loss], [expected.loss], tolerance, "loss");
      expect(correct).toBe(expected.correct);
      const { rank } = await trainer.outcomes(data);
      const counted = [...rank].filter(
        (before, i) => before === 0 && problem.source.sampleWeights?.[i] !== 0,
      );
      expect(counted).toHaveLength(expected.correct);
    });

    test(`${name}: loss and gradient over all rows, with label smoothing`, async () => {
      const smoothed = { ...problem, source: { ...problem.source, labelSmoothing: 0.1 } };
      const expected = expectedOf(smoothed, 0.125);
      const { trainer, data } = await trainerFor(backend, smoothed);
      trainer.write(problem.parameters);
      const seen = await trainer.lossAndGradient(data, 0.125);
      expectClose([seen.loss], [expected.loss], tolerance, "loss");
      expectClose(seen.dWeights, expected.gradient.weights, tolerance, "dWeights");
      expectClose(seen.dBias, expected.gradient.bias, tolerance, "dBias");
      const { weights, bias } = await trainer.read();
      expectClose(weights, problem.parameters.weights, { absolute: 0, relative: 0 }, "W");
      expectClose(bias, problem.parameters.bias, { absolute: 0, relative: 0 }, "b");
    });

    test(`${name}: steps of SGD and AdamW from zero follow the formulas`, async () => {
      const adamw = { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 };
      for (const [bias, nesterov, changes] of [
        [true, false, { l1: 0.01, averageFrom: 3 }],
        [false, true, {}],
        [true, false, { adamw }],
      ] as const) {
        const steps = { ...tenSteps(spec, nesterov), ...changes };
        const expected = followFormulas(problem, steps, bias);
        await withTrainer(backend, problem, bias, async (trainer, data) => {
          const { losses } = await trainer.sgd(data, steps);
          const after = await trainer.read();
          const loose = { absolute: 20 * tolerance.absolute, relative: 20 * tolerance.relative };
          expectClose(losses, expected.losses, loose, "losses");
          expectClose(after.weights, expected.weights, loose, "W");
          expectClose(after.bias, expected.bias, loose, "b");
        });
      }
    });
  }

  for (const spec of backendCase.device === "reference" ? [] : PROBLEMS) {
    test(`${JSON.stringify(spec)}: a Newton step solves (H + 2λ) d = −g`, async () => {
      const l2 = 0.02;
      const problem = randomSparseProblem(spec);
      const { trainer, data } = await trainerFor(backend, problem);
      const scales = [undefined, Float64Array.from({ length: spec.features }, (_, j) => 0.5 + (j % 3))];
      for (const [mirrored, scale] of [false, true].flatMap((one) =>
        scales.map((other) => [one, other] as const),
      )) {
        const parameters = mirrored && spec.classes === 2 ? mirror(problem.parameters) : problem.parameters;
        trainer.write(parameters);
        const { dWeights, dBias } = await trainer.lossAndGradient(data, 0);
        const newton = { gradient: { weights: dWeights, bias: dBias }, l2, scale, accuracy: 1e-4 };
        const { step, products } = await (trainer as Required<Trainer>).newtonStep(data, newton);
        expect(products).toBeLessThan(200);
        const image = productOf(problem, parameters, step, 0);
        const ridgeAt = (at: number) => (2 * l2) / (scale ? scale[at % spec.features] ** 2 : 1);
        const size = Math.hypot(...dWeights, ...dBias);
        const rest = Math.hypot(
          ...image.weights.map((value, at) => value + ridgeAt(at) * step.weights[at] + dWeights[at]),
          ...image.bias.map((value, at) => value + dBias[at]),
        );
        expect(rest / size).toBeLessThan(5e-3);
      }
    });
  }

  test("values are divided by the scales of their columns, also where all are 1", async () => {
    for (const areOnes of [false, true]) {
      const spec = { rows: 40, features: 9, classes: 4, density: 0.4, areOnes };
      const problem = randomSparseProblem(spec);
      const { x } = problem.source;
      const scale = Float64Array.from({ length: 9 }, (_, j) => 0.3 + j);
      const standardization = { mean: new Float64Array(9), scale };
      const scaled = { ...x, data: Float64Array.from(x.indices, (j, at) => (x.data?.[at] ?? 1) / scale[j]) };
      const expected = expectedOf({ ...problem, source: { ...problem.source, x: scaled } }, 0);
      const source = { ...problem.source, standardization };
      const { trainer, data } = await trainerFor(backend, { ...problem, source });
      trainer.write(problem.parameters);
      const { dWeights } = await trainer.lossAndGradient(data, 0);
      expectClose(dWeights, expected.gradient.weights, toleranceOf(backendCase, spec), "dWeights");
    }
  });

  test("weights that are replaced count from then on", async () => {
    const problem = randomSparseProblem({
      rows: 30,
      features: 9,
      classes: 4,
      density: 0.4,
      isWeighted: true,
    });
    const { trainer, data } = await trainerFor(backend, problem);
    trainer.write(problem.parameters);
    const sampleWeights = Float32Array.from({ length: 30 }, (_, i) => i % 3);
    data.setWeights(sampleWeights);
    const expected = expectedOf({ ...problem, source: { ...problem.source, sampleWeights } }, 0);
    const { loss, dWeights } = await trainer.lossAndGradient(data, 0);
    const tolerance = toleranceOf(backendCase, { rows: 30, features: 9, classes: 4 });
    expectClose([loss], [expected.loss], tolerance, "loss");
    expectClose(dWeights, expected.gradient.weights, tolerance, "dWeights");
  });

  test("a trainer takes rows of its own form only, and sparse rows have no second moments", async () => {
    const sparse = await trainerFor(
      backend,
      randomSparseProblem({ rows: 5, features: 3, classes: 2, density: 1 }),
    );
    const dense = await trainerFor(backend, randomProblem({ rows: 5, features: 3, classes: 2 }));
    await expect(sparse.trainer.lossAndGradient(dense.data, 0)).rejects.toThrow(StateError);
    await expect(dense.trainer.evaluate(sparse.data)).rejects.toThrow(StateError);
    await expect(sparse.trainer.secondMoments(sparse.data, new Float32Array(5))).rejects.toThrow(
      "dense rows",
    );
  });
});

test("the formulas for sparse rows are those for dense rows", () => {
  const problem = randomSparseProblem({ rows: 50, features: 20, classes: 5, density: 0.2, isWeighted: true });
  const [sparse, dense] = [problem.source, { ...problem.source, x: denseOf(problem.source.x) }].map(
    (source) => expectedOf({ ...problem, source }, 0.01),
  );
  const tolerance = { absolute: 1e-14, relative: 1e-13 };
  expectClose(sparse.logits, dense.logits, tolerance, "logits");
  expectClose(sparse.gradient.weights, dense.gradient.weights, tolerance, "dWeights");
  expectClose(sparse.gradient.bias, dense.gradient.bias, tolerance, "dBias");
});
