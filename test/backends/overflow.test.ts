/**
 * Scores and losses at the end of float32, on every backend: a row one of whose scores overflows is told from all
 * others and never a plausible number, rows of weight 0 have no part in anything, and a loss is finite if scores are.
 */
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import { openBackends } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { type OverflowSpec, overflowProblem, without } from "../support/overflows.ts";
import { type Problem, sgdSteps } from "../support/problems.ts";
import { trainerFor, withTrainer } from "../support/with-trainer.ts";

const ROWS = 37;
const FEATURES = 6;
const CLOSE = { absolute: 1e-6, relative: 1e-5 };

/** Every kind of overflow meets every number of classes, the lost row and the class each time elsewhere. */
const SPECS: readonly OverflowSpec[] = [2, 10, 100].flatMap((classes, i) =>
  (["infinity", "-infinity", "NaN"] as const).map((overflow, j) => ({
    rows: ROWS,
    classes,
    overflow,
    lost: [[0], [17], [ROWS - 1]][(i + j) % 3],
    at: [0, classes >> 1, classes - 1][(i + 2 * j) % 3],
    targets: (["labels", "distributions"] as const)[(i + j) % 2],
    labelSmoothing: i === j ? 0.1 : 0,
    isEnlarged: j === 2,
  })),
);

function nameOf({ classes, lost, at, overflow, targets, labelSmoothing, isEnlarged }: OverflowSpec): string {
  const where = `${overflow} in row ${lost}, class ${at} of ${classes}`;
  return `${where}, ${targets}, ε ${labelSmoothing}${isEnlarged ? ", values enlarged" : ""}`;
}

/** All that a trainer says of a problem, and the parameters after one step over all rows. */
async function allOf(backend: Backend, problem: Problem) {
  return withTrainer(backend, problem, true, async (trainer, data) => {
    trainer.write(problem.parameters);
    const evaluation = await trainer.evaluate(data);
    const gradient = await trainer.lossAndGradient(data, 0);
    const probabilities = await trainer.probabilities(data);
    const outcomes = await trainer.outcomes(data);
    const { losses, correct } = await trainer.sgd(data, sgdSteps([problem.rows], problem.rows.length));
    const { weights, bias } = await trainer.read();
    return {
      losses: [evaluation.loss, gradient.loss, losses[0]],
      correct: [evaluation.correct, gradient.correct, correct[0]],
      gradient: [...gradient.dWeights, ...gradient.dBias],
      parameters: [...weights, ...bias],
      probabilities,
      outcomes,
    };
  });
}

describe.each(await openBackends())("%s", ({ backend }) => {
  test.each(SPECS.map((spec) => [nameOf(spec), spec] as const))("%s", async (_, spec) => {
    const problem = overflowProblem(spec);
    const { classes, lost } = spec;
    const actual = await allOf(backend, problem);
    const expected = await allOf(new ReferenceBackend(), problem);
    const isLost = (row: number) => lost.includes(row);

    expect(actual.losses, "losses").toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(actual.correct, "rows right").toEqual(expected.correct);
    expect(actual.gradient.every(Number.isFinite), "a finite gradient").toBe(false);
    expect(actual.parameters.every(Number.isFinite), "finite parameters after a step").toBe(false);
    const { predicted, confidence, rank } = actual.outcomes;
    for (let i = 0; i < ROWS; i++) {
      const p = actual.probabilities.subarray(i * classes, (i + 1) * classes);
      expect(p.every(isLost(i) ? Number.isNaN : Number.isFinite), `probabilities of row ${i}`).toBe(true);
      expect(Number.isNaN(confidence[i]), `confidence of row ${i}`).toBe(isLost(i));
      if (isLost(i)) expect([predicted[i], rank[i]]).toEqual([0, classes]);
    }
    expect(predicted).toEqual(expected.outcomes.predicted);
    expect(rank).toEqual(expected.outcomes.rank);
  });

  test.each(SPECS.map((spec) => [nameOf(spec), spec] as const))(
    "of weight 0 affects nothing: %s",
    async (_, spec) => {
      const problem = overflowProblem(spec);
      const sampleWeights = new Float32Array(ROWS).fill(1);
      for (const row of spec.lost) sampleWeights[row] = 0;
      const { source } = problem;
      const actual = await allOf(backend, { ...problem, source: { ...source, sampleWeights } });
      const expected = await allOf(new ReferenceBackend(), without(problem, spec.lost));
      expectClose(actual.losses, expected.losses, CLOSE, "losses");
      expect(actual.correct).toEqual(expected.correct);
      expectClose(actual.gradient, expected.gradient, CLOSE, "gradient");
      expectClose(actual.parameters, expected.parameters, CLOSE, "parameters");
    },
  );

  test("a lost row that counts loses its batch, but no batch before it", async () => {
    const problem = overflowProblem({ rows: 40, classes: 3, lost: [5, 32], at: 1, overflow: "-infinity" });
    const sampleWeights = new Float32Array(40).fill(1);
    sampleWeights[5] = 0;
    const source = { ...problem.source, sampleWeights };
    const { trainer, data } = await trainerFor(backend, { ...problem, source });
    trainer.write(problem.parameters);
    const { losses } = await trainer.sgd(data, sgdSteps([problem.rows], 10));
    expect(Array.from(losses, Number.isFinite)).toEqual([true, true, true, false]);
  });

  /** Scores of `size` for one class and −`size` for the other, in all rows but one in four, which is 0 and 0. */
  const farApart = (size: number, targets: Problem["source"]["targets"], labelSmoothing = 0): Problem => {
    const data = Float32Array.from({ length: 40 * FEATURES }, (_, i) =>
      i % FEATURES === 0 && Math.floor(i / FEATURES) % 4 > 0 ? 1e30 : 0,
    );
    const weights = new Float64Array(2 * FEATURES);
    weights[0] = Math.fround(size / 1e30);
    weights[FEATURES] = -Math.fround(size / 1e30);
    const rows = Uint32Array.from({ length: 40 }, (_, i) => i);
    const x = { data, rows: 40, cols: FEATURES };
    return {
      source: { x, targets, labelSmoothing },
      parameters: { weights, bias: new Float64Array(2) },
      rows,
    };
  };
  const wrong = { kind: "labels", labels: new Uint32Array(40).fill(1) } as const;
  const soft = {
    kind: "distributions",
    distributions: {
      data: Float32Array.from({ length: 80 }, (_, i) => [0.25, 0.75][i % 2]),
      rows: 40,
      cols: 2,
    },
  } as const;

  for (const size of [1e38, 3.3e38]) {
    test.each([
      ["labels", wrong, 0],
      ["labels, smoothed", wrong, 0.25],
      ["distributions", soft, 0],
    ] as const)(`a mean of losses of ${2 * size} is finite: %s`, async (_, targets, labelSmoothing) => {
      const problem = farApart(size, targets, labelSmoothing);
      const weighted = {
        ...problem.source,
        sampleWeights: Float32Array.from({ length: 40 }, (_v, i) => i % 3),
      };
      for (const source of [problem.source, weighted]) {
        const actual = await allOf(backend, { ...problem, source });
        const expected = await allOf(new ReferenceBackend(), { ...problem, source });
        expect(expected.losses.every(Number.isFinite)).toBe(true);
        expectClose(actual.losses, expected.losses, { absolute: 0, relative: 1e-5 }, "losses");
        expect(actual.correct).toEqual(expected.correct);
        expectClose(actual.gradient, expected.gradient, { absolute: 1e-6, relative: 1e-5 }, "gradient");
      }
    });
  }
});
