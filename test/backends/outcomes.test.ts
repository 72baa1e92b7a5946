/** What becomes of each row, on every backend: the class predicted, how surely, and where the target stands. */
import { describe, expect, test } from "vitest";
import type { DatasetSource, Outcomes } from "../../src/backends/backend.ts";
import { outcomes } from "../../src/backends/reference/index.ts";
import { ShapeError } from "../../src/errors.ts";
import { openBackends } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { nameOf } from "../support/formulas.ts";
import { type Problem, type ProblemSpec, randomProblem } from "../support/problems.ts";
import { trainerFor, withTrainer } from "../support/with-trainer.ts";

const PROBLEMS: readonly ProblemSpec[] = [
  { rows: 1, features: 1, classes: 2 },
  { rows: 5, features: 3, classes: 3, isWeighted: true },
  { rows: 257, features: 7, classes: 10, storage: "u8", targets: "none" },
  { rows: 130, features: 64, classes: 97, targets: "distributions" },
  { rows: 67, features: 785, classes: 10, storage: "u8" },
  { rows: 41, features: 12, classes: 1031 },
  { rows: 70_000, features: 1, classes: 2 },
];

function expectOutcomes(actual: Outcomes, expected: Outcomes): void {
  expect(actual.predicted).toEqual(expected.predicted);
  expect(actual.rank).toEqual(expected.rank);
  expectClose(actual.confidence, expected.confidence, { absolute: 1e-6, relative: 1e-5 }, "confidence");
}

/** Rows whose scores are their own values: W is the identity. */
function scoresAs(rows: readonly (readonly number[])[], targets: DatasetSource["targets"]): Problem {
  const classes = rows[0].length;
  const x = { data: Float64Array.from(rows.flat()), rows: rows.length, cols: classes };
  const weights = Float64Array.from({ length: classes ** 2 }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  return {
    source: { x, targets },
    parameters: { weights, bias: new Float64Array(classes) },
    rows: Uint32Array.from(rows, (_, i) => i),
  };
}

describe.each(await openBackends())("%s", ({ backend }) => {
  const outcomesOf = (problem: Problem) =>
    withTrainer(backend, problem, true, async (trainer, data) => {
      trainer.write(problem.parameters);
      return trainer.outcomes(data);
    });

  test.each(PROBLEMS.map((spec) => [nameOf(spec), spec] as const))("%s", async (_, spec) => {
    const problem = randomProblem(spec);
    const { trainer, data } = await trainerFor(backend, problem);
    trainer.write(problem.parameters);
    // The scores that the backend has: a tie to rounding may fall another way than in float64.
    const logits = Float64Array.from(await trainer.logits(data));
    const expected = outcomes(logits, problem.source.targets, problem.rows, spec.classes);
    const rowsSeen: number[] = [];
    const actual = await trainer.outcomes(data, { onRows: (rows) => rowsSeen.push(rows) });
    expectOutcomes(actual, expected);
    expect(rowsSeen.at(-1)).toBe(spec.rows);
    if (spec.targets === "none") return;
    const weights = problem.source.sampleWeights;
    const right = actual.rank.filter((rank, i) => rank === 0 && weights?.[i] !== 0).length;
    expect((await trainer.evaluate(data)).correct).toBe(right);
  });

  test("ranks count ties at lower positions only", async () => {
    const scores = [
      [3, 1, 2],
      [1, 3, 3],
      [1, 3, 3],
      [5, 5, 5],
      [5, 5, 5],
      [-1, -2, -3],
    ];
    const labels = Uint32Array.of(0, 1, 2, 2, 0, 2);
    const { predicted, rank } = await outcomesOf(scoresAs(scores, { kind: "labels", labels }));
    expect([...predicted]).toEqual([0, 1, 1, 0, 0, 0]);
    expect([...rank]).toEqual([0, 0, 1, 2, 0, 2]);
  });

  test("the target of a distribution is its likeliest class, ties to the lowest", async () => {
    const scores = [
      [3, 1, 2],
      [3, 1, 2],
      [3, 1, 2],
    ];
    const q = { data: Float64Array.of(0.25, 0.5, 0.25, 0.25, 0.375, 0.375, 0.5, 0.5, 0), rows: 3, cols: 3 };
    const { rank } = await outcomesOf(scoresAs(scores, { kind: "distributions", distributions: q }));
    expect([...rank]).toEqual([2, 2, 0]);
  });

  test("label smoothing changes nothing; without targets the rank is K", async () => {
    const problem = randomProblem({ rows: 37, features: 5, classes: 19, targets: "distributions" });
    const plain = await outcomesOf(problem);
    const smooth = await outcomesOf({ ...problem, source: { ...problem.source, labelSmoothing: 0.25 } });
    expect(smooth).toEqual(plain);
    const none = await outcomesOf({
      ...problem,
      source: { x: problem.source.x, targets: { kind: "none" } },
    });
    expect(none).toEqual({ ...plain, rank: new Uint32Array(37).fill(19) });
  });

  test("scores of ±1000 are certain, equal ones are not", async () => {
    const scores = [
      [1000, -1000],
      [-1000, 1000],
      [1000, 1000],
      [-1000, -1000],
    ];
    const { predicted, confidence } = await outcomesOf(scoresAs(scores, { kind: "none" }));
    expect([...predicted]).toEqual([0, 1, 0, 0]);
    expect([...confidence]).toEqual([1, 1, 0.5, 0.5]);
  });

  test("rows of other features are refused, and an abort stops", async () => {
    const problem = randomProblem({ rows: 8, features: 3, classes: 3 });
    const other = await backend.createDataset(randomProblem({ rows: 8, features: 4, classes: 3 }).source);
    await withTrainer(backend, problem, true, async (trainer, data) => {
      await expect(trainer.outcomes(other)).rejects.toThrow(ShapeError);
      const reason = new Error("enough");
      await expect(trainer.outcomes(data, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
    other.dispose();
  });
});
