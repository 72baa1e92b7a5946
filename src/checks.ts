/** Checks of what goes into a fitted model and what comes out of it. */
import type { Label } from "./data/labels.ts";
import type { Matrix } from "./data/matrix.ts";
import { DataError, ShapeError } from "./errors.ts";
import { pause } from "./pause.ts";

/** Results looked at between two pauses. */
const PIECE = 2 ** 20;

/** What a model knows of its data. */
export interface Learnt {
  readonly classes: readonly Label[];
  readonly features: number;
}

/** @throws ShapeError rows of other features than those of the training */
export function checkFeatures({ cols }: Pick<Matrix, "cols">, features: number, argument: string): void {
  if (cols === features) return;
  throw new ShapeError(argument, `expected the ${features} features of the training rows, got ${cols}`);
}

/** Rows may be finite and their scores not. @throws DataError; the signal's reason */
export async function assertFinite(
  results: ArrayLike<number>,
  cols: number,
  signal?: AbortSignal,
): Promise<void> {
  for (let at = 0; at < results.length; at++) {
    if (at % PIECE === 0) await pause(signal);
    if (Number.isFinite(results[at])) continue;
    const where = results.length === cols ? "" : `, first in row ${Math.floor(at / cols)}`;
    throw new DataError("x", `values so large that scores overflow float32${where}; scale the features`);
  }
}
