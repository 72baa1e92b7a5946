/** Second moments of weighted rows, on every backend, against the formula in float64. */
import { describe, expect, test } from "vitest";
import type { DatasetSource } from "../../src/backends/backend.ts";
import { secondMoments, standardize } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { ShapeError, StateError } from "../../src/errors.ts";
import { openBackends } from "../support/backends.ts";
import { expectClose, float32Tolerance } from "../support/expect-close.ts";
import { type ProblemSpec, randomProblem } from "../support/problems.ts";
import { trainerFor } from "../support/with-trainer.ts";

/** Weights of rows, about half of them 0. */
function weightsOf(rows: number): Float32Array {
  const random = createRandom(rows);
  return Float32Array.from({ length: rows }, () => Math.max(0, random.uniform() - 0.5));
}

const below = (moments: ArrayLike<number>, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: i + 1 }, (_, j) => moments[i * n + j])).flat();

/** The lower triangle in float64, and how far float32 may be off. */
function expectedOf({ x, standardization }: DatasetSource, weights: Float32Array, bias: boolean) {
  const seen = standardization ? standardize(x, standardization) : x;
  const counted = [...weights.keys()].filter((row) => weights[row] > 0);
  const moments = secondMoments(seen, counted, weights, bias);
  const largest = moments.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { moments, tolerance: float32Tolerance(counted.length, largest) };
}

const SPECS: readonly (Omit<ProblemSpec, "classes"> & { readonly hasBias: boolean })[] = [
  { rows: 1, features: 1, hasBias: true },
  { rows: 2, features: 1, hasBias: false },
  { rows: 33, features: 3, hasBias: true },
  { rows: 70, features: 4, hasBias: true, storage: "u8" },
  { rows: 70, features: 8, hasBias: false, storage: "u8" },
  { rows: 65, features: 17, hasBias: true, isWeighted: true },
  { rows: 500, features: 30, hasBias: false },
  { rows: 300, features: 131, hasBias: true, storage: "u8" },
  { rows: 40, features: 260, hasBias: true, storage: "f64" },
];

describe.each(await openBackends())("%s", ({ backend }) => {
  test.each(SPECS.map((spec) => [JSON.stringify(spec), spec] as const))("%s", async (_, spec) => {
    const problem = randomProblem({ ...spec, classes: 3, targets: "none" });
    const { trainer, data } = await trainerFor(backend, problem, spec.hasBias);
    const n = spec.features + (spec.hasBias ? 1 : 0);
    // Twice, since the second call writes over what the first has left.
    for (const weights of [weightsOf(spec.rows), new Float32Array(spec.rows).fill(0.25)]) {
      const { moments, tolerance } = expectedOf(problem.source, weights, spec.hasBias);
      const actual = await trainer.secondMoments(data, weights);
      expect(actual).toHaveLength(n * n);
      expectClose(below(actual, n), below(moments, n), tolerance);
    }
  });

  test("rows are standardised as they lie on the device, and halves keep their scale", async () => {
    const { source, parameters } = randomProblem({ rows: 90, features: 7, classes: 2 });
    const standardization = {
      mean: Float64Array.from({ length: 7 }, (_, j) => j - 3),
      scale: Float64Array.from({ length: 7 }, (_, j) => 0.5 + j),
    };
    const weights = weightsOf(90);
    const changes = [{ standardization }, { storage: "f16" as const }];
    for (const change of changes) {
      const changed = { ...source, ...change };
      const { trainer, data } = await trainerFor(backend, { source: changed, parameters });
      const { moments, tolerance } = expectedOf(changed, weights, true);
      // A float16 has eleven bits.
      const rounded = "storage" in change ? { ...tolerance, absolute: 2 ** -9 * moments[63] } : tolerance;
      expectClose(below(await trainer.secondMoments(data, weights), 8), below(moments, 8), rounded);
    }
  });

  test("rows of weight 0 count for nothing, whatever they hold; without a row, all is 0", async () => {
    const { source, parameters } = randomProblem({ rows: 12, features: 5, classes: 2 });
    const x = { ...source.x, data: Float32Array.from(source.x.data) };
    x.data.set([Number.NaN, Infinity, -Infinity, 3e38, 1], 5);
    const { trainer, data } = await trainerFor(backend, { source: { ...source, x }, parameters });
    const weights = new Float32Array(12).fill(1);
    weights[1] = 0;
    const { moments, tolerance } = expectedOf({ ...source, x }, weights, true);
    expectClose(below(await trainer.secondMoments(data, weights), 6), below(moments, 6), tolerance);
    const none = await trainer.secondMoments(data, weights.fill(0));
    expectClose(below(none, 6), new Float32Array(21), { absolute: 0, relative: 0 });
  });

  test("the parameters stay as they are, and so do the results of passes", async () => {
    const problem = randomProblem({ rows: 40, features: 6, classes: 3 });
    const { trainer, data } = await trainerFor(backend, problem);
    trainer.write(problem.parameters);
    const before = { ...(await trainer.read()), ...(await trainer.lossAndGradient(data, 0.5)) };
    await trainer.secondMoments(data, new Float32Array(40).fill(1));
    expect({ ...(await trainer.read()), ...(await trainer.lossAndGradient(data, 0.5)) }).toEqual(before);
  });

  test("refuses another number of weights, other features and a data set that is gone; stops at an abort", async () => {
    const problem = randomProblem({ rows: 20, features: 4, classes: 3 });
    const { trainer, data } = await trainerFor(backend, problem);
    const weights = new Float32Array(20).fill(1);
    await expect(trainer.secondMoments(data, weights.subarray(1))).rejects.toThrow(ShapeError);
    const { data: other } = await trainerFor(backend, randomProblem({ rows: 20, features: 5, classes: 3 }));
    await expect(trainer.secondMoments(other, weights)).rejects.toThrow(ShapeError);
    const stopped = trainer.secondMoments(data, weights, { signal: AbortSignal.abort("stop") });
    await expect(stopped).rejects.toBe("stop");
    data.dispose();
    await expect(trainer.secondMoments(data, weights)).rejects.toThrow(StateError);
  });
});
