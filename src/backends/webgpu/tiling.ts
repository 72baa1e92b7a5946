/**
 * How a problem is cut up for the kernels: tile sizes, threads per row, rows in one piece of work, splits of
 * the gradient. Pure functions of the shape, so that the same problem gives the same bits on a device.
 */
import type { ModelShape } from "../backend.ts";

/** Threads of a workgroup of each kernel. */
export const WORKGROUP_SIZES = { matmul: 32, softmax: 64, gradient: 32, sgd: 64 } as const;

/** No segment has more rows: bounds the workgroups of softmax at one row each. */
export const MAX_SEGMENT_ROWS = 32_768;

/** Work of one segment, multiply-adds forward and backward: a fraction of a second on the slowest adapters. */
const SEGMENT_OPERATIONS = 2 ** 29;

/** Scores kept for one segment, elements. */
const SEGMENT_LOGITS = 2 ** 22;

/** Threads the gradient should keep busy before a thread gets more rows to itself. */
const GRADIENT_THREADS = 2 ** 14;

/** Fewest rows worth a partial gradient of their own. */
const ROWS_PER_SPLIT = 16;

const TILE_ROWS = 4;
const TILE_FEATURES4 = 2;
const MAX_TILE_CLASSES = 10;

/** How the kernels cut up one shape. */
export interface Tiling {
  readonly features4: number;
  readonly weights4: number;
  readonly tileRows: number;
  readonly tileClasses: number;
  readonly tileFeatures4: number;
  /** Threads that share a row in softmax. */
  readonly lanes: number;
  /** Most rows in a segment. */
  readonly segmentRows: number;
}

/** The tiling of a shape. */
export function tile({ features, classes, bias }: ModelShape): Tiling {
  const features4 = Math.ceil(features / 4);
  const weights4 = features4 + (bias ? 1 : 0);
  const byWork = Math.floor(SEGMENT_OPERATIONS / (2 * features * classes));
  const byLogits = Math.floor(SEGMENT_LOGITS / classes);
  return {
    features4,
    weights4,
    tileRows: TILE_ROWS,
    tileClasses: classTile(classes),
    tileFeatures4: TILE_FEATURES4,
    lanes: Math.min(WORKGROUP_SIZES.softmax, 2 ** Math.max(0, Math.ceil(Math.log2(classes / 16)))),
    segmentRows: Math.max(1, Math.min(MAX_SEGMENT_ROWS, byWork, byLogits)),
  };
}

/** The number of partial gradients `rows` are split into. */
export function splitsFor(rows: number, classes: number, tiling: Tiling): number {
  const wanted = Math.ceil(GRADIENT_THREADS / gradientTiles(classes, tiling));
  return Math.max(1, Math.min(wanted, Math.ceil(rows / ROWS_PER_SPLIT)));
}

/** Workgroups of each kernel for a segment of `rows`. */
export function groupsFor(rows: number, splits: number, classes: number, tiling: Tiling) {
  const { weights4, tileRows, tileClasses, lanes } = tiling;
  const matmulThreads = Math.ceil(rows / tileRows) * Math.ceil(classes / tileClasses);
  return {
    matmul: Math.ceil(matmulThreads / WORKGROUP_SIZES.matmul),
    softmax: Math.ceil((rows * lanes) / WORKGROUP_SIZES.softmax),
    gradient: Math.ceil((gradientTiles(classes, tiling) * splits) / WORKGROUP_SIZES.gradient),
    sgd: Math.ceil((classes * weights4) / WORKGROUP_SIZES.sgd),
  };
}

/** Tiles of one partial gradient. */
function gradientTiles(classes: number, { weights4, tileClasses, tileFeatures4 }: Tiling): number {
  return Math.ceil(weights4 / tileFeatures4) * Math.ceil(classes / tileClasses);
}

/** Classes of a tile: as many as fit, with as few as possible sticking out of the last tile. */
function classTile(classes: number): number {
  return Math.ceil(classes / Math.ceil(classes / MAX_TILE_CLASSES));
}
