/**
 * Sizes that follow from a model's shape alone, whatever kernels run: padding, and how much work one segment may be.
 */
import type { ModelShape } from "../backend.ts";

/** No segment has more rows: bounds the workgroups of softmax at one row each. */
export const MAX_SEGMENT_ROWS = 32_768;

/** Work of one segment, multiply-adds forward and backward: a fraction of a second on the slowest adapters. */
const SEGMENT_OPERATIONS = 2 ** 29;

/** Scores kept for one segment, elements. */
const SEGMENT_LOGITS = 2 ** 22;

/** Sizes of one shape. */
export interface Geometry {
  /** ⌈D/4⌉, vectors in a row of X. */
  readonly features4: number;
  /** Vectors in a row of W: the bias is one more. */
  readonly weights4: number;
  /** Bytes of W, and of everything of its shape. */
  readonly parameterBytes: number;
  /** Most rows in a segment. */
  readonly segmentRows: number;
}

/** The sizes of a shape. */
export function geometryOf({ features, classes, bias }: ModelShape): Geometry {
  const features4 = Math.ceil(features / 4);
  const weights4 = features4 + (bias ? 1 : 0);
  const byWork = Math.floor(SEGMENT_OPERATIONS / (2 * features * classes));
  const byLogits = Math.floor(SEGMENT_LOGITS / classes);
  return {
    features4,
    weights4,
    parameterBytes: classes * weights4 * 16,
    segmentRows: Math.max(1, Math.min(MAX_SEGMENT_ROWS, byWork, byLogits)),
  };
}
