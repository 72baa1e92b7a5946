/** Seeded problems of sparse rows for tests, hostile shapes among them. */
import type { DatasetSource } from "../../src/backends/backend.ts";
import { createRandom } from "../../src/data/random.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";
import type { Standardization } from "../../src/data/standardization.ts";
import type { Parameters } from "../../src/parameters.ts";
import { type ProblemSpec, randomProblem } from "./problems.ts";

/** Which values of a matrix are stored, row by row. */
export interface Pattern {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly isStored: (row: number, column: number) => boolean;
}

/** Returns a pattern in which a share of the values is stored. */
export function randomPattern(rows: number, cols: number, density: number): Pattern {
  const random = createRandom(rows + 31 * cols);
  const stored = Array.from({ length: rows * cols }, () => random.uniform() < density);
  return {
    name: `${rows}×${cols}, ${100 * density} % stored`,
    rows,
    cols,
    isStored: (row, column) => stored[row * cols + column],
  };
}

/** Shapes at which an index is likely to go wrong. */
export const HOSTILE: readonly Pattern[] = [
  { name: "one row, one column", rows: 1, cols: 1, isStored: () => true },
  { name: "one empty row", rows: 1, cols: 3, isStored: () => false },
  { name: "all rows empty", rows: 70, cols: 5, isStored: () => false },
  { name: "one column in all rows", rows: 200, cols: 7, isStored: (_, j) => j === 4 },
  { name: "one row with all columns", rows: 9, cols: 300, isStored: (i) => i === 5 },
  { name: "64 and 65 values in a column", rows: 65, cols: 2, isStored: (i, j) => i < 64 + j },
  { name: "the last column alone", rows: 33, cols: 4097, isStored: (i, j) => j === 4096 && i % 2 === 1 },
  { name: "all columns in all rows", rows: 67, cols: 13, isStored: () => true },
  randomPattern(131, 97, 0.1),
];

/** Returns rows with values in [−1, 1] at the stored places, or with none, which are 1. */
export function sparseMatrix({ rows, cols, isStored }: Pattern, isValued: boolean, seed = 1): SparseMatrix {
  const random = createRandom(seed);
  const indptr = [0];
  const indices: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) if (isStored(i, j)) indices.push(j);
    indptr.push(indices.length);
  }
  const data = isValued ? Float32Array.from(indices, () => 2 * random.uniform() - 1) : undefined;
  return { indptr: Uint32Array.from(indptr), indices: Uint32Array.from(indices), data, rows, cols };
}

/** A problem of sparse rows. */
export interface SparseSpec extends Pick<ProblemSpec, "classes" | "targets" | "isWeighted"> {
  readonly pattern: Pattern;
  /** Default true; else all values are 1. */
  readonly isValued?: boolean;
  /** Whether columns are divided by scales from 0.5 up to 2. Default false. */
  readonly isScaled?: boolean;
  readonly labelSmoothing?: number;
}

/** A problem of sparse rows, and a point in its parameter space. */
export interface SparseProblem {
  readonly source: DatasetSource<SparseMatrix>;
  readonly parameters: Parameters;
}

/** Returns a problem; scores are of order 1 unless all values are 1. */
export function sparseProblem(spec: SparseSpec): SparseProblem {
  const { pattern, classes, targets, isWeighted, isValued = true, isScaled, labelSmoothing } = spec;
  const { rows, cols } = pattern;
  const shape = {
    rows,
    features: 1,
    classes,
    ...(targets && { targets }),
    ...(isWeighted && { isWeighted }),
  };
  const { source } = randomProblem(shape);
  const { parameters } = randomProblem({ rows: 1, features: cols, classes, seed: 3 });
  return {
    source: {
      ...source,
      x: sparseMatrix(pattern, isValued),
      ...(labelSmoothing !== undefined && { labelSmoothing }),
      ...(isScaled && { standardization: scalesOf(cols) }),
    },
    parameters,
  };
}

function scalesOf(cols: number): Standardization {
  const random = createRandom(11);
  return {
    mean: new Float64Array(cols),
    scale: Float64Array.from({ length: cols }, () => 2 ** (2 * random.uniform() - 1)),
  };
}
