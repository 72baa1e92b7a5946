/** Computes objective and accuracy of any contender's parameters in float64. */
import { crossEntropy, matmul } from "../../src/backends/reference/index.ts";
import type { Parameters } from "../../src/parameters.ts";
import type { Float32Problem } from "./problem-folder.ts";

/** Rows at once. */
const PIECE = 1000;

/** Of all rows that were fitted. */
export interface Judgement {
  /** J = mean cross-entropy + λ‖W‖². */
  readonly objective: number;
  /** Share of rows whose largest score is that of their label. */
  readonly accuracy: number;
}

export function judge({ x, y }: Float32Problem, parameters: Parameters, l2: number): Judgement {
  const classes = parameters.bias.length;
  const targets = { kind: "labels", labels: Uint32Array.from(y) } as const;
  let [losses, correct] = [0, 0];
  for (let first = 0; first < x.rows; first += PIECE) {
    const piece = Uint32Array.from({ length: Math.min(PIECE, x.rows - first) }, (_, i) => first + i);
    const scores = matmul(x, piece, parameters);
    losses += crossEntropy(scores, targets, piece, classes).reduce((sum, value) => sum + value, 0);
    piece.forEach((row, i) => {
      const own = scores.subarray(i * classes, (i + 1) * classes);
      if (own.indexOf(Math.max(...own)) === y[row]) correct++;
    });
  }
  const squares = parameters.weights.reduce((sum, value) => sum + value * value, 0);
  return { objective: losses / x.rows + l2 * squares, accuracy: correct / x.rows };
}
