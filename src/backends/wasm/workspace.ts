/**
 * A trainer's part of a data set's memory: parameters, partial gradients and one block of rows, and the operations on a
 * block in the order of the data flow: logits → softmax, loss and dLogits → gradient.
 */
import { StateError } from "../../errors.ts";
import type { Outcomes } from "../backend.ts";
import { TARGETS, type WasmDataset } from "./dataset.ts";
import { layoutOf, type PackedShape, type ParameterLayout } from "./parameters.ts";
import type { Block } from "./stored-rows.ts";

/** Most rows of a block: few enough to stay in cache from one operation to the next. */
export const BLOCK_ROWS = 32;

/** Most bytes of probabilities that are kept for Newton steps; of more rows they are computed anew. */
const MAX_KEPT_BYTES = 2 ** 27;

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
  /** Partial gradients to add up: one for each part of a batch; for sparse rows one, since parts are added as they end. */
  readonly partials: number;
  readonly #data: WasmDataset;
  readonly shape: PackedShape;
  readonly #block: Block;
  #direction = 0;
  /** Address of the partial gradient of a part that is added to the first when it ends; 0 until there is one. */
  #laterPart = 0;
  /** Address of P `[N,stride]`, or of P of a block; 0 until there is one. */
  #probabilities = 0;
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
    this.shape = shape;
    this.partials = shape.sparse ? 1 : splits;
    this.layout = layoutOf(shape);
    this.blockRows = blockRowsOf(data.x.longestRow * shape.classes);
    arena.release(data.mark);
    this.at = {
      weights: arena.take(this.layout.bytes, "parameters"),
      partials: arena.take(this.partials * this.layout.bytes, "parameters"),
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

  /** Address of the direction whose product with the Hessian is computed. @throws LimitError */
  get direction(): number {
    this.#direction ||= this.#data.arena.take(this.layout.bytes, "parameters");
    return this.#direction;
  }

  /** The direction itself. */
  get directionValues(): Float32Array {
    return this.#data.arena.floats(this.direction, this.layout.bytes / 4);
  }

  /** Returns the partial gradient of a part of a batch. */
  partial(split: number): Float32Array {
    return this.#data.arena.floats(this.#partialAt(split), this.layout.bytes / 4);
  }

  /** Ends a part: adds its partial gradient to that of the first if they share their memory. */
  completePart(split: number): void {
    if (!this.shape.sparse || split === 0) return;
    this.#data.sparseKernels.addPartial(this.#partialAt(0), this.#partialAt(split), this.layout.bytes);
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

  /** Computes logits → probabilities, and keeps them for {@link curvature} if that takes no more memory than it may. */
  keepProbabilities(rows: number): void {
    const { arena, sparseKernels, rows: all } = this.#data;
    const { stride } = this.layout;
    this.probabilities(rows);
    if (!this.#canKeep) return;
    this.#probabilities ||= arena.take(all * stride, "probabilities");
    sparseKernels.keepRows(this.at.logits, stride, this.at.index, rows, this.#probabilities);
  }

  get #canKeep(): boolean {
    return this.#data.rows * this.layout.stride <= MAX_KEPT_BYTES;
  }

  /** Computes u = X̃ d of a block, before {@link curvature}; if probabilities were not kept, these are computed first. */
  forwardDirection(block: Uint32Array): void {
    if (!this.#canKeep) {
      this.forward(block);
      this.probabilities(block.length);
      const { logits } = this.at;
      this.#probabilities ||= this.#data.arena.take(BLOCK_ROWS * this.layout.stride, "probabilities");
      new Uint8Array(this.#data.arena.memory.buffer).copyWithin(
        this.#probabilities,
        logits,
        logits + block.length * this.layout.stride,
      );
    }
    this.forward(block, this.direction);
  }

  /** Computes probabilities → s · scale · p ∘ (1 − p) → sums of x² times that, in a partial gradient. */
  diagonal(rows: number, scale: number, split: number): void {
    const { sparseKernels: kernels, at } = this.#data;
    const { logits, index } = this.at;
    // Of two classes that mirror each other, both move along the one number.
    const both = this.shape.isMirrored ? 2 * scale : scale;
    kernels.ownCurvature(logits, this.layout.stride, index, rows, at.sampleWeights, both);
    this.gradient(rows, split, true);
  }

  /** Replaces u of each row by s · scale · p ∘ (u − pᵀu), with the probabilities that were kept. */
  curvature(rows: number, scale: number): void {
    const { sparseKernels: kernels, at } = this.#data;
    const { logits, index } = this.at;
    const { stride } = this.layout;
    const kept = this.#probabilities;
    if (!kept) throw new StateError("trainer", "a product needs a diagonal before it");
    kernels.curvature(logits, stride, index, rows, kept, this.#canKeep, at.sampleWeights, scale);
  }

  /** Computes logits → predictions, in arrays that the next block overwrites. */
  outcomes(rows: number): Outcomes {
    const { kernels, arena, at, targetKind } = this.#data;
    const { logits, index, outcomes: predicted } = this.at;
    const [confidence, rank] = [predicted + 4 * BLOCK_ROWS, predicted + 8 * BLOCK_ROWS];
    const { stride } = this.layout;
    const { classes } = this.shape;
    const kind = TARGETS[targetKind];
    kernels.outcomes(logits, stride, classes, index, rows, kind, at.targets, predicted, confidence, rank);
    return {
      predicted: arena.integers(predicted, rows),
      confidence: arena.floats(confidence, rows),
      rank: arena.integers(rank, rows),
    };
  }

  /** Computes dLogits → gradient and adds it to a partial gradient. @param areSquared whether x² takes the place of x */
  gradient(rows: number, split: number, areSquared = false): void {
    const { x, kernels } = this.#data;
    const { logits } = this.at;
    const { stride, weightBytes } = this.layout;
    const partial = this.#partialAt(split);
    x.gradient(kernels, this.#block, rows, partial, areSquared);
    if (this.shape.bias) kernels.biasGradient(rows, logits, stride, partial + weightBytes);
  }

  /** Returns a row of logits, or of what has replaced them, `[K]`. */
  row(row: number): Float32Array {
    return this.#data.arena.floats(this.at.logits + row * this.layout.stride, this.shape.classes);
  }

  /** Returns Σ s·CE and the number of correct rows since the last call. */
  takeSums(): { loss: number; correct: number } {
    const sums = this.#data.arena.doubles(this.at.sums, 2);
    const [loss, correct] = sums;
    sums.fill(0);
    return { loss, correct };
  }

  #partialAt(split: number): number {
    if (split < this.partials) return this.at.partials + split * this.layout.bytes;
    this.#laterPart ||= this.#data.arena.take(this.layout.bytes, "parameters");
    return this.#laterPart;
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
      this.shape.classes,
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
