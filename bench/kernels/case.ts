/**
 * What a kernel has to say of itself to be measured alone: how it is run, what it should compute, what it
 * costs.
 */
import { createRandom } from "../../src/data/random.ts";
import { ELEMENT_BYTES, emptyRows, packRows } from "../../src/data/storage.ts";
import type { BenchProblem } from "../contenders/contender.ts";
import type { KernelRun, KernelSetup } from "../measure/kernel-run.ts";
import { problemOf } from "../measure/problem.ts";
import type { BenchShape, BenchStorage } from "../record.ts";

/** One kernel fitted to one problem. */
export interface KernelCase extends KernelSetup {
  /** How it was fitted, in words. */
  readonly variant: string;
  /** Operations of a dispatch by the formula, padding not counted. */
  readonly flops: number;
  /** Each input read once, each output written once. */
  readonly bytes: number;
  /** The error of what the first dispatch left, see largestError. */
  check(run: KernelRun): Promise<number>;
}

/** What kernels work on: a problem, parameters and scores of order 1. */
export interface KernelInputs extends BenchProblem {
  /** X as it is stored: rows padded to whole vectors of four. */
  readonly packed: ReturnType<typeof emptyRows>;
  /** Bytes of X without the padding. */
  readonly xBytes: number;
  /** 0 … N − 1: rows are found through it, as in a training step. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Seeded, standard normal times `size`. */
  normal(length: number, size: number): Float32Array<ArrayBuffer>;
}

/** Values of the kernels' constant STORAGE. */
export const STORAGE: Readonly<Record<BenchStorage, number>> = { f32: 0, u8: 1, f16: 2 };

/** Classes of a tile: at most ten, with as few as possible sticking out of the last tile. */
export function classTile(classes: number): number {
  return Math.ceil(classes / Math.ceil(classes / 10));
}

/** Partial gradients that the rows are split into, without tuning; `tiles` threads compute one. */
export function splitsOf(rows: number, tiles: number): number {
  return Math.max(1, Math.min(Math.ceil(2 ** 14 / tiles), Math.ceil(rows / 16)));
}

/** Tiles of one partial gradient, of as many features as two vectors hold. */
export function gradientTiles({ features, classes }: BenchShape): number {
  const vectors = Math.ceil(features / 4) + 1;
  return Math.ceil(vectors / 2) * Math.ceil(classes / classTile(classes));
}

/** Inputs of all kernels at one shape. */
export function inputsOf(shape: BenchShape, storage: BenchStorage): KernelInputs {
  const problem = problemOf(shape, storage);
  const random = createRandom(2);
  const stride = Math.ceil(shape.features / 4) * 4;
  const packed = emptyRows(storage, shape.rows * stride);
  packRows(
    { data: problem.x, rows: shape.rows, cols: shape.features },
    storage,
    0,
    shape.rows,
    packed,
    stride,
  );
  return {
    ...problem,
    packed,
    xBytes: problem.x.length * ELEMENT_BYTES[storage],
    order: Uint32Array.from({ length: shape.rows }, (_, i) => i),
    normal: (length, size) => Float32Array.from({ length }, () => size * random.normal()),
  };
}

/**
 * At most 64 of `length` indices, evenly spread, first and last among them: enough to see that a kernel is
 * right.
 */
export function sampleOf(length: number): Uint32Array {
  const count = Math.min(64, length);
  return Uint32Array.from({ length: count }, (_, i) =>
    Math.round((i * (length - 1)) / Math.max(1, count - 1)),
  );
}

/** The first `length` floats of a buffer. */
export async function readFloats(run: KernelRun, name: string, length: number): Promise<Float32Array> {
  return new Float32Array(await run.read(name, 4 * length));
}
