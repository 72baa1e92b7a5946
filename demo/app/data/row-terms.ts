/** The values of a row that are not 0, from dense or sparse rows, and the scores that a model gives the row. */
import { softmax } from "../../../src/backends/reference/operations.ts";
import { scaleOf } from "../../../src/data/matrix.ts";
import type { RowsInMemory } from "../../../src/data/rows.ts";
import { isSparse } from "../../../src/data/sparse-matrix.ts";

/** The values of a row that are not 0. */
export interface RowTerms {
  /** Their features, ascending. */
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** Weights `[K·D]`, row after row, and bias `[K]`. */
interface Linear {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Returns the terms of one row, with the scale of the rows applied. */
export function termsOfRow(x: RowsInMemory, row: number): RowTerms {
  if (isSparse(x)) {
    const [begin, end] = [x.indptr[row], x.indptr[row + 1]];
    const indices = Uint32Array.from(x.indices.subarray(begin, end));
    return { indices, values: Float32Array.from(indices, (_, i) => x.data?.[begin + i] ?? 1) };
  }
  const scale = scaleOf(x);
  const start = row * x.cols;
  let count = 0;
  for (let j = 0; j < x.cols; j++) if (x.data[start + j] !== 0) count++;
  const [indices, values] = [new Uint32Array(count), new Float32Array(count)];
  let i = 0;
  for (let j = 0; j < x.cols; j++) {
    const value = x.data[start + j];
    if (value === 0) continue;
    indices[i] = j;
    values[i++] = scale * value;
  }
  return { indices, values };
}

/** Returns z `[K]` and p `[K]` of a row; a calibrated model divides z by its temperature before the softmax. */
export function answerToTerms({ indices, values }: RowTerms, { weights, bias }: Linear, temperature: number) {
  const classes = bias.length;
  const features = weights.length / classes;
  const logits = Float64Array.from(bias);
  for (let k = 0; k < classes; k++) {
    for (let i = 0; i < indices.length; i++) logits[k] += weights[k * features + indices[i]] * values[i];
  }
  const probabilities = softmax(
    logits.map((z) => z / temperature),
    classes,
  );
  return { logits, probabilities };
}
