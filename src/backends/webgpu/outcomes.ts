/** Predictions as outcomes.wgsl leaves them: three words a row. */
import { allocate } from "../../data/matrix.ts";
import type { Outcomes } from "../backend.ts";

/** Bytes of a row. */
export const OUTCOME_BYTES = 12;

/** Returns the predictions of `rows` rows. */
export function unpackOutcomes(bytes: ArrayBuffer, rows: number): Outcomes {
  const [words, floats] = [new Uint32Array(bytes), new Float32Array(bytes)];
  const predicted = allocate(Uint32Array, rows, "x");
  const confidence = allocate(Float32Array, rows, "x");
  const rank = allocate(Uint32Array, rows, "x");
  for (let i = 0; i < rows; i++) {
    predicted[i] = words[3 * i];
    confidence[i] = floats[3 * i + 1];
    rank[i] = words[3 * i + 2];
  }
  return { predicted, confidence, rank };
}
