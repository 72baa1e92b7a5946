/** Seeded problems to compare with the reference: rows, targets, weights and parameters of any shape and kind. */
import type { DatasetSource, SgdSteps } from "../../src/backends/backend.ts";
import type { Float16Data, Matrix } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import type { RowsInMemory } from "../../src/data/rows.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";
import type { Targets } from "../../src/data/targets.ts";
import type { Parameters } from "../../src/parameters.ts";

/** Properties of a random problem. */
export interface ProblemSpec {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** Element type of X. Default f32. */
  readonly storage?: "f32" | "f64" | "f16" | "u8";
  /** Default: labels. */
  readonly targets?: Targets["kind"];
  /** Whether rows have weights, between 0 and 2, every seventh 0. Default: false. */
  readonly isWeighted?: boolean;
  readonly seed?: number;
}

/** A problem and a point in its parameter space. */
export interface Problem<X extends RowsInMemory = Matrix> {
  readonly source: DatasetSource<X>;
  readonly parameters: Parameters;
  readonly rows: Uint32Array;
}

/** Returns steps over these epochs at a rate of 0.1, without momentum and penalty unless `changes` give them. */
export function sgdSteps(
  epochs: Uint32Array[],
  batchSize: number,
  changes: Partial<SgdSteps> = {},
): SgdSteps {
  const count = epochs.reduce((sum, order) => sum + Math.ceil(order.length / batchSize), 0);
  const learningRates = new Float64Array(count).fill(0.1);
  return { epochs, batchSize, learningRates, momentum: 0, nesterov: false, l2: 0, ...changes };
}

/** Returns values in [−1, 1] (for u8 bytes of 1/255), parameters of order 1/√D, so that scores are of order 1. */
export function randomProblem(spec: ProblemSpec): Problem {
  const { rows, features, classes, seed = 1 } = spec;
  const random = createRandom(seed);
  const size = 1 / Math.sqrt(features);
  const source = {
    x: randomMatrix(spec, random.uniform),
    targets: randomTargets(spec, random.uniform),
    ...(spec.isWeighted && {
      sampleWeights: Float32Array.from({ length: rows }, (_, i) => (i % 7 === 6 ? 0 : 2 * random.uniform())),
    }),
  };
  const parameters = {
    weights: Float64Array.from({ length: classes * features }, () => Math.fround(size * random.normal())),
    bias: Float64Array.from({ length: classes }, () => Math.fround(random.normal())),
  };
  return { source, parameters, rows: Uint32Array.from({ length: rows }, (_, i) => i) };
}

/** Properties of a random problem of sparse rows. */
export interface SparseSpec extends Omit<ProblemSpec, "storage"> {
  /** Share of the values that are stored. */
  readonly density: number;
  /** Whether all stored values are 1. Default: false. */
  readonly areOnes?: boolean;
}

/**
 * Returns the problem of {@link randomProblem} with sparse rows: the first column in all rows but the empty ones, the last
 * column in none, every fifth row empty, and the row after it full.
 */
export function randomSparseProblem(spec: SparseSpec): Problem<SparseMatrix> {
  const { source, ...problem } = randomProblem(spec);
  const random = createRandom(spec.seed ?? 1);
  const { x } = source;
  const [indptr, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (let i = 0; i < spec.rows; i++) {
    for (let j = 0; j < Math.max(1, spec.features - 1); j++) {
      const isStored = i % 5 === 4 || j === 0 || random.uniform() < spec.density;
      if (i % 5 === 3 || !isStored) continue;
      indices.push(j);
      values.push(x.data[i * x.cols + j]);
    }
    indptr.push(indices.length);
  }
  const sparse = {
    indptr: Uint32Array.from(indptr),
    indices: Uint32Array.from(indices),
    data: spec.areOnes ? undefined : Float32Array.from(values),
    rows: spec.rows,
    cols: spec.features,
  };
  return { source: { ...source, x: sparse }, ...problem };
}

/** Returns the same values as dense rows of float64. */
export function denseOf(x: SparseMatrix): Matrix<Float64Array> {
  const data = new Float64Array(x.rows * x.cols);
  for (let i = 0; i < x.rows; i++)
    for (let at = x.indptr[i]; at < x.indptr[i + 1]; at++)
      data[i * x.cols + x.indices[at]] = x.data ? x.data[at] : 1;
  return { data, rows: x.rows, cols: x.cols };
}

function randomMatrix({ rows, features, storage = "f32" }: ProblemSpec, uniform: () => number): Matrix {
  const length = rows * features;
  if (storage === "u8")
    return { data: Uint8Array.from({ length }, () => 256 * uniform()), rows, cols: features, scale: 1 / 255 };
  const values = Float32Array.from({ length }, () => 2 * uniform() - 1);
  if (storage === "f16") {
    const halves = (globalThis as { Float16Array?: { from(values: Iterable<number>): Float16Data } })
      .Float16Array;
    if (!halves) throw new Error("this engine has no Float16Array");
    return { data: halves.from(values), rows, cols: features };
  }
  return { data: storage === "f64" ? Float64Array.from(values) : values, rows, cols: features };
}

function randomTargets({ rows, classes, targets = "labels" }: ProblemSpec, uniform: () => number): Targets {
  if (targets === "none") return { kind: "none" };
  if (targets === "labels") {
    return { kind: "labels", labels: Uint32Array.from({ length: rows }, () => classes * uniform()) };
  }
  const data = new Float32Array(rows * classes);
  for (let i = 0; i < rows; i++) {
    const row = Array.from({ length: classes }, uniform);
    const sum = row.reduce((a, b) => a + b, 0);
    data.set(
      row.map((q) => q / sum),
      i * classes,
    );
  }
  return { kind: "distributions", distributions: { data, rows, cols: classes } };
}
