/**
 * Sizes that follow from a model's shape and the kind of adapter, whatever kernels run: padding, and how many rows go
 * into one segment and one submit.
 */
import type { ModelShape } from "../backend.ts";

/** No segment has more rows: bounds the workgroups of softmax at one row each. */
export const MAX_SEGMENT_ROWS = 32_768;

/**
 * Fewest rows of a segment, however large K·D is, by whether a CPU imitates the adapter. Each segment reads W again,
 * and reads and writes the partial gradient again: over fewer rows, a row would cost more than K·D says. The price is
 * time, since nothing interrupts a segment. At K·D = 2²⁶ one takes about two seconds on two cores of a CPU, and an
 * abort waits for it; a GPU has 17 GFLOP to do, which takes the two seconds of a watchdog at 9 GFLOP/s.
 */
const MIN_SEGMENT_ROWS = { software: 32, real: 64 } as const;

/** Work of a step's segment, multiply-adds forward and backward: a fraction of a second on a slow adapter of its kind. */
const STEP_OPERATIONS = { software: 2 ** 29, real: 2 ** 32 } as const;

/**
 * Share of that in a pass over all rows, where no step ends in between, for an abort not to wait long on a CPU. On a GPU
 * that is no wait, and smaller segments would leave most of it idle.
 */
const PASS_SHARE = { software: 1 / 8, real: 1 } as const;

/** Scores kept for one segment, elements. */
const SEGMENT_LOGITS = 2 ** 22;

/** Work and rows of a first submit, before anything is measured: some milliseconds, unless one segment is more. */
const FIRST_OPERATIONS = 2 ** 26;
const FIRST_ROWS = 2 ** 12;

/** Sizes of one shape. */
export interface Geometry {
  /** ⌈D/4⌉, vectors in a row of X. */
  readonly features4: number;
  /** Vectors in a row of W: the bias is one more. */
  readonly weights4: number;
  /** Bytes of W, and of everything of its shape. */
  readonly parameterBytes: number;
}

/** The sizes of a shape. */
export function geometryOf({ features, classes, bias }: ModelShape): Geometry {
  const features4 = Math.ceil(features / 4);
  const weights4 = features4 + (bias ? 1 : 0);
  return { features4, weights4, parameterBytes: classes * weights4 * 16 };
}

/** Rows that are worked on without a pause. */
export interface RowCounts {
  /** Most rows in a segment of a step. */
  readonly segmentRows: number;
  /** Most rows in a segment of a pass over all rows. */
  readonly passRows: number;
  /** Rows of the first submit; a segment at least. */
  readonly firstRows: number;
}

/** The row counts of a shape on an adapter. */
export function rowCountsOf({ features, classes }: ModelShape, isSoftware: boolean): RowCounts {
  const kind = isSoftware ? "software" : "real";
  const products = 2 * features * classes;
  const most = Math.min(MAX_SEGMENT_ROWS, Math.floor(SEGMENT_LOGITS / classes));
  const rowsOf = (operations: number) =>
    Math.max(MIN_SEGMENT_ROWS[kind], Math.min(most, Math.floor(operations / products)));
  return {
    segmentRows: rowsOf(STEP_OPERATIONS[kind]),
    passRows: rowsOf(STEP_OPERATIONS[kind] * PASS_SHARE[kind]),
    firstRows: Math.max(1, Math.min(FIRST_ROWS, Math.floor(FIRST_OPERATIONS / products))),
  };
}
