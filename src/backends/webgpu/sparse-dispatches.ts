/** The kernels of work on sparse rows: for each operation the shader, its constants and the workgroups of a segment. */
import adamw from "../../../shaders/adamw.wgsl";
import average from "../../../shaders/average.wgsl";
import clearGradient from "../../../shaders/clear-gradient.wgsl";
import curvature from "../../../shaders/curvature.wgsl";
import sgd from "../../../shaders/sgd.wgsl";
import sparseGradient from "../../../shaders/sparse-gradient.wgsl";
import sparseScores from "../../../shaders/sparse-scores.wgsl";
import type { ModelShape } from "../backend.ts";
import { powerOfTwoUpTo } from "./plan.ts";
import {
  type Dispatch,
  outcomesDispatch,
  probabilitiesDispatch,
  softmaxDispatch,
  type TargetsKind,
  wholeRows,
} from "./row-dispatches.ts";
import type { Constants, Shader } from "./shader.ts";
import { sparseLayoutOf } from "./sparse-parameters.ts";
import type { SparseSegment } from "./sparse-segments.ts";

/**
 * Operations on a segment of sparse rows. `clear` runs for the first segment of a batch; `shortColumns` and
 * `longColumns` add the segment's part of the gradient, the squared ones with the squares of the values;
 * `directionScores` are the scores of a direction in the place of the parameters, along which `curvature` is taken, and
 * `ownCurvature` is its diagonal. The last four run for the last segment.
 */
export type SparseOperation =
  | "scores"
  | "softmax"
  | "probabilities"
  | "outcomes"
  | "clear"
  | "shortColumns"
  | "longColumns"
  | "directionScores"
  | "curvature"
  | "ownCurvature"
  | "squaredShortColumns"
  | "squaredLongColumns"
  | "sgd"
  | "reduceGradient"
  | "adamw"
  | "average";

/** Properties of a data set on which its kernels depend. */
export interface SparseKind extends TargetsKind {
  /** False if all values are 1. */
  readonly isValued: boolean;
  /** Stored values of a row, on average and at most. */
  readonly meanRow: number;
  readonly longestRow: number;
  /** Whether a CPU imitates the adapter: its threads run one after the other, so that none are to share a sum. */
  readonly isSoftware: boolean;
}

/** One operation, ready to be compiled and dispatched. */
export interface SparseDispatch {
  readonly shader: Shader;
  readonly constants: Constants;
  /** Returns the workgroups for a segment; 0 if it has nothing to do. */
  readonly groups: (segment: SparseSegment) => number;
  /** Number of loss pairs that a segment writes; undefined: none. */
  readonly lossPairs?: (segment: SparseSegment) => number;
}

/** Threads of a workgroup. */
const THREADS = 64;

/** Stored values of a row, on average and at most, for which one more thread shares them. */
const PER_LANE = { mean: 8, longest: 2 ** 12 };

/** Returns the dispatch of an operation. */
export function sparseDispatchOf(
  operation: SparseOperation,
  shape: ModelShape,
  kind: SparseKind,
): SparseDispatch {
  return DISPATCHES[operation](shape, kind);
}

type DispatchRule = (shape: ModelShape, kind: SparseKind) => SparseDispatch;

const DISPATCHES: Readonly<Record<SparseOperation, DispatchRule>> = {
  scores: scoresDispatch,
  directionScores: scoresDispatch,
  softmax: ({ classes }, kind) => ofRows(softmaxDispatch(classes, kind)),
  probabilities: ({ classes }) => ofRows(probabilitiesDispatch(classes)),
  outcomes: ({ classes }, { targetKind }) => ofRows(outcomesDispatch(classes, targetKind)),
  curvature: (shape, kind) => curvatureDispatch(shape, kind, false),
  ownCurvature: (shape, kind) => curvatureDispatch(shape, kind, true),
  clear: (shape) => {
    const vectors = vectorsOf(shape);
    return {
      shader: clearGradient,
      constants: { VECTORS: vectors, WORKGROUP_SIZE: THREADS },
      groups: ({ isFirst }) => (isFirst ? Math.ceil(vectors / THREADS) : 0),
    };
  },
  shortColumns: (shape, kind) => gradientDispatch(shape, kind, false),
  longColumns: (shape, kind) => gradientDispatch(shape, kind, true),
  squaredShortColumns: (shape, kind) => gradientDispatch(shape, kind, false, true),
  squaredLongColumns: (shape, kind) => gradientDispatch(shape, kind, true, true),
  sgd: (shape) => updateDispatch(sgd, shape, { TAKE: false, LANES: 1 }),
  reduceGradient: (shape) => updateDispatch(sgd, shape, { TAKE: true, LANES: 1 }),
  adamw: (shape) => updateDispatch(adamw, shape, { LANES: 1 }),
  average: (shape) => updateDispatch(average, shape, {}),
};

function scoresDispatch({ classes, features, bias }: ModelShape, kind: SparseKind): SparseDispatch {
  const lanes = lanesOf(kind);
  const classes4 = Math.ceil(classes / 4);
  const own = { CLASSES: classes, FEATURES: features, BIAS: bias, VALUED: kind.isValued };
  return {
    shader: sparseScores,
    constants: { ...own, LANES: lanes, WORKGROUP_SIZE: THREADS },
    groups: ({ count }) => Math.ceil((count * classes4 * lanes) / THREADS),
  };
}

function curvatureDispatch(
  { classes }: ModelShape,
  { isWeighted }: SparseKind,
  isDiagonal: boolean,
): SparseDispatch {
  return ofRows({ shader: curvature, ...wholeRows(classes, { WEIGHTED: isWeighted, DIAGONAL: isDiagonal }) });
}

/** Returns the number of threads that share a vector of scores. */
function lanesOf({ meanRow, longestRow, isSoftware }: SparseKind): number {
  if (isSoftware) return 1;
  const wanted = Math.max(meanRow / PER_LANE.mean, longestRow / PER_LANE.longest);
  return powerOfTwoUpTo(Math.max(1, Math.min(THREADS, wanted)));
}

function ofRows({ shader, constants, groups, lossPairs }: Dispatch): SparseDispatch {
  return {
    shader,
    constants,
    groups: ({ count }) => groups(count, 1),
    ...(lossPairs && { lossPairs: ({ count }) => lossPairs(count, 1) }),
  };
}

function gradientDispatch(
  { classes }: ModelShape,
  { isValued, isSoftware }: SparseKind,
  isLong: boolean,
  isSquared = false,
): SparseDispatch {
  const lanes = isLong && !isSoftware ? THREADS : 1;
  const classes4 = Math.ceil(classes / 4);
  const own = { CLASSES: classes, VALUED: isValued, SQUARED: isSquared, LONG: isLong };
  return {
    shader: sparseGradient,
    constants: { ...own, LANES: lanes, WORKGROUP_SIZE: THREADS },
    groups: ({ fields }) => {
      const columns = isLong ? fields.longColumns : fields.shortColumns;
      return Math.ceil((columns * classes4 * lanes) / THREADS);
    },
  };
}

/** Returns the dispatch of an update, to which the parameters are one row of vectors. */
function updateDispatch(shader: Shader, shape: ModelShape, own: Constants): SparseDispatch {
  const { weights4, bias4 } = sparseLayoutOf(shape);
  const flat = { CLASSES: 1, FEATURES4: weights4, BIAS4: bias4 };
  return {
    shader,
    constants: { ...flat, ...own, WORKGROUP_SIZE: THREADS },
    groups: ({ isLast }) => (isLast ? Math.ceil((weights4 + bias4) / THREADS) : 0),
  };
}

function vectorsOf(shape: ModelShape): number {
  const { weights4, bias4 } = sparseLayoutOf(shape);
  return weights4 + bias4;
}
