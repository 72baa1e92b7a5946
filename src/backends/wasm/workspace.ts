/**
 * A trainer's part of a data set's memory: parameters, partial gradients and one block of rows, and the operations on a
 * block in the order of the data flow: logits → softmax, loss and dLogits → gradient.
 */
import type { Outcomes } from "../backend.ts";
import { TARGETS, type WasmDataset } from "./dataset.ts";
import { layoutOf, type PackedShape, type ParameterLayout } from "./parameters.ts";
import type { Block } from "./stored-rows.ts";

/** Most rows of a block: few enough to stay in cache from one operation to the next. */
export const BLOCK_ROWS = 32;

/** Most multiply-adds of a block, unless it has four rows only: some ten milliseconds of work. */
const MAX_BLOCK_PRODUCTS = 2 ** 26;

/** Returns the most rows of a block, by the multiply-adds that a row takes. */
export function blockRowsOf(products: number): number {
  const affordable = Math.floor(MAX_BLOCK_PRODUCTS / products / 4) * 4;
  return Math.min(BLOCK_ROWS, Math.max(4, affordable));
}

/** Buffers behind a data set in its memory, and the operations on a block of its rows. */
export class Workspace {
  readonly layout: ParameterLayout;
  /** Most rows of a block of this shape. */
  readonly blockRows: number;
  /** Number of partial gradients. */
  readonly splits: number;
  readonly #data: WasmDataset;
  readonly #shape: PackedShape;
  readonly #block: Block;
  /** Addresses of the buffers. */
  readonly at: {
    readonly weights: number;
    readonly partials: number;
    readonly index: number;
    readonly addresses: number;
    readonly scratch: number;
    readonly logits: number;
    readonly outcomes: number;
    readonly sums: number;
  };

  /** @throws LimitError if the memory cannot grow */
  constructor(data: WasmDataset, shape: PackedShape, splits: number) {
    const { arena } = data;
    this.#data = data;
    this.#shape = shape;
    this.splits = splits;
    this.layout = layoutOf(shape);
    this.blockRows = blockRowsOf(data.x.longestRow * shape.classes);
    arena.release(data.mark);
    this.at = {
      weights: arena.take(this.layout.bytes, "parameters"),
      partials: arena.take(splits * this.layout.bytes, "parameters"),
      index: arena.take(BLOCK_ROWS * 4, "workspace"),
      addresses: arena.take(BLOCK_ROWS * 4, "workspace"),
      scratch: arena.take(data.x.scratchBytes(BLOCK_ROWS), "workspace"),
      logits: arena.take(BLOCK_ROWS * this.layout.stride, "workspace"),
      outcomes: arena.take(3 * BLOCK_ROWS * 4, "workspace"),
      sums: arena.take(16, "workspace"),
    };
    this.#block = { ...this.at, layout: this.layout };
  }

  get weights(): Float32Array {
    return this.#data.arena.floats(this.at.weights, this.layout.bytes / 4);
  }

  partial(split: number): Float32Array {
    return this.#data.arena.floats(this.at.partials + split * this.layout.bytes, this.layout.bytes / 4);
  }

  /** Selects the rows with s > 0. */
  weighted(rows: Uint32Array): Uint32Array {
    const { sampleWeights } = this.#data;
    return sampleWeights ? rows.filter((row) => sampleWeights[row] > 0) : rows;
  }

  /** Computes rows → logits, for at most {@link BLOCK_ROWS} rows. @param weights address of W and b. Default: own */
  forward(rows: Uint32Array, weights = this.at.weights): void {
    const { x, kernels, arena } = this.#data;
    arena.integers(this.at.index, rows.length).set(rows);
    x.forward(kernels, this.#block, rows.length, weights);
  }

  /** Computes logits → softmax, loss and dLogits; adds to the sums of losses and correct rows. */
  softmax(rows: number, scale: number, isSmoothed = true): void {
    const { at, targetKind } = this.#data;
    const labelSmoothing = isSmoothed ? this.#data.labelSmoothing : 0;
    this.#softmaxKernel(rows, TARGETS[targetKind], at.targets, labelSmoothing, at.sampleWeights, scale);
  }

  /** Computes logits → probabilities. */
  probabilities(rows: number): void {
    this.#softmaxKernel(rows, TARGETS.none, 0, 0, 0, 1);
  }

  /** Copies a block's rows of scores, or of what has replaced them, to their places among those of all rows. */
  keepRows(rows: number, all: number): void {
    this.#data.kernels.keepRows(this.at.logits, this.layout.stride, this.at.index, rows, all);
  }

  /** Replaces u of each row by s · scale · p ∘ (u − pᵀu). @param probabilities address of p of all rows */
  curvature(rows: number, probabilities: number, scale: number): void {
    const { kernels, at } = this.#data;
    const { logits, index } = this.at;
    kernels.curvature(logits, this.layout.stride, index, rows, probabilities, at.sampleWeights, scale);
  }

  /**
   * Replaces p of each row by s · scale · p ∘ (1 − p), and adds the sums of x² times that to `diagonal`, which lies as W
   * and b do.
   */
  addDiagonal(rows: number, scale: number, diagonal: number): void {
    const { x, kernels, at } = this.#data;
    const { logits, index } = this.at;
    const { stride, weightBytes } = this.layout;
    kernels.ownCurvature(logits, stride, index, rows, at.sampleWeights, scale);
    x.gradient(kernels, this.#block, rows, diagonal, true);
    if (this.#shape.bias) kernels.biasGradient(rows, logits, stride, diagonal + weightBytes);
  }

  /** Computes logits → predictions, in arrays that the next block overwrites. */
  outcomes(rows: number): Outcomes {
    const { kernels, arena, at, targetKind } = this.#data;
    const { logits, index, outcomes: predicted } = this.at;
    const [confidence, rank] = [predicted + 4 * BLOCK_ROWS, predicted + 8 * BLOCK_ROWS];
    const { stride } = this.layout;
    const { classes } = this.#shape;
    const kind = TARGETS[targetKind];
    kernels.outcomes(logits, stride, classes, index, rows, kind, at.targets, predicted, confidence, rank);
    return {
      predicted: arena.integers(predicted, rows),
      confidence: arena.floats(confidence, rows),
      rank: arena.integers(rank, rows),
    };
  }

  /** Computes dLogits → gradient and adds it to a partial gradient. */
  gradient(rows: number, split: number): void {
    const { x, kernels } = this.#data;
    const { logits, partials } = this.at;
    const { stride, weightBytes, bytes } = this.layout;
    const partial = partials + split * bytes;
    x.gradient(kernels, this.#block, rows, partial);
    if (this.#shape.bias) kernels.biasGradient(rows, logits, stride, partial + weightBytes);
  }

  /** Returns a row of logits, or of what has replaced them, `[K]`. */
  row(row: number): Float32Array {
    return this.#data.arena.floats(this.at.logits + row * this.layout.stride, this.#shape.classes);
  }

  /** Returns Σ s·CE and the number of correct rows since the last call. */
  takeSums(): { loss: number; correct: number } {
    const sums = this.#data.arena.doubles(this.at.sums, 2);
    const [loss, correct] = sums;
    sums.fill(0);
    return { loss, correct };
  }

  #softmaxKernel(
    rows: number,
    kind: number,
    targets: number,
    labelSmoothing: number,
    sampleWeights: number,
    scale: number,
  ): void {
    const { logits, index, sums } = this.at;
    this.#data.kernels.softmax(
      logits,
      this.layout.stride,
      this.#shape.classes,
      index,
      rows,
      kind,
      targets,
      labelSmoothing,
      sampleWeights,
      scale,
      sums,
    );
  }
}
