/** Learning rates: the schedules' values, and the automatic rate against the rule it states. */
import { describe, expect, test } from "vitest";
import { type Matrix, type MatrixData, scaleOf } from "../../src/data/matrix.ts";
import { scanRows } from "../../src/data/row-reader.ts";
import { OptionError } from "../../src/errors.ts";
import { type AutoRateProblem, autoLearningRate } from "../../src/solvers/auto-learning-rate.ts";
import {
  constant,
  cosineDecay,
  inverseTimeDecay,
  type LearningRateSchedule,
  linearDecay,
  stepDecay,
  warmUp,
} from "../../src/solvers/schedules.ts";
import { expectClose } from "../support/expect-close.ts";
import { randomProblem } from "../support/problems.ts";

describe("schedules", () => {
  /** What a cosine from 0.5 to 0 is off its middle by at the quarters. */
  const SLOPE = Math.SQRT1_2 / 4;

  test.each([
    ["constant", constant(0.3), [0.3, 0.3, 0.3, 0.3, 0.3]],
    ["linear", linearDecay(0.5), [0.5, 0.375, 0.25, 0.125, 0.005]],
    ["cosine", cosineDecay(0.5), [0.5, 0.25 + SLOPE, 0.25, 0.25 - SLOPE, 1.2335e-4]],
    ["inverse time", inverseTimeDecay(0.5, 50), [0.5, 0.5 / 1.5, 0.25, 0.2, 0.5 / 2.98]],
    ["step", stepDecay(0.5, 50, 0.1), [0.5, 0.5, 0.05, 0.05, 0.05]],
    ["warm-up of a constant", warmUp(constant(0.5), 50), [0.01, 0.26, 0.5, 0.5, 0.5]],
    ["warm-up of linear", warmUp(linearDecay(0.5), 50), [0.01, 0.375 * 0.52, 0.25, 0.125, 0.005]],
  ])("%s at the start, the quarters and the last of 100 steps", (_name, schedule, expected) => {
    const rates = [0, 25, 50, 75, 99].map((step) => schedule(step, 100));
    expectClose(rates, expected, { absolute: 0, relative: 1e-4 });
    expectClose(rates.slice(0, 4), expected.slice(0, 4), { absolute: 0, relative: 1e-15 });
  });

  test("decay starts at the rate itself, even in a fit of one step", () => {
    for (const make of [constant, linearDecay, cosineDecay, (rate: number) => inverseTimeDecay(rate, 1)])
      expect(make(0.1)(0, 1)).toBe(0.1);
  });

  test("linear and cosine would be 0 one step after the last", () => {
    expect(linearDecay(0.7)(100, 100)).toBe(0);
    expect(cosineDecay(0.7)(100, 100)).toBe(0);
  });

  test("inverse time does not ask how long the fit is", () => {
    const schedule = inverseTimeDecay(1, 4);
    expect([schedule(4, 5), schedule(4, 1000), schedule(12, 13)]).toEqual([0.5, 0.5, 0.25]);
  });

  test("step falls on the step itself, not before", () => {
    const schedule = stepDecay(1, 3, 0.5);
    expect([0, 2, 3, 5, 6].map((step) => schedule(step, 7))).toEqual([1, 1, 0.5, 0.5, 0.25]);
    expect(stepDecay(0.3, 1, 1)(1000, 1001)).toBe(0.3);
    expect(stepDecay(0.3, 1, 0.1)(1000, 1001)).toBe(0);
  });

  test("a warm-up begins above 0, reaches the schedule on its last step and leaves it alone from there", () => {
    const schedule = warmUp(constant(8), 4);
    expect([0, 1, 2, 3, 4, 5].map((step) => schedule(step, 6))).toEqual([2, 4, 6, 8, 8, 8]);
    const cosine = cosineDecay(0.7);
    const warmed = warmUp(cosine, 10);
    for (let step = 9; step < 50; step++) expect(warmed(step, 50)).toBe(cosine(step, 50));
    expect(warmUp(cosine, 1)(0, 50)).toBe(cosine(0, 50));
    expect(warmUp(constant(1), 100)(4, 5)).toBe(0.05);
  });

  test("a warm-up shows its schedule the step and the length of the whole fit", () => {
    const seen: [number, number][] = [];
    const schedule = warmUp((step, steps) => seen.push([step, steps]), 3);
    for (let step = 0; step < 5; step++) schedule(step, 5);
    expect(seen).toEqual([0, 1, 2, 3, 4].map((step) => [step, 5]));
  });

  test("never rise", () => {
    for (const schedule of [linearDecay(1), cosineDecay(1), inverseTimeDecay(1, 10)])
      for (let step = 1; step < 40; step++) expect(schedule(step, 40)).toBeLessThan(schedule(step - 1, 40));
  });
});

describe("arguments are checked at once", () => {
  const makers: [string, (rate: number) => LearningRateSchedule][] = [
    ["constant", constant],
    ["linearDecay", linearDecay],
    ["cosineDecay", cosineDecay],
    ["inverseTimeDecay", (rate) => inverseTimeDecay(rate, 1)],
    ["stepDecay", (rate) => stepDecay(rate, 1, 0.5)],
  ];

  test.each(makers)("rate of %s", (_name, make) => {
    for (const rate of [NaN, Infinity, -0.1, "0.1", undefined]) {
      expect(() => make(rate as number)).toThrow(OptionError);
      expect(() => make(rate as number)).toThrow(/^rate: expected a finite number ≥ 0, got/);
    }
    expect(make(0)(0, 1)).toBe(0);
  });

  test.each<[string, (value: never) => unknown, readonly unknown[]]>([
    ["halfLife", (value) => inverseTimeDecay(0.1, value), [0, -1, NaN, Infinity, "5", undefined]],
    ["every", (value) => stepDecay(0.1, value, 0.5), [0, 1.5, -1, NaN, Infinity, "5", undefined]],
    ["factor", (value) => stepDecay(0.1, 5, value), [0, -0.5, 1.01, NaN, "0.5", undefined]],
    ["warmUpSteps", (value) => warmUp(constant(1), value), [0, 1.5, -1, NaN, Infinity, "5", undefined]],
    ["schedule", (value) => warmUp(value, 5), [0.1, "auto", undefined]],
  ])("%s", (argument, make, values) => {
    for (const value of values) {
      expect(() => make(value as never)).toThrow(OptionError);
      expect(() => make(value as never)).toThrow(new RegExp(`^${argument}: expected .*, got`));
    }
  });
});

/** What λ_max is taken for, over what it is: the estimate comes from below. */
const MARGIN = 1.1;

const BASE = { bias: false, batchSize: 1, momentum: 0, l2: 0, seed: 0 };

async function problemOf(data: MatrixData, cols: number, options: Partial<AutoRateProblem> = {}) {
  const x = { data, rows: data.length / cols, cols };
  return { ...BASE, x, ...(await scanRows(x, "x")), ...options };
}

/** 1/η by the rule, for a given λ_max(X̃ᵀX̃ / N). */
function boundOf(problem: AutoRateProblem, lambda: number): number {
  const { x, maxSquaredNorm, bias, batchSize, momentum, l2 } = problem;
  const [N, B] = [x.rows, Math.min(batchSize, x.rows)];
  const rowCurvature = (maxSquaredNorm + (bias ? 1 : 0)) / 2;
  const kept = N === 1 ? 0 : (N - B) / (B * (N - 1));
  return lambda / 2 + 2 * l2 + (rowCurvature * kept) / (1 - momentum);
}

/** λ_max of the Gram matrix X̃ X̃ᵀ / N: the same as that of X̃ᵀX̃ / N, by many more rounds, and another way. */
function exactEigenvalue(x: Matrix, bias: boolean): number {
  const { data, rows, cols } = x;
  const scale = scaleOf(x) ** 2;
  const gram = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: rows }, (_, k) => {
      let dot = bias ? 1 : 0;
      for (let j = 0; j < cols; j++) dot += data[i * cols + j] * data[k * cols + j] * scale;
      return dot / rows;
    }),
  );
  let v = gram.map((_, i) => 1 + Math.sin(i));
  let length = 0;
  for (let round = 0; round < 300; round++) {
    v = gram.map((row) => row.reduce((sum, g, k) => sum + g * v[k], 0));
    length = Math.hypot(...v);
    v = v.map((value) => value / length);
  }
  return length;
}

const CLOSE = { absolute: 0, relative: 1e-9 };

describe("the automatic rate follows the rule", () => {
  test.each<[string, Partial<AutoRateProblem>]>([
    ["one row at a time", {}],
    ["batches", { batchSize: 2 }],
    ["momentum", { batchSize: 2, momentum: 0.9 }],
    ["a penalty", { l2: 0.75 }],
    ["all of it", { batchSize: 3, momentum: 0.5, l2: 0.01 }],
  ])("on one feature, whose eigenvalue is the mean square: %s", async (_what, options) => {
    const problem = await problemOf(Float64Array.of(1, -2, 3, 5), 1, options);
    const meanSquare = (1 + 4 + 9 + 25) / 4;
    expect(problem.maxSquaredNorm).toBe(25);
    expectClose([1 / (await autoLearningRate(problem))], [boundOf(problem, MARGIN * meanSquare)], CLOSE);
  });

  test("in numbers: N = 4, B = 2, μ = 0.5, λ = 0.1, X = (1, −2, 3, 5)", async () => {
    const options = { batchSize: 2, momentum: 0.5, l2: 0.1 };
    const problem = await problemOf(Float64Array.of(1, -2, 3, 5), 1, options);
    // ½ · 1.1 · 39/4 + 0.2 + ½ · 25 · (4 − 2) / (2 · 3) / (1 − 0.5)
    expectClose([1 / (await autoLearningRate(problem))], [5.3625 + 0.2 + 25 / 3], CLOSE);
  });

  test("on features at right angles, whose largest eigenvalue is the largest mean square", async () => {
    const data = Float64Array.of(30, 0, 0, 0, 1, 0, 0, 0, 2, -30, 0, 0);
    const problem = await problemOf(data, 3, { batchSize: 2, momentum: 0.9, l2: 0.5 });
    expectClose([1 / (await autoLearningRate(problem))], [boundOf(problem, (MARGIN * 1800) / 4)], CLOSE);
  });

  test("with a bias, on one feature, whose 2 × 2 matrix has a formula", async () => {
    const problem = await problemOf(Float64Array.of(10, 20, 60), 1, { bias: true, batchSize: 2 });
    const [mean, meanSquare] = [90 / 3, 4100 / 3];
    const lambda = (meanSquare + 1 + Math.hypot(meanSquare - 1, 2 * mean)) / 2;
    expectClose([1 / (await autoLearningRate(problem))], [boundOf(problem, MARGIN * lambda)], CLOSE);
  });

  for (const [rows, features, storage] of [
    [5, 3, "f32"],
    [40, 7, "f64"],
    [60, 33, "u8"],
    [90, 2, "f32"],
  ] as const) {
    test(`on ${rows} × ${features} random ${storage}, within the margin`, async () => {
      for (const bias of [true, false]) {
        const { x } = randomProblem({ rows, features, classes: 2, storage }).source;
        const { maxSquaredNorm } = await scanRows(x, "x");
        const problem = { ...BASE, x, maxSquaredNorm, bias, batchSize: rows };
        const lambda = exactEigenvalue(x, bias);
        const taken = 2 / (await autoLearningRate(problem));
        expect(taken).toBeGreaterThanOrEqual(lambda);
        expect(taken).toBeLessThanOrEqual(MARGIN * lambda * (1 + 1e-12));
      }
    });
  }

  test("on more rows than it looks at: equal ones exactly, random ones within the margin", async () => {
    const equal = Float32Array.from({ length: 6000 }, (_, i) => 3 + (i % 2));
    const problem = await problemOf(equal, 2, { batchSize: 100, momentum: 0.9 });
    expectClose([1 / (await autoLearningRate(problem))], [boundOf(problem, MARGIN * 25)], CLOSE);

    const { x } = randomProblem({ rows: 3000, features: 1, classes: 2, storage: "u8" }).source;
    const { maxSquaredNorm } = await scanRows(x, "x");
    const meanSquare = Array.from(x.data).reduce((sum, value) => sum + (value / 255) ** 2, 0) / 3000;
    const rate = await autoLearningRate({ ...BASE, x, maxSquaredNorm, batchSize: 3000 });
    expectClose([2 / rate], [MARGIN * meanSquare], { absolute: 0, relative: 0.1 });
  });
});

describe("the automatic rate", () => {
  test("has no part for noise where the batch is all rows", async () => {
    const data = Float64Array.of(1, -2, 3, 5);
    const plain = await autoLearningRate(await problemOf(data, 1, { batchSize: 4 }));
    expectClose([1 / plain], [(MARGIN * 39) / 8], CLOSE);
    for (const options of [{ batchSize: 5 }, { batchSize: 2 ** 32 - 1 }, { batchSize: 4, momentum: 0.99 }]) {
      expect(await autoLearningRate(await problemOf(data, 1, options))).toBe(plain);
    }
  });

  test("has none for a single row either", async () => {
    const problem = await problemOf(Float64Array.of(3, 4), 2, { momentum: 0.9 });
    expectClose([1 / (await autoLearningRate(problem))], [(MARGIN * 25) / 2], CLOSE);
  });

  test("falls with the square of the data's scale", async () => {
    const { x } = randomProblem({ rows: 30, features: 5, classes: 2, storage: "f64" }).source;
    const rateAt = async (scale: number, options: Partial<AutoRateProblem>) => {
      const data = Float64Array.from(x.data, (value) => value * scale);
      return autoLearningRate(await problemOf(data, 5, { batchSize: 8, momentum: 0.9, ...options }));
    };
    const [one, four, three] = [await rateAt(1, {}), await rateAt(4, {}), await rateAt(3, {})];
    expect(four).toBe(one / 16);
    expectClose([three], [one / 9], CLOSE);
    const penalised = { l2: 0.01 };
    const ratio = (await rateAt(1000, penalised)) / (await rateAt(2000, penalised));
    expectClose([ratio], [4], { absolute: 0, relative: 1e-6 });
  });

  test("takes data × scale", async () => {
    const { x } = randomProblem({ rows: 20, features: 6, classes: 2, storage: "u8" }).source;
    const options = { bias: true, batchSize: 4, momentum: 0.9 };
    const { maxSquaredNorm } = await scanRows(x, "x");
    const bytes = await autoLearningRate({ ...BASE, x, maxSquaredNorm, ...options });
    const fractions = Float64Array.from(x.data, (value) => value / 255);
    const doubles = await autoLearningRate(await problemOf(fractions, 6, options));
    expectClose([bytes], [doubles], { absolute: 0, relative: 1e-12 });
  });

  test("is 1 where there is no gradient: rows of zeros, no bias, no penalty", async () => {
    expect(await autoLearningRate(await problemOf(new Float32Array(12), 3))).toBe(1);
    expect(await autoLearningRate(await problemOf(new Uint8Array(1), 1))).toBe(1);
  });

  test("on rows of zeros is set by the bias and the penalty alone", async () => {
    const zeros = new Float32Array(12);
    const penalised = await problemOf(zeros, 3, { l2: 0.125, momentum: 0.9 });
    expect(await autoLearningRate(penalised)).toBe(4);
    const biased = await problemOf(zeros, 3, { bias: true, batchSize: 2 });
    expectClose([1 / (await autoLearningRate(biased))], [boundOf(biased, MARGIN)], CLOSE);
  });

  test("is the same for the same seed, and hardly another for another", async () => {
    const { x } = randomProblem({ rows: 2000, features: 9, classes: 2, storage: "u8" }).source;
    const rateOf = async (seed: number) =>
      autoLearningRate(await problemOf(x.data, 9, { seed, batchSize: 64 }));
    const [once, again, other] = [await rateOf(3), await rateOf(3), await rateOf(4)];
    expect(again).toBe(once);
    expect(other).not.toBe(once);
    expectClose([other], [once], { absolute: 0, relative: 0.05 });
  });

  test("falls as batches shrink, as momentum grows, and as the penalty grows", async () => {
    const { x } = randomProblem({ rows: 50, features: 4, classes: 2, storage: "f64" }).source;
    const rateOf = async (options: Partial<AutoRateProblem>) =>
      autoLearningRate(await problemOf(x.data, 4, { batchSize: 16, ...options }));
    const rate = await rateOf({});
    for (const options of [{ batchSize: 15 }, { momentum: 0.1 }, { l2: 0.001 }, { bias: true }]) {
      expect(await rateOf(options)).toBeLessThan(rate);
    }
  });

  test("rejects with the reason of an aborted signal", async () => {
    const reason = new Error("enough");
    const rate = autoLearningRate(await problemOf(Float64Array.of(1, 2), 1), AbortSignal.abort(reason));
    await expect(rate).rejects.toBe(reason);
  });
});
