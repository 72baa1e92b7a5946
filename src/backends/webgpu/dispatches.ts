/**
 * Translates a plan for the GPU: for each operation the shader, the constants that it is specialised with and the
 * workgroups of a dispatch. Pure host arithmetic; workspace.ts allocates and binds buffers.
 *
 * A new kernel needs three edits: its file in shaders/; its import, name and rule here; its place in trainer.ts.
 */
import adamw from "../../../shaders/adamw.wgsl";
import average from "../../../shaders/average.wgsl";
import forward from "../../../shaders/forward.wgsl";
import forwardQuad from "../../../shaders/forward-quad.wgsl";
import gradient from "../../../shaders/gradient.wgsl";
import gradientQuad from "../../../shaders/gradient-quad.wgsl";
import gradientShared from "../../../shaders/gradient-shared.wgsl";
import matmul from "../../../shaders/matmul.wgsl";
import outcomes from "../../../shaders/outcomes.wgsl";
import scoresShared from "../../../shaders/scores-shared.wgsl";
import sgd from "../../../shaders/sgd.wgsl";
import softmax from "../../../shaders/softmax.wgsl";
import weightedRows from "../../../shaders/weighted-rows.wgsl";
import type { Storage } from "../../data/storage.ts";
import type { ModelShape } from "../backend.ts";
import { layoutOf } from "./parameters.ts";
import {
  evenTile,
  type ForwardTile,
  powerOfTwoUpTo,
  SHARED_SIDE,
  type StepPlan,
  UPDATE_VECTORS,
} from "./plan.ts";
import {
  type Dispatch,
  outcomesDispatch,
  probabilitiesDispatch,
  softmaxDispatch,
  type TargetsKind,
  targetsOf,
} from "./row-dispatches.ts";
import type { Constants, Shader } from "./shader.ts";

export type { Dispatch } from "./row-dispatches.ts";

/** All shaders, in the order of the data flow; the first lines of each say what it computes. */
export const shaders = {
  matmul,
  softmax,
  forward,
  forwardQuad,
  scoresShared,
  weightedRows,
  gradient,
  gradientQuad,
  gradientShared,
  sgd,
  adamw,
  average,
  outcomes,
} as const;

/**
 * Operations on a segment. `forward` is matmul and softmax in one kernel; `probabilities` is softmax without targets;
 * `reduceGradient` is the sgd kernel with TAKE, which writes the gradient and updates nothing.
 */
export type Operation =
  | "matmul"
  | "softmax"
  | "probabilities"
  | "forward"
  | "weightedRows"
  | "gradient"
  | "scoresShared"
  | "gradientShared"
  | "sgd"
  | "reduceGradient"
  | "adamw"
  | "average"
  | "outcomes";

/** Properties of a data set on which its kernels depend. */
export interface DataKind extends TargetsKind {
  readonly storage: Storage;
  /** Whether bytes and halves are multiplied by the segments' unit; if not, bytes are multiplied by 1/255. */
  readonly isScaled: boolean;
}

/** Workgroup sizes of the kernels that no plan varies. */
const MATMUL_THREADS = 32;
const ROW_THREADS = 64;
const UPDATE_THREADS = 64;

/** Most threads of an update with shared sums: with more vectors, fewer threads share the sum of each. */
const UPDATE_BUSY_THREADS = 2 ** 17;

/** Most memory for partial gradients, bytes, unless a single one takes more. */
const PARTIAL_BYTES = 2 ** 24;

/** Values of the kernels' constant STORAGE. */
const STORAGE: Readonly<Record<Storage, number>> = { f32: 0, u8: 1, f16: 2 };

/** Returns the dispatch of an operation. */
export function dispatchOf(
  operation: Operation,
  plan: StepPlan,
  shape: ModelShape,
  kind: DataKind,
): Dispatch {
  return DISPATCHES[operation](plan, shape, kind);
}

type DispatchRule = (plan: StepPlan, shape: ModelShape, kind: DataKind) => Dispatch;

const DISPATCHES: Readonly<Record<Operation, DispatchRule>> = {
  matmul: (_, shape, kind) => {
    const [tileRows, tileClasses] = [4, evenTile(shape.classes, 10)];
    const classTiles = Math.ceil(shape.classes / tileClasses);
    const tile = { TILE_ROWS: tileRows, TILE_CLASSES: tileClasses, WORKGROUP_SIZE: MATMUL_THREADS };
    return {
      shader: matmul,
      constants: { ...rowsOf(shape, kind), ...tile },
      groups: (rows) => Math.ceil((Math.ceil(rows / tileRows) * classTiles) / MATMUL_THREADS),
    };
  },
  softmax: (_, { classes }, kind) => softmaxDispatch(classes, kind),
  probabilities: (_, { classes }) => probabilitiesDispatch(classes),
  forward: ({ forward: tile }, shape, kind) => {
    const { groupRows, constants } = forwardConstants(tile, shape.classes);
    const groups = (rows: number) => Math.ceil(rows / groupRows);
    return {
      shader: tile.kernel === "forward" ? forward : forwardQuad,
      constants: { ...rowsOf(shape, kind), ...targetsOf(kind), ...constants },
      groups,
      lossPairs: groups,
    };
  },
  gradient: (plan, shape, kind) => {
    const { kernel, classes, features4, threads } = plan.gradient;
    const tile = { TILE_CLASSES: classes, TILE_FEATURES4: features4, WORKGROUP_SIZE: threads };
    return {
      shader: kernel === "gradient" ? gradient : gradientQuad,
      constants: { ...rowsOf(shape, kind), WEIGHTED: kind.isWeighted, ...tile },
      groups: (_, splits) => Math.ceil((gradientThreads(plan, shape) * splits) / threads),
    };
  },
  scoresShared: ({ shared: { rows: tileRows, classes, depth4 } }, shape, kind) => {
    const classTiles = Math.ceil(shape.classes / (SHARED_SIDE * classes));
    const tile = { TILE_ROWS: tileRows, TILE_CLASSES: classes, DEPTH4: depth4 };
    return {
      shader: scoresShared,
      constants: { ...rowsOf(shape, kind), ...tile },
      groups: (rows) => Math.ceil(rows / (SHARED_SIDE * tileRows)) * classTiles,
    };
  },
  gradientShared: (plan, shape, kind) => {
    const { classes4, features4, depth } = plan.shared;
    const tile = { TILE_CLASSES4: classes4, TILE_FEATURES4: features4, DEPTH: depth };
    return {
      shader: gradientShared,
      constants: { ...rowsOf(shape, kind), WEIGHTED: kind.isWeighted, ...tile },
      groups: (_, splits) => sharedGradientGroups(plan, shape) * splits,
    };
  },
  weightedRows: (_, shape, kind) => {
    const vectors = layoutOf(shape).weights4;
    return {
      shader: weightedRows,
      constants: { ...rowsOf(shape, kind), WORKGROUP_SIZE: ROW_THREADS },
      groups: (rows) => Math.ceil((rows * vectors) / ROW_THREADS),
    };
  },
  sgd: (plan, shape) => reducingUpdate(sgd, plan, shape, { TAKE: false }),
  reduceGradient: (plan, shape) => reducingUpdate(sgd, plan, shape, { TAKE: true }),
  adamw: (plan, shape) => reducingUpdate(adamw, plan, shape),
  average: (_, shape) => {
    const constants = { ...flatOf(shape), WORKGROUP_SIZE: UPDATE_THREADS };
    return { shader: average, constants, groups: () => Math.ceil(vectorsOf(shape) / UPDATE_THREADS) };
  },
  outcomes: (_, { classes }, { targetKind }) => outcomesDispatch(classes, targetKind),
};

/** Returns the constants of kernels that move parameters, whatever they mean. */
function flatOf(shape: ModelShape) {
  const { features4, weights4 } = layoutOf(shape);
  return { CLASSES: shape.classes, FEATURES4: features4, BIAS4: weights4 - features4 };
}

/** Returns the constants of kernels that read parameters; the next two add those for X and for targets. */
function modelOf(shape: ModelShape) {
  return { CLASSES: shape.classes, FEATURES4: layoutOf(shape).features4, BIAS: shape.bias };
}

function rowsOf(shape: ModelShape, { storage, isScaled }: DataKind) {
  return { ...modelOf(shape), STORAGE: STORAGE[storage], SCALED: isScaled };
}

/**
 * Returns the dispatch of an update that adds up the partial gradients first. The fewer parameters there are, the more
 * threads (LANES) share the sum of each vector, so that enough threads are busy.
 */
function reducingUpdate(shader: Shader, plan: StepPlan, shape: ModelShape, own: Constants = {}): Dispatch {
  const vectors = vectorsOf(shape);
  const most = Math.min(plan.update.lanes, splitsFor(Infinity, plan, shape));
  const lanes = powerOfTwoUpTo(Math.max(1, Math.min(most, UPDATE_BUSY_THREADS / vectors)));
  const threads = Math.max(UPDATE_THREADS, UPDATE_VECTORS * lanes);
  return {
    shader,
    constants: { ...flatOf(shape), ...own, LANES: lanes, WORKGROUP_SIZE: threads },
    groups: () => Math.ceil((vectors * lanes) / threads),
  };
}

/** Returns the number of vectors of four parameters. */
function vectorsOf(shape: ModelShape): number {
  return shape.classes * layoutOf(shape).weights4;
}

/** Returns the number of partial gradients for a segment of `rows` rows. */
export function splitsFor(rows: number, plan: StepPlan, shape: ModelShape): number {
  const { route, gradient, shared } = plan;
  const tile = route === "rows" ? gradient : shared;
  const threads =
    route === "rows" ? gradientThreads(plan, shape) : sharedGradientGroups(plan, shape) * SHARED_SIDE ** 2;
  const byRows = Math.ceil(rows / tile.rowsPerSplit);
  const byMemory = Math.floor(PARTIAL_BYTES / layoutOf(shape).bytes);
  const byThreads = Math.ceil(tile.busyThreads / threads);
  return Math.max(1, Math.min(byRows, byMemory, byThreads));
}

/** Returns the workgroups of gradientShared that compute one partial gradient. */
function sharedGradientGroups({ shared: { classes4, features4 } }: StepPlan, shape: ModelShape): number {
  const classTiles = Math.ceil(shape.classes / (4 * SHARED_SIDE * classes4));
  return classTiles * Math.ceil(layoutOf(shape).features4 / (SHARED_SIDE * features4));
}

/**
 * Most tiles of rows of a workgroup, unless its threads take more at once, and the share of its threads that may be
 * idle.
 */
const MAX_ROW_TILES = 8;
const IDLE_SHARE = 0.06;

/** Chooses the rows of a workgroup: as few as keep its threads, or quads of threads, busy in every round of tiles. */
function forwardConstants(
  { kernel, rows, classes: tileClasses, slices, threads }: ForwardTile,
  classes: number,
) {
  const isQuad = kernel === "forward-quad";
  const tilesAtOnce = threads / (isQuad ? 4 : slices);
  const classTiles = Math.ceil(classes / tileClasses);
  const idle = (rowTiles: number) => {
    const tiles = rowTiles * classTiles;
    return 1 - tiles / (Math.ceil(tiles / tilesAtOnce) * tilesAtOnce);
  };
  const most = Math.max(MAX_ROW_TILES, Math.floor(tilesAtOnce / classTiles));
  const choices = Array.from({ length: most }, (_, i) => i + 1);
  const rowTiles =
    choices.find((count) => idle(count) <= IDLE_SHARE) ?? choices.toSorted((i, j) => idle(i) - idle(j))[0];
  const groupRows = rowTiles * rows * (isQuad ? 4 : 1);
  // Softmax shares a row among the threads, as long as each has at least eight classes of it.
  const perRow = Math.min(threads / groupRows, classes / 8);
  const lanes = 2 ** Math.max(0, Math.floor(Math.log2(perRow)));
  const shared = { TILE_ROWS: rows, GROUP_ROWS: groupRows, LANES: lanes, WORKGROUP_SIZE: threads };
  const own = isQuad ? { TILE_CLASSES4: tileClasses / 4 } : { TILE_CLASSES: tileClasses, SLICES: slices };
  return { groupRows, constants: { ...shared, ...own } };
}

/** Returns the threads that compute one partial gradient. */
function gradientThreads(
  { gradient: { kernel, classes: tileClasses, features4 } }: StepPlan,
  shape: ModelShape,
): number {
  const quad = kernel === "gradient-quad" ? 4 : 1;
  const { weights4 } = layoutOf(shape);
  return Math.ceil(weights4 / (features4 * quad)) * quad * Math.ceil(shape.classes / tileClasses);
}
