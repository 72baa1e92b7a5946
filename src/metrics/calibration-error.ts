/**
 * Expected calibration error: of the rows predicted with probability p, a share p should be correct. Bins of equal
 * width, as in Guo et al., "On calibration of modern neural networks", 2017.
 */
import { ratio } from "./class-scores.ts";

/** Bar of the reliability diagram: rows whose confidence is in (lower, upper]; the first bin includes 0. */
export interface CalibrationBin {
  readonly lower: number;
  readonly upper: number;
  /** Σ s of its rows: their number, if there are no weights. */
  readonly support: number;
  /** Mean confidence of its rows; 0 if there are none. */
  readonly confidence: number;
  /** Share of its rows that are predicted correctly; 0 if there are none. */
  readonly accuracy: number;
}

/** Result of {@link calibrationError}. */
export interface Calibration {
  /** Σ_m n_m/n · |accuracy_m − confidence_m| over the bins m, n_m their support; 0 if there are no rows. */
  readonly error: number;
  /** Bins of the confidence, ascending. */
  readonly bins: readonly CalibrationBin[];
}

/**
 * Computes the expected calibration error of predictions.
 *
 * @param confidence probability of each row's predicted class, `[N]`, in [0, 1]
 * @param rank number of classes ranked before each row's own, `[N]`: 0 if the row is predicted correctly
 * @param bins number of bins M ≥ 1
 * @param weights s_i ≥ 0 of each row, `[N]`. Default: 1
 */
export function calibrationError(
  confidence: Float32Array,
  rank: Uint32Array,
  bins: number,
  weights?: ArrayLike<number>,
): Calibration {
  const supports = new Float64Array(bins);
  const confidences = new Float64Array(bins);
  const right = new Float64Array(bins);
  for (let i = 0; i < rank.length; i++) {
    const s = weights ? weights[i] : 1;
    const bin = Math.max(0, Math.min(Math.ceil(confidence[i] * bins), bins) - 1);
    supports[bin] += s;
    confidences[bin] += s * confidence[i];
    if (rank[i] === 0) right[bin] += s;
  }
  const total = supports.reduce((sum, support) => sum + support, 0);
  // n_m |accuracy_m − confidence_m| is the distance between the sums over the bin, and 0 for an empty bin.
  const excess = right.reduce((sum, s, bin) => sum + Math.abs(s - confidences[bin]), 0);
  return {
    error: ratio(excess, total),
    bins: Array.from(supports, (support, bin) => ({
      lower: bin / bins,
      upper: (bin + 1) / bins,
      support,
      confidence: ratio(confidences[bin], support),
      accuracy: ratio(right[bin], support),
    })),
  };
}
