/**
 * A trainer's place in a data set's memory: parameters, partial gradients and one block of rows, and the
 * operations on a block in the order of the data flow: gather → matmul → softmax → gradient.
 */
import type { ModelShape, Outcomes } from "../backend.ts";
import { STORAGE, TARGETS, type WasmDataset } from "./dataset.ts";

/** Rows that go through all operations together, so that they are still in cache for the next one. */
export const BLOCK_ROWS = 32;

/** B·D·K of a block, at most, where that leaves four rows: some ten milliseconds of work. */
const MAX_BLOCK_PRODUCTS = 2 ** 26;

/** Sizes of parameters as the kernels keep them: W `[classes, vectors, 4]`, and b behind it. */
export interface ParameterLayout {
  /** K made even, since kernels take classes in pairs; the odd one out is 0 throughout. */
  readonly classes: number;
  /** Bytes of W. */
  readonly weightBytes: number;
  /** Bytes of W and b. */
  readonly bytes: number;
  /** Bytes of a row of scores. */
  readonly stride: number;
}

/** The layout of a shape. */
export function layoutOf({ features, classes }: ModelShape): ParameterLayout {
  const even = classes + (classes % 2);
  const stride = Math.ceil(classes / 4) * 16;
  const weightBytes = even * Math.ceil(features / 4) * 16;
  return { classes: even, weightBytes, bytes: weightBytes + stride, stride };
}

/** Buffers behind a data set, and what can be done with a block of its rows. */
export class Workspace {
  readonly layout: ParameterLayout;
  /** Rows of a block. */
  readonly blockRows: number;
  /** The number of partial gradients. */
  readonly splits: number;
  readonly #data: WasmDataset;
  readonly #shape: ModelShape;
  /** Addresses. */
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
  constructor(data: WasmDataset, shape: ModelShape, splits: number) {
    const { arena } = data;
    this.#data = data;
    this.#shape = shape;
    this.splits = splits;
    this.layout = layoutOf(shape);
    const affordable = Math.floor(MAX_BLOCK_PRODUCTS / (shape.features * shape.classes) / 4) * 4;
    this.blockRows = Math.min(BLOCK_ROWS, Math.max(4, affordable));
    arena.release(data.mark);
    this.at = {
      weights: arena.take(this.layout.bytes, "parameters"),
      partials: arena.take(splits * this.layout.bytes, "parameters"),
      index: arena.take(BLOCK_ROWS * 4, "workspace"),
      addresses: arena.take(BLOCK_ROWS * 4, "workspace"),
      // What the conversion of the last row writes too much has 64 bytes.
      scratch: data.storage === "f32" ? 0 : arena.take(BLOCK_ROWS * data.vectors * 16 + 64, "workspace"),
      logits: arena.take(BLOCK_ROWS * this.layout.stride, "workspace"),
      outcomes: arena.take(3 * BLOCK_ROWS * 4, "workspace"),
      sums: arena.take(16, "workspace"),
    };
  }

  get weights(): Float32Array {
    return this.#data.arena.floats(this.at.weights, this.layout.bytes / 4);
  }

  partial(split: number): Float32Array {
    return this.#data.arena.floats(this.at.partials + split * this.layout.bytes, this.layout.bytes / 4);
  }

  /** Those of `rows` with s > 0. */
  counted(rows: Uint32Array): Uint32Array {
    const { sampleWeights } = this.#data;
    return sampleWeights ? rows.filter((row) => sampleWeights[row] > 0) : rows;
  }

  /** Rows → scores. At most {@link BLOCK_ROWS} rows. */
  forward(rows: Uint32Array): void {
    const { kernels, arena, at, rowBytes, storage, unit, vectors } = this.#data;
    const { index, addresses, scratch, weights, logits } = this.at;
    // Kernels take rows in fours: the last ones repeat, and nobody looks at what comes of them.
    const count = Math.ceil(rows.length / 4) * 4;
    const indices = arena.integers(index, count);
    indices.set(rows);
    indices.fill(rows[0], rows.length);
    kernels.gather(index, count, at.x, rowBytes, STORAGE[storage], unit, vectors, scratch, addresses);
    const { classes, weightBytes, stride } = this.layout;
    kernels.matmul(addresses, count, weights, weights + weightBytes, classes, vectors, logits, stride);
  }

  /** Scores → dLogits, and the sums of losses and right rows. */
  loss(rows: number, scale: number): void {
    const { at, targetKind, labelSmoothing } = this.#data;
    this.#softmax(rows, TARGETS[targetKind], at.targets, labelSmoothing, at.sampleWeights, scale);
  }

  /** Scores → probabilities. */
  probabilities(rows: number): void {
    this.#softmax(rows, TARGETS.none, 0, 0, 0, 1);
  }

  /** Scores → what became of each row, in arrays that the next block overwrites. */
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

  /** dLogits and rows → one of the partial gradients grows. */
  backward(rows: number, split: number): void {
    const { kernels, vectors } = this.#data;
    const { addresses, logits, partials } = this.at;
    const { stride, classes, weightBytes, bytes } = this.layout;
    const partial = partials + split * bytes;
    kernels.gradient(addresses, rows, logits, stride, classes, vectors, partial);
    if (this.#shape.bias) kernels.biasGradient(rows, logits, stride, partial + weightBytes);
  }

  /** A row of what stands in the place of the scores, `[K]`. */
  scores(row: number): Float32Array {
    return this.#data.arena.floats(this.at.logits + row * this.layout.stride, this.#shape.classes);
  }

  /** Σ s·CE and rows right since the last call. */
  takeSums(): { loss: number; correct: number } {
    const sums = this.#data.arena.doubles(this.at.sums, 2);
    const [loss, correct] = sums;
    sums.fill(0);
    return { loss, correct };
  }

  #softmax(
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
