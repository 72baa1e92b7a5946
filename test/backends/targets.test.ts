/**
 * Label smoothing, standardised rows and rows without weight, on every backend, against data that has them written out.
 */
import { describe, expect, test } from "vitest";
import type { DatasetSource } from "../../src/backends/backend.ts";
import { matmul, outcomes } from "../../src/backends/reference/index.ts";
import { scaleOf } from "../../src/data/matrix.ts";
import { fitStandardization } from "../../src/data/standardization.ts";
import { openBackends } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { expectedOf, followFormulas, nameOf, tenSteps, toleranceOf } from "../support/formulas.ts";
import { type Problem, type ProblemSpec, randomProblem } from "../support/problems.ts";
import { trainerFor, withTrainer } from "../support/with-trainer.ts";

const PROBLEMS: readonly ProblemSpec[] = [
  { rows: 5, features: 1, classes: 2 },
  { rows: 33, features: 3, classes: 97, isWeighted: true },
  { rows: 130, features: 64, classes: 11, targets: "distributions" },
  { rows: 67, features: 785, classes: 10, storage: "u8", isWeighted: true },
  { rows: 41, features: 12, classes: 1031 },
];

/** The same targets as distributions (1 − ε) q + ε/K. */
function smoothedByHand(
  { targets, x }: DatasetSource,
  classes: number,
  epsilon: number,
): DatasetSource["targets"] {
  const q = (row: number, k: number) => {
    if (targets.kind === "labels") return targets.labels[row] === k ? 1 : 0;
    return targets.kind === "distributions" ? targets.distributions.data[row * classes + k] : 0;
  };
  const data = Float64Array.from(
    { length: x.rows * classes },
    (_, at) => (1 - epsilon) * q(Math.floor(at / classes), at % classes) + epsilon / classes,
  );
  return { kind: "distributions", distributions: { data, rows: x.rows, cols: classes } };
}

describe.each(await openBackends())("%s", ({ backend, ...backendCase }) => {
  /** Evaluation, gradient and ten steps of `given`, against the formulas on `written`. */
  async function expectAlike(spec: ProblemSpec, given: DatasetSource, written: DatasetSource) {
    const { parameters, rows } = randomProblem(spec);
    const [problem, byHand] = [given, written].map((source): Problem => ({ source, parameters, rows }));
    const expected = expectedOf(byHand, 0.125);
    const steps = tenSteps(spec, false);
    const followed = followFormulas(byHand, steps, true);
    const tolerance = toleranceOf(backendCase, spec);
    const loose = { absolute: 20 * tolerance.absolute, relative: 20 * tolerance.relative };
    await withTrainer(backend, problem, true, async (trainer, data) => {
      trainer.write(parameters);
      const { loss, correct } = await trainer.evaluate(data);
      expectClose([loss], [expected.loss], tolerance, "loss");
      expect(correct).toBe(expected.correct);
      const seen = await trainer.lossAndGradient(data, 0.125);
      expectClose([seen.loss], [expected.loss], tolerance, "loss");
      expectClose(seen.dWeights, expected.gradient.weights, tolerance, "dWeights");
      expectClose(seen.dBias, expected.gradient.bias, tolerance, "dBias");
      trainer.write({ weights: parameters.weights.map(() => 0), bias: parameters.bias.map(() => 0) });
      const { losses } = await trainer.sgd(data, steps);
      expectClose(losses, followed.losses, loose, "losses");
      expectClose((await trainer.read()).weights, followed.weights, loose, "W");
    });
  }

  describe.each(PROBLEMS.map((spec) => [nameOf(spec), spec] as const))("%s", (_, spec) => {
    const { source } = randomProblem(spec);

    test.each([0.1, 0.75])("smoothing by %s", async (labelSmoothing) => {
      const targets = smoothedByHand(source, spec.classes, labelSmoothing);
      await expectAlike(spec, { ...source, labelSmoothing }, { ...source, targets });
    });

    test("no smoothing, given as 0, gives the same bits", async () => {
      const problem = randomProblem(spec);
      const read = (given: DatasetSource) =>
        withTrainer(backend, { ...problem, source: given }, true, async (trainer, data) => {
          trainer.write(problem.parameters);
          return trainer.lossAndGradient(data, 0.125);
        });
      expect(await read({ ...source, labelSmoothing: 0 })).toEqual(await read(source));
    });

    test("standardised columns", async () => {
      const standardization = await fitStandardization(source.x, source.sampleWeights);
      const { mean, scale } = standardization;
      const unit = scaleOf(source.x);
      const data = Float64Array.from(
        source.x.data,
        (value, at) => (value * unit - mean[at % spec.features]) / scale[at % spec.features],
      );
      const before = source.x.data.slice();
      await expectAlike(
        spec,
        { ...source, standardization },
        { ...source, x: { ...source.x, data, scale: 1 } },
      );
      expect(source.x.data).toEqual(before);
    });

    test("rows of weight 0 do not count as right", async () => {
      const problem = randomProblem(spec);
      const { parameters, rows } = problem;
      const scores = matmul(source.x, rows, parameters);
      const { predicted } = outcomes(scores, { kind: "none" }, rows, spec.classes);
      const sampleWeights = Float32Array.from(rows, (row) => (row % 2 === 0 ? 0 : 1 + row));
      // Every row is right.
      const silent = { ...source, sampleWeights, targets: { kind: "labels", labels: predicted } } as const;
      const { trainer, data } = await trainerFor(backend, { ...problem, source: silent });
      trainer.write(parameters);
      expect((await trainer.evaluate(data)).correct).toBe(Math.floor(spec.rows / 2));
      const steps = { ...tenSteps(spec, false), batchSize: spec.rows, epochs: [rows] };
      const { correct } = await trainer.sgd(data, { ...steps, learningRates: Float64Array.of(0.1) });
      expect([...correct]).toEqual([Math.floor(spec.rows / 2)]);
    });
  });
});
