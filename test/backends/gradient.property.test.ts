/** Loss and gradient of every backend's trainer against central differences of J in float64, for any data set. */
import fc from "fast-check";
import { describe, test } from "vitest";
import type { Backend, DatasetSource } from "../../src/backends/backend.ts";
import { gradientCheck, objective } from "../../src/backends/reference/index.ts";
import { scaleOf } from "../../src/data/matrix.ts";
import type { RowsInMemory } from "../../src/data/rows.ts";
import { isSparse, type SparseMatrix } from "../../src/data/sparse-matrix.ts";
import { sparseRows } from "../../src/data/sparse-rows.ts";
import type { Targets } from "../../src/data/targets.ts";
import { penalty } from "../../src/parameters.ts";
import { type BackendCase, openBackends } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { denseOf, type Problem } from "../support/problems.ts";
import { withTrainer } from "../support/with-trainer.ts";

const MOST_FEATURES = 9;
const MOST_CLASSES = 6;

/** Runs per backend, and the milliseconds after which no more are begun. */
const RUNS = 300;
const TIME_LIMIT = 6000;

/**
 * What central differences of J leave open: their truncation and rounding are near 1e-10 where values are of order 1.
 */
const DIFFERENCE = 1e-8;

/** Roundings that sums over features and rows may add up to. */
const ROUNDINGS = 4;

/** A row with room for the largest shape: a problem of D features and K classes reads the first D and K. */
const row = fc.record({
  x: fc.array(fc.integer({ min: -512, max: 512 }), { minLength: MOST_FEATURES, maxLength: MOST_FEATURES }),
  label: fc.nat(MOST_CLASSES - 1),
  soft: fc.array(fc.nat(4), { minLength: MOST_CLASSES, maxLength: MOST_CLASSES }),
  weight: fc.constantFrom(1, 0, 0.125, 5),
});

/** Multiples of 1/64 in [−4, 4], exact in float32. */
const parameters = (length: number) =>
  fc.array(fc.integer({ min: -256, max: 256 }), { minLength: length, maxLength: length });

const problems = fc.record({
  features: fc.integer({ min: 1, max: MOST_FEATURES }),
  classes: fc.integer({ min: 2, max: MOST_CLASSES }),
  rows: fc.array(row, { minLength: 1, maxLength: 50 }),
  storage: fc.constantFrom("f32", "f64", "f16", "u8", "sparse"),
  /** Powers of two, so that halves hold data × scale; of bytes by 1/255 more, so that values are of order 1. */
  scale: fc.constantFrom(undefined, 0.5, 1, 2),
  isSoft: fc.boolean(),
  isWeighted: fc.boolean(),
  isStandardised: fc.boolean(),
  bias: fc.boolean(),
  labelSmoothing: fc.constantFrom(0, 0.1, 0.75),
  l2: fc.constantFrom(0, 0.01, 1),
  weights: parameters(MOST_FEATURES * MOST_CLASSES),
  biases: parameters(MOST_CLASSES),
});

type Generated = typeof problems extends fc.Arbitrary<infer T> ? T : never;

function problemOf(generated: Generated): Problem<RowsInMemory> {
  const { features, classes, rows, storage, bias } = generated;
  const integers = rows.flatMap(({ x }) => x.slice(0, features));
  const values = integers.map((value) => value / 256);
  const data = {
    f32: () => Float32Array.from(values),
    f64: () => Float64Array.from(values),
    f16: () => Float32Array.from(values),
    u8: () => Uint8Array.from(integers),
    sparse: () => Float32Array.from(values),
  }[storage]();
  const scale = storage === "u8" ? (generated.scale ?? 1.25) / 255 : generated.scale;
  const column = Float64Array.from({ length: features }, (_, j) => j);
  const areSparse = storage === "sparse";
  return {
    source: {
      x: areSparse
        ? sparseOf(values, rows.length, features)
        : { data, rows: rows.length, cols: features, scale },
      targets: targetsOf(generated),
      labelSmoothing: generated.labelSmoothing,
      ...(generated.isWeighted && { sampleWeights: Float32Array.from(rows, ({ weight }) => weight) }),
      // Standardised values are no bytes, and halves do not hold them exactly.
      ...(generated.isStandardised
        ? {
            standardization: {
              mean: column.map((j) => (areSparse ? 0 : j / 8)),
              scale: column.map((j) => 0.5 + j / 3),
            },
          }
        : { storage: storage === "f16" ? "f16" : "auto" }),
    },
    parameters: {
      weights: Float64Array.from(generated.weights.slice(0, classes * features), (w) => w / 64),
      bias: Float64Array.from(generated.biases.slice(0, classes), (b) => (bias ? b / 64 : 0)),
    },
    rows: Uint32Array.from(rows.keys()),
  };
}

/** Returns rows with the values of more than 1/2, about three quarters of them, and zeros for others. */
function sparseOf(values: readonly number[], rows: number, cols: number): SparseMatrix {
  const pairs = Array.from({ length: rows }, (_, i) =>
    values.slice(i * cols, (i + 1) * cols).flatMap((x, j) => (Math.abs(x) > 0.5 ? [[j, x] as const] : [])),
  );
  return sparseRows(pairs, cols);
}

function targetsOf({ classes, rows, isSoft }: Generated): Targets {
  if (!isSoft) return { kind: "labels", labels: Uint32Array.from(rows, ({ label }) => label % classes) };
  // In float64: the slopes of J are those of the formulas as far as Σ q is 1.
  const data = rows.flatMap(({ soft, label }) => {
    const shares = soft.slice(0, classes).map((share, k) => share + (k === label % classes ? 1 : 0));
    return shares.map((share) => share / shares.reduce((a, b) => a + b, 0));
  });
  return {
    kind: "distributions",
    distributions: { data: Float64Array.from(data), rows: rows.length, cols: classes },
  };
}

/** The largest score there may be, 1 at least: its rounding is what a row's loss and probabilities are off by. */
function scoreSize(
  { x: rows, standardization }: DatasetSource<RowsInMemory>,
  { weights, bias }: Problem["parameters"],
): number {
  const x = isSparse(rows) ? denseOf(rows) : rows;
  const unit = scaleOf(x);
  const { mean, scale } = standardization ?? { mean: [], scale: [] };
  const size = (value: number, j: number) => Math.abs((value * unit - (mean[j] ?? 0)) / (scale[j] ?? 1));
  const largest = Math.max(1, ...Array.from(x.data, (value, at) => size(value, at % x.cols)));
  const sums = Array.from(bias, (b, k) =>
    weights
      .subarray(k * x.cols, (k + 1) * x.cols)
      .reduce((sum, w) => sum + Math.abs(w) * largest, Math.abs(b)),
  );
  return largest * Math.max(1, ...sums);
}

async function expectGradient(backend: Backend, generated: Generated, { epsilon }: BackendCase) {
  const problem = problemOf(generated);
  const { source, parameters } = problem;
  const { l2, bias } = generated;
  await withTrainer(backend, problem, bias, async (trainer, data) => {
    trainer.write(parameters);
    const { loss, dWeights, dBias } = await trainer.lossAndGradient(data, l2);
    const { numeric } = gradientCheck(source, { parameters, l2 });
    const rounding = ROUNDINGS * epsilon;
    const near = { absolute: DIFFERENCE + rounding * scoreSize(source, parameters), relative: rounding };
    expectClose(dWeights, numeric.weights, near, "dWeights");
    expectClose(dBias, bias ? numeric.bias : new Float64Array(dBias.length), near, "dBias");
    const expected = objective(source, parameters, l2) - penalty(parameters, l2);
    expectClose([loss], [expected], near, "loss");
  });
}

describe.each(await openBackends())("%s", ({ backend, ...backendCase }) => {
  test("loss and gradient are those of J", async () => {
    await fc.assert(
      fc.asyncProperty(problems, (generated) => expectGradient(backend, generated, backendCase)),
      { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT },
    );
  });
});
