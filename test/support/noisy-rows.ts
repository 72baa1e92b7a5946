/**
 * Rows that no model predicts perfectly: three overlapping classes in few features.
 */
import { createRandom } from "../../src/data/random.ts";
import type { Matrix } from "../../src/index.ts";

export const FEATURES = 4;

export interface Rows {
  readonly x: Matrix<Float32Array>;
  readonly y: readonly number[];
}

/** Three classes that overlap, a fifth of the labels wrong. */
export function noisyRows(rows: number, seed: number): Rows {
  const random = createRandom(seed);
  const y = Array.from({ length: rows }, (_, i) => (random.uniform() < 0.2 ? (i + 1) % 3 : i % 3));
  const data = Float32Array.from(
    { length: rows * FEATURES },
    (_, at) => random.normal() + (at % FEATURES === Math.floor(at / FEATURES) % 3 ? 1 : 0),
  );
  return { x: { data, rows, cols: FEATURES }, y };
}

const { x, y } = noisyRows(90, 1);
const held = noisyRows(60, 2);

/** Rows to train on, and others to predict. */
export const NOISY = { x, y, held, validation: [held.x, held.y] } as const;
