/** Random dense rows with values that their storage holds exactly: of order 1, or integers for extreme scores. */
import type { Float16Data, Matrix } from "../../src/data/matrix.ts";
import type { Random } from "../../src/data/random.ts";
import type { Standardization } from "../../src/data/standardization.ts";
import type { Targets } from "../../src/data/targets.ts";
import { oneOf, type Sizes } from "./draw-sizes.ts";
import { type Problem, randomProblem } from "./problems.ts";

export type Storage = "f32" | "f16" | "u8";

/** Properties of a problem on which its kernels depend. */
export interface Marks {
  readonly storage: Storage;
  readonly targets: Targets["kind"];
  readonly isWeighted: boolean;
  readonly labelSmoothing: number;
  /** Whether bytes and halves have another unit than their own; of sparse rows: whether all values are 1. */
  readonly isScaled: boolean;
  /** Whether float32 values are standardised as they are uploaded. */
  readonly isStandardized: boolean;
}

/** Largest weight and bias of extreme scores: naive softmax overflows from scores of 89 on. */
const LARGEST = 60;

/** Draws marks of problems whose rows may be stored so. */
export function drawMarks(storages: readonly Storage[], random: Random): Marks {
  return {
    storage: oneOf(random, storages),
    targets: oneOf(random, ["labels", "labels", "distributions"]),
    isWeighted: random.integer(2) === 0,
    labelSmoothing: oneOf(random, [0, 0, 0.25]),
    isScaled: random.integer(2) === 0,
    isStandardized: random.integer(4) === 0,
  };
}

/** Draws values of order 1, multiples of 1/256 in f16, of 1/255 or another unit in u8, any float32 in f32. */
export function drawDense(sizes: Sizes, marks: Marks, random: Random): Problem {
  const { storage, targets, isWeighted, isScaled, isStandardized, labelSmoothing } = marks;
  const ofValues = storage === "u8" ? "u8" : "f32";
  const problem = randomProblem({ ...sizes, targets, isWeighted, storage: ofValues, seed: random.bits() });
  const { x } = problem.source;
  const standardization = drawStandardization(sizes.features, random);
  const source = {
    ...problem.source,
    x: storage === "f16" ? halves(x, isScaled ? 1.5 : 1) : { ...x, ...unitOf(storage, isScaled) },
    storage,
    labelSmoothing,
    ...(storage === "f32" && isStandardized && { standardization }),
  };
  return { ...problem, source };
}

function unitOf(storage: Storage, isScaled: boolean) {
  if (storage !== "u8") return {};
  return { scale: isScaled ? 1 / 128 : 1 / 255 };
}

function drawStandardization(features: number, random: Random): Standardization {
  return {
    mean: Float64Array.from({ length: features }, () => random.uniform() - 0.5),
    scale: Float64Array.from({ length: features }, () => 2 ** (2 * random.uniform() - 1)),
  };
}

/** Returns the values rounded to multiples of 1/256, as halves if this engine has arrays of them. */
function halves({ data, rows, cols }: Matrix, scale: number): Matrix {
  const rounded = Float32Array.from(data, (value) => Math.round(value * 256) / 256);
  const { Float16Array: Halves } = globalThis as {
    Float16Array?: { from(values: ArrayLike<number>): Float16Data };
  };
  return { data: Halves ? Halves.from(rounded) : rounded, rows, cols, scale };
}

/**
 * Draws small integers as X and W, so that every score is an integer that float32 holds, however it is summed up: the
 * scores are exact and large, so that only the softmax can differ.
 */
export function drawExtreme(sizes: Sizes, marks: Marks, random: Random): Problem {
  const { storage, targets, isWeighted, labelSmoothing } = marks;
  const problem = randomProblem({ ...sizes, targets, isWeighted, seed: random.bits() });
  const { rows, features: cols } = sizes;
  const values = { length: rows * cols };
  const data =
    storage === "u8"
      ? Uint8Array.from(values, () => random.integer(5))
      : Float32Array.from(values, () => random.integer(5) - 2);
  const integer = () => random.integer(2 * LARGEST + 1) - LARGEST;
  const { weights, bias } = problem.parameters;
  return {
    ...problem,
    source: { ...problem.source, x: { data, rows, cols, scale: 1 }, storage, labelSmoothing },
    parameters: { weights: weights.map(integer), bias: bias.map(integer) },
  };
}
