/** Checks of what goes into a fitted model and what comes out of it. */
import type { Label } from "./data/labels.ts";
import type { Matrix } from "./data/matrix.ts";
import { DataError, ShapeError } from "./errors.ts";
import { pause } from "./pause.ts";

/** Results looked at between two pauses. */
const PIECE = 2 ** 20;

/** The labels and the number of features that a model is for. */
export interface Schema {
  readonly classes: readonly Label[];
  readonly features: number;
}

/** @throws ShapeError rows with another number of features than the training rows */
export function checkFeatures({ cols }: Pick<Matrix, "cols">, features: number, argument: string): void {
  if (cols === features) return;
  throw new ShapeError(argument, `expected the ${features} features of the training rows, got ${cols}`);
}

/**
 * Checks results, which may overflow though the rows are finite. Rows of weight 0 may have any.
 *
 * @throws DataError naming the first row; the signal's reason
 */
export async function assertFinite(
  results: ArrayLike<number>,
  cols: number,
  { weights, signal }: { weights?: ArrayLike<number> | undefined; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  for (let at = 0; at < results.length; at++) {
    if (at % PIECE === 0) await pause(signal);
    if (Number.isFinite(results[at]) || weights?.[Math.floor(at / cols)] === 0) continue;
    const where = results.length === cols ? "" : `, first in row ${Math.floor(at / cols)}`;
    throw new DataError("x", `values so large that scores overflow float32${where}; scale the features`);
  }
}
