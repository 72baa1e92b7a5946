/** The objective at a point, over as many validation rows as can be gone through between two frames. */
import { crossEntropy, matmul, weightedMean } from "../../../../../src/backends/reference/operations.ts";
import { rowsOf } from "../../../../../src/data/matrix.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import type { Point } from "./point.ts";

/** Products that may be spent on it. */
const BUDGET = 2 ** 20;

/** The parts of J. */
export interface ObjectiveNumbers {
  readonly rows: number;
  /** Mean cross-entropy of these rows. */
  readonly loss: number;
  /** ‖W‖² */
  readonly squares: number;
  /** ‖W‖₁ */
  readonly sizes: number;
}

/** Mean cross-entropy of the first validation rows, and the norms of W. */
export function objectiveNumbers(
  { validation }: DemoDataset,
  { parameters: { weights }, folded, classes }: Point,
  labelSmoothing: number,
): ObjectiveNumbers {
  const count = Math.max(1, Math.floor(BUDGET / weights.length));
  const x = rowsOf(validation.x, 0, count);
  const rows = Array.from({ length: x.rows }, (_, i) => i);
  const labels = Uint32Array.from(rows, (row) => classes.indexOf(validation.y[row]));
  const logits = matmul(x, rows, folded);
  const losses = crossEntropy(logits, { kind: "labels", labels }, rows, classes.length, labelSmoothing);
  return {
    rows: x.rows,
    loss: weightedMean(losses, undefined, rows),
    squares: weights.reduce((sum, w) => sum + w * w, 0),
    sizes: weights.reduce((sum, w) => sum + Math.abs(w), 0),
  };
}
