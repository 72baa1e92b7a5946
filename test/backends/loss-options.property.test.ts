/**
 * Any combination of weights, smoothing, ignored and soft labels, standardisation, penalties and storage: L-BFGS ends
 * at the minimum of J. J is written out here from the README, in float64 and plain loops, and its slopes are central
 * differences, so that nothing of the library is taken on trust.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ClassWeight,
  type FitHistory,
  type FitOptions,
  type Matrix,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../src/index.ts";
import { type BackendCase, DEVICES } from "../support/backends.ts";
import { expectClose, type Tolerance } from "../support/expect-close.ts";
import { sum } from "../support/sum.ts";

const MOST_FEATURES = 6;
const MOST_CLASSES = 5;
const IGNORED = 99;

/** Runs per device, and the milliseconds after which no more are begun. */
const RUNS = 400;
const TIME_LIMIT = 12_000;

/** What L-BFGS is asked for. */
const TOLERANCE = 1e-6;

/** Roundings that a sum of forty rows of thirty products may add up to; those met are fewer than a fifth. */
const ROUNDINGS = 16;

/**
 * Half width of a central difference: its truncation is of order h², its rounding of order 2⁻⁵² J/h, both near 1e-10.
 */
const STEP = 1e-5;

/** A row with room for the largest shape: a problem of D features and K classes reads the first D and K. */
const row = fc.record({
  x: fc.array(fc.integer({ min: -1024, max: 1024 }), { minLength: MOST_FEATURES, maxLength: MOST_FEATURES }),
  label: fc.nat(MOST_CLASSES - 1),
  soft: fc.array(fc.nat(4), { minLength: MOST_CLASSES, maxLength: MOST_CLASSES }),
  sampleWeight: fc.constantFrom(1, 0, 0.25, 3),
  isIgnored: fc.boolean(),
});

const problems = fc.record({
  features: fc.integer({ min: 1, max: MOST_FEATURES }),
  classes: fc.integer({ min: 2, max: MOST_CLASSES }),
  rows: fc.array(row, { minLength: 1, maxLength: 40 }),
  storage: fc.constantFrom("auto", "f32", "f16", "bytes", "u8"),
  isSoft: fc.boolean(),
  isWeighted: fc.boolean(),
  hasIgnored: fc.boolean(),
  classWeight: fc.constantFrom("none", "balanced", "numbers"),
  labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
  standardize: fc.boolean(),
  bias: fc.boolean(),
  l2: fc.constantFrom(0.01, 1, 1e-3, 1e-4),
  l1: fc.constantFrom(0, 0, 0.01, 0.1),
});

type Generated = typeof problems extends fc.Arbitrary<infer T> ? T : never;

/** A problem as the estimator takes it, and as the README reads it. */
interface Problem {
  readonly options: SoftmaxRegressionOptions;
  readonly x: Matrix;
  readonly y: number[] | number[][];
  readonly fitOptions: FitOptions;
  /** X `[N][D]`, q smoothed `[N][K]` and s_i `[N]`. */
  readonly rows: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  /** In float32, as on every device. */
  readonly weights: readonly number[];
}

/** W `[K·D]` and b `[K]` in one array; b may be absent. */
type Flat = Float64Array;

function problemOf(generated: Generated): Problem {
  const { features, classes, labelSmoothing, standardize, bias, l2, l1, isSoft, isWeighted } = generated;
  const isBytes = generated.storage === "bytes" || generated.storage === "u8";
  const integers = generated.rows.map(({ x }) => x.slice(0, features).map((v) => (isBytes ? v & 255 : v)));
  const rows = integers.map((values) => values.map((value) => value / (isBytes ? 255 : 256)));
  const data = isBytes ? Uint8Array.from(integers.flat()) : Float32Array.from(rows.flat());
  const hard = generated.rows.map(({ label }) => label % classes);
  const q = generated.rows.map(({ soft }, i) =>
    isSoft ? distribution(soft.slice(0, classes), hard[i]) : oneHot(hard[i], classes),
  );
  const smoothed = (share: number) => (1 - labelSmoothing) * share + labelSmoothing / classes;
  const isIgnored = generated.rows.map((one) => generated.hasIgnored && !isSoft && one.isIgnored);
  const sampleWeight = generated.rows.map((one) => one.sampleWeight);
  const counted = sampleWeight.map((s, i) => (isIgnored[i] ? 0 : isWeighted ? s : 1));
  const perClass = classWeightsOf(generated, counted, q);
  const numbers = Object.fromEntries(perClass.entries());
  const classWeight: ClassWeight = generated.classWeight === "balanced" ? "balanced" : numbers;
  return {
    options: {
      ...{ labelSmoothing, standardize, bias, l2, l1, tolerance: TOLERANCE, maxIterations: 20_000 },
      // Standardised values are no bytes.
      ...(generated.storage !== "bytes" && !(standardize && isBytes) && { storage: generated.storage }),
      ...(generated.hasIgnored && { ignoreLabel: IGNORED }),
      ...(generated.classWeight !== "none" && { classWeight }),
    },
    x: { data, rows: rows.length, cols: features, scale: isBytes ? 1 / 255 : 1 },
    y: isSoft ? q : hard.map((k, i) => (isIgnored[i] ? IGNORED : k)),
    fitOptions: { classes: [...perClass.keys()], ...(isWeighted && { sampleWeight }) },
    rows,
    targets: q.map((shares) => shares.map(smoothed)),
    weights: counted.map((s, i) => Math.fround(s * sum(q[i].map((share, k) => share * perClass[k])))),
  };
}

/** Whole numbers as shares; all of the label's class where they are all 0. */
function distribution(shares: readonly number[], label: number): number[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum === 0 ? oneHot(label, shares.length) : shares.map((share) => share / sum);
}

function oneHot(label: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0));
}

/** w_k: 1, numbers, or Σ s / (K Σ_i s_i q_ik). */
function classWeightsOf({ classes, classWeight }: Generated, s: number[], q: number[][]): number[] {
  return Array.from({ length: classes }, (_, k) => {
    if (classWeight === "none") return 1;
    if (classWeight === "numbers") return [1, 0.5, 4, 0, 2][k];
    const [all, own] = [sum(s), sum(s.map((weight, i) => weight * q[i][k]))];
    return all / (classes * own);
  });
}

/** False where the library refuses: no row counts, or a class to balance has none. */
function isTrainable({ weights }: Problem): boolean {
  return weights.every(Number.isFinite) && sum(weights) > 0;
}

/** J without its L1 part: Σ s_i CE_i / Σ s_i + λ‖W‖², for rows as they are trained on. */
function smoothObjective(theta: Flat, rows: Problem["rows"], { targets, weights, options }: Problem): number {
  const [features, classes] = [rows[0].length, targets[0].length];
  const count = classes * features;
  const losses = rows.map((values, i) => {
    if (weights[i] === 0) return 0;
    const scores = targets[i].map((_, k) =>
      values.reduce((z, value, j) => z + value * theta[k * features + j], theta[count + k] ?? 0),
    );
    const most = Math.max(...scores);
    const log = most + Math.log(sum(scores.map((score) => Math.exp(score - most))));
    return weights[i] * (log - sum(scores.map((score, k) => targets[i][k] * score)));
  });
  return sum(losses) / sum(weights) + (options.l2 ?? 0) * sum(theta.subarray(0, count).map((w) => w * w));
}

/** What is left of dJ where the penalty is at its best: 0 at a minimum, also where a weight is 0 and has no slope. */
function subgradient({ theta, rows, problem }: Point): Flat {
  const { l1 = 0 } = problem.options;
  const count = problem.targets[0].length * rows[0].length;
  const at = theta.slice();
  return theta.map((value, p) => {
    at[p] = value + STEP;
    const above = smoothObjective(at, rows, problem);
    at[p] = value - STEP;
    const slope = (above - smoothObjective(at, rows, problem)) / (2 * STEP);
    at[p] = value;
    if (p >= count) return slope;
    return value === 0 ? Math.sign(slope) * Math.max(0, Math.abs(slope) - l1) : slope + l1 * Math.sign(value);
  });
}

/** (x − mean) / deviation of every column, over the rows by their weights; a constant column becomes 0. */
function standardised({ rows, weights }: Problem): { rows: number[][]; mean: number[]; scale: number[] } {
  const total = sum(weights);
  const columns = rows[0].map((_, j) => rows.map((values) => values[j]));
  const mean = columns.map((column) => sum(column.map((value, i) => weights[i] * value)) / total);
  const scale = columns.map((column, j) => {
    const counted = column.filter((_, i) => weights[i] > 0);
    if (counted.every((value) => value === counted[0])) return 1;
    return Math.sqrt(sum(column.map((value, i) => weights[i] * (value - mean[j]) ** 2)) / total);
  });
  return { rows: rows.map((values) => values.map((value, j) => (value - mean[j]) / scale[j])), mean, scale };
}

/** What a model has in float64: its files lose nothing. */
async function parametersOf(model: SoftmaxRegression): Promise<{ weights: number[]; bias: number[] }> {
  const { weights, bias } = JSON.parse(await model.toJsonText());
  return { weights: weights.flat(), bias };
}

/** What a device's arithmetic, and where L-BFGS stops, leave open of J and of each of its slopes. */
interface Allowed {
  readonly objective: Tolerance;
  slope(parameter: number): number;
}

/**
 * A score is off by ε times the terms it is the sum of, and so is the loss of its row; a slope by ε times that and the
 * row's value. L-BFGS stops where slopes are `TOLERANCE`, on whatever footing it has features, or where no step lowers
 * J by more than rounding: a step along one slope g lowers it by g²/2L, L = ½ Σ s x² / Σ s + 2λ.
 */
function allowedFor(epsilon: number, stop: FitHistory["stopReason"], at: Point): Allowed {
  const { theta, rows, problem, objective } = at;
  const [features, classes] = [rows[0].length, problem.targets[0].length];
  const count = features * classes;
  const shares = problem.weights.map((s) => s / sum(problem.weights));
  const sizes = rows.map(
    (values) =>
      1 +
      sum(problem.targets[0].map((_, k) => Math.abs(theta[count + k] ?? 0))) +
      sum(Array.from(theta.subarray(0, count), (w, p) => Math.abs(w * values[p % features]))),
  );
  const mean = (of: (i: number) => number) => sum(shares.map((s, i) => (s === 0 ? 0 : s * of(i))));
  const rounding = ROUNDINGS * epsilon;
  return {
    objective: { absolute: 1e-12 + rounding * mean((i) => sizes[i]), relative: rounding },
    slope: (p) => {
      const value = (i: number) => (p < count ? Math.abs(rows[i][p % features]) : 1);
      const reached = TOLERANCE * (1 + mean((i) => value(i) ** 2));
      const curvature = 0.5 * mean((i) => value(i) ** 2) + 2 * (problem.options.l2 ?? 0);
      const stuck = stop === "precision" ? Math.sqrt(2 * curvature * 4 * epsilon * (1 + objective)) : 0;
      return 1e-8 + reached + stuck + rounding * mean((i) => value(i) * sizes[i]);
    },
  };
}

/** Where a fit ended, in the space of rows as they are trained on, and J there. */
interface Point {
  readonly theta: Flat;
  readonly rows: Problem["rows"];
  readonly problem: Problem;
  readonly objective: number;
}

async function pointOf(model: SoftmaxRegression, problem: Problem): Promise<Point> {
  const { weights, bias } = await parametersOf(model);
  const theta = Float64Array.from(problem.options.bias ? [...weights, ...bias] : weights);
  const { rows } = problem.options.standardize ? standardised(problem) : problem;
  const absolute = sum(weights.map(Math.abs));
  const objective = smoothObjective(theta, rows, problem) + (problem.options.l1 ?? 0) * absolute;
  return { theta, rows, problem, objective };
}

/** What the getters show: W and b for rows as they come, from those of the standardised rows. */
async function expectFolded(model: SoftmaxRegression, problem: Problem): Promise<void> {
  const { weights, bias } = await parametersOf(model);
  const features = problem.x.cols;
  const given = { mean: new Array<number>(features).fill(0), scale: new Array<number>(features).fill(1) };
  const { mean, scale } = problem.options.standardize ? standardised(problem) : given;
  const shown = weights.map((w, at) => w / scale[at % features]);
  const shift = (k: number) => sum(mean.map((m, j) => shown[k * features + j] * m));
  const size = 1 + Math.max(...bias.map((b, k) => Math.abs(b) + Math.abs(shift(k))), ...shown.map(Math.abs));
  const near = { absolute: 1e-6 * size, relative: 1e-6 };
  expectClose(model.weights, shown, near, "weights");
  const moved = bias.map((b, k) => b - shift(k));
  expectClose(model.bias, moved, near, "bias");
  expect(model.standardization !== null).toBe(problem.options.standardize);
  expectClose(model.standardization?.mean ?? given.mean, mean, near, "mean");
  expectClose(model.standardization?.scale ?? given.scale, scale, near, "scale");
}

async function expectMinimum(problem: Problem, { device, epsilon }: BackendCase): Promise<void> {
  const model = new SoftmaxRegression({ device, tuning: "off", ...problem.options });
  try {
    const { iterations, stopReason } = await model.fit(problem.x, problem.y, problem.fitOptions);
    const point = await pointOf(model, problem);
    // Halves do not hold standardised values exactly; the reference keeps all values as they are.
    const isRounded = problem.options.standardize && problem.options.storage === "f16";
    const allowed = allowedFor(isRounded && device !== "reference" ? 2 ** -11 : epsilon, stopReason, point);
    expect(["tolerance", "precision"]).toContain(stopReason);
    const { objective } = iterations[iterations.length - 1];
    expectClose([objective], [point.objective], allowed.objective, "J");
    for (const [p, slope] of subgradient(point).entries())
      expect(Math.abs(slope), `dJ of parameter ${p} of ${point.theta}`).toBeLessThan(allowed.slope(p));
    await expectFolded(model, problem);
  } finally {
    model.dispose();
  }
}

describe("L-BFGS ends at the minimum of J, whatever is combined, and reports J there", () => {
  test.each(DEVICES)("%s", async (backendCase) => {
    await fc.assert(
      fc.asyncProperty(problems, async (generated) => {
        const problem = problemOf(generated);
        fc.pre(isTrainable(problem));
        await expectMinimum(problem, backendCase);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT },
    );
  });
});
