/**
 * Problems drawn from a seed, in groups that share the kernels, since compiling takes most of the time. A seed and an
 * index give equal rows, targets, weights, parameters and steps in every engine that has the same element types. Values are such that the storage holds them exactly, so that
 * differences come from the device's arithmetic alone.
 */
import type { SgdSteps } from "../../src/backends/backend.ts";
import { createRandom, type Random } from "../../src/data/random.ts";
import type { RowsInMemory } from "../../src/data/rows.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";
import { drawModel, drawRows, oneOf, type Sizes } from "./draw-sizes.ts";
import { drawSteps } from "./draw-steps.ts";
import { drawDense, drawExtreme, drawMarks, type Marks, type Storage } from "./draw-values.ts";
import { farProblem, overflowProblem } from "./overflows.ts";
import { type Problem, randomSparseProblem } from "./problems.ts";

/**
 * Kinds of problems. `extreme`: scores of ±thousands, exact in float32. `far`: losses near the end of float32. `lost`:
 * scores that overflow. `on the GPU`: rows in a buffer of the caller's.
 */
export type CaseKind = "dense" | "sparse" | "extreme" | "far" | "lost" | "on the GPU";

/** Kinds in turn, so that a few cases meet all. */
const KINDS: readonly CaseKind[] = [
  ...(["dense", "sparse", "on the GPU", "extreme", "dense", "lost", "sparse"] as const),
  ...(["dense", "extreme", "dense", "on the GPU", "sparse", "far", "dense"] as const),
];

/** Problems of a group: of one kind, with the same features, classes, storage and kind of targets, and other rows. */
export const GROUP = 16;

/** Groups in a turn of the kinds that have a choice of kernels: all but sparse rows. */
const PLANNED = KINDS.map((kind) => kind !== "sparse");
const PLANNED_OF_TURN = PLANNED.filter(Boolean).length;

/** Bytes of a chunk of rows. Small ones cut a data set into several, whose partial results are added up. */
const CHUNK_BYTES = [Infinity, Infinity, 4096, 8192];

/** A problem, the point at which it is looked at, and everything else that a case depends on but its plan. */
export interface DrawnCase extends Sizes {
  readonly seed: number;
  readonly index: number;
  readonly group: number;
  readonly kind: CaseKind;
  readonly problem: Problem<RowsInMemory>;
  readonly storage: Storage;
  readonly bias: boolean;
  /** λ of the gradient. */
  readonly l2: number;
  readonly steps: SgdSteps;
  readonly maxChunkBytes: number;
  /** Rows with a score that overflows. */
  readonly lost: readonly number[];
  /** Further draws that depend on nothing before. */
  readonly random: Random;
}

/** Draws the case with this number. */
export function drawCase(seed: number, index: number): DrawnCase {
  const group = Math.floor(index / GROUP);
  const kind = KINDS[group % KINDS.length];
  const common = drawCommon(kind, createRandom(seed, group));
  const random = createRandom(seed + 1, index);
  const sizes = { ...common, rows: drawRows(common, random) };
  const drawn = drawProblem(kind, sizes, common.marks, random);
  return {
    features: sizes.features,
    classes: sizes.classes,
    rows: sizes.rows,
    bias: common.bias,
    ...drawn,
    storage: common.marks.storage,
    seed,
    index,
    group,
    kind,
    l2: kind === "dense" || kind === "sparse" ? oneOf(random, [0, 0.02, 0.125]) : 0,
    steps: drawSteps(drawn.problem, kind === "extreme", random),
    maxChunkBytes: Math.max(rowBytes(sizes), oneOf(random, CHUNK_BYTES)),
    random,
  };
}

/** Returns how many groups before this one have a choice of kernels, so that plans can be given out in turn. */
export function plannedGroupsBefore(group: number): number {
  const [turns, place] = [Math.floor(group / KINDS.length), group % KINDS.length];
  return turns * PLANNED_OF_TURN + PLANNED.slice(0, place).filter(Boolean).length;
}

/** Draws what the cases of a group have in common. */
function drawCommon(kind: CaseKind, random: Random) {
  const { features, classes } = drawModel(random);
  const isLost = kind === "lost";
  return {
    // Overflows are made of two features.
    features: isLost ? Math.max(2, features) : features,
    classes,
    bias: kind === "far" || isLost || random.integer(4) > 0,
    marks: drawMarks(STORAGES[kind], random),
  };
}

/** Storages of the rows of each kind. */
const STORAGES: Readonly<Record<CaseKind, readonly Storage[]>> = {
  dense: ["f32", "f16", "u8"],
  extreme: ["f32", "f16", "u8"],
  "on the GPU": ["f32", "f16"],
  sparse: ["f32"],
  far: ["f32"],
  lost: ["f32"],
};

interface DrawnProblem {
  readonly problem: Problem<RowsInMemory>;
  readonly lost: readonly number[];
}

function drawProblem(kind: CaseKind, sizes: Sizes, marks: Marks, random: Random): DrawnProblem {
  const { rows, features, classes } = sizes;
  switch (kind) {
    case "dense":
      return { problem: drawDense(sizes, marks, random), lost: [] };
    case "on the GPU":
      return { problem: drawDense(sizes, { ...marks, isStandardized: false }, random), lost: [] };
    case "extreme":
      return { problem: drawExtreme(sizes, marks, random), lost: [] };
    case "sparse":
      return { problem: drawSparse(sizes, marks, random), lost: [] };
    case "far":
      return { problem: farProblem(rows, features, classes), lost: [] };
    case "lost":
      return drawLost(sizes, marks, random);
  }
}

function drawSparse(sizes: Sizes, marks: Marks, random: Random): Problem<SparseMatrix> {
  const { targets, isWeighted, labelSmoothing, isScaled: areOnes } = marks;
  const density = oneOf(random, [0, 0.02, 0.1, 0.4, 1]);
  const seed = random.bits();
  const problem = randomSparseProblem({ ...sizes, targets, isWeighted, density, areOnes, seed });
  const scale = Float64Array.from({ length: sizes.features }, () => 2 ** (2 * random.uniform() - 1));
  const standardization = { mean: new Float64Array(sizes.features), scale };
  return {
    ...problem,
    source: { ...problem.source, labelSmoothing, ...(marks.isStandardized && { standardization }) },
  };
}

/** Draws a problem with rows that are lost, which have no weight in half of the groups. */
function drawLost(
  sizes: Sizes,
  { targets, isWeighted, labelSmoothing }: Marks,
  random: Random,
): DrawnProblem {
  const lost = [...new Set([random.integer(sizes.rows), random.integer(sizes.rows)])];
  const problem = overflowProblem({
    ...sizes,
    lost,
    at: random.integer(sizes.classes),
    overflow: oneOf(random, ["infinity", "-infinity", "NaN"]),
    targets,
    labelSmoothing,
    isEnlarged: random.integer(2) === 0,
  });
  if (!isWeighted) return { problem, lost };
  const sampleWeights = new Float32Array(sizes.rows).fill(1);
  for (const row of lost) sampleWeights[row] = 0;
  return { problem: { ...problem, source: { ...problem.source, sampleWeights } }, lost };
}

/** Returns the most bytes that a row takes in a buffer: with its values, padded to vectors, or with its targets. */
function rowBytes({ features, classes }: Sizes): number {
  return 4 * Math.max(features + 3, classes);
}
