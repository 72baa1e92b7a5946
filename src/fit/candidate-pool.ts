/** Rows that candidates are drawn from, and what becomes of those that are drawn; in memory and on a GPU alike. */
import type { Dataset } from "../backends/backend.ts";

/** Standard deviations as which a value counts at most, so that a sentinel does not decide what M⁻¹ does. */
export const DEVIATIONS = 2 ** 10;

/** Largest leverage, so that sums of them are finite. */
export const MAX_LEVERAGE = Number.MAX_VALUE / 2 ** 64;

/** Rows that a sample is drawn from. */
export interface Pool {
  /** Indices of the rows among all rows of the fit, ascending. */
  readonly seen: Uint32Array;
  readonly leverages: Float64Array;
  /**
   * Prepares drawn rows.
   *
   * @param indices among all rows, ascending
   * @param shares  share of each in a mean over all rows
   */
  take(indices: Uint32Array, shares: Float64Array): Promise<Taken>;
}

/** Rows that were drawn. */
export interface Taken {
  /** Brings the rows to the device, as the solver sees them. The caller disposes of the data set. */
  place(): Promise<Dataset>;
  /** Mean squares of the columns, `[D]`; 1 if columns are centred and scaled. */
  readonly squares: Float64Array;
}
