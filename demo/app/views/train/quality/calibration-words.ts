/** Calibration in words: how far probabilities are off, in which direction, and the effect of a calibration. */
import type { CalibrationResult, ClassificationReport } from "../../../../../src/index.ts";
import { formatCount, formatLoss, formatRatio, formatShare } from "../../../../ui/format.ts";

type Calibrated = Pick<ClassificationReport, "bins" | "calibrationError">;

/** Least number of rows that say something about a share. */
const FEW = 100;
/** Least share of the rows in a bin that is an example: one of 15 bins always has it. */
const TYPICAL = 0.05;
/** Words for expected calibration errors up to each of these. */
const DEGREES = [
  [0.05, "somewhat"],
  [0.1, "clearly"],
  [Infinity, "far"],
] as const;
/** Largest expected calibration error with which probabilities can be taken at their word. */
const GOOD = 0.02;

/** Returns the reliability diagram in words. */
export function calibrationText({ bins, calibrationError }: Calibrated): string {
  const rows = sumOver(bins, () => 1);
  const mean = `On average its probability is ${formatPoints(calibrationError)} percentage points off (expected calibration error)`;
  if (rows < FEW) return `${mean}, but ${formatCount(rows)} rows are too few to judge it by.`;
  const isTooSure = sumOver(bins, gapOf) > 0;
  const shown = bins.filter(({ support }) => support >= TYPICAL * rows);
  const worst = shown.reduce((a, b) => ((isTooSure ? gapOf(b) > gapOf(a) : gapOf(b) < gapOf(a)) ? b : a));
  const largest = bins.reduce((a, b) => (b.support > a.support ? b : a));
  const { confidence, accuracy } = calibrationError <= GOOD ? largest : worst;
  const example = `When it says ${formatShare(confidence)}, it is right in ${formatShare(accuracy)} of the cases`;
  if (calibrationError <= GOOD) return `${example}: its probabilities can be taken at their word. ${mean}.`;
  const degree = DEGREES.find(([most]) => calibrationError <= most)?.[1];
  return `${example}: ${degree} too ${isTooSure ? "sure" : "modest"}. ${mean}.`;
}

type Bin = Calibrated["bins"][number];

/** Returns how much surer the rows of a bin are than right. */
function gapOf({ confidence, accuracy }: Bin): number {
  return confidence - accuracy;
}

/** Returns the sum of a term over all rows. */
function sumOver(bins: readonly Bin[], term: (bin: Bin) => number): number {
  return bins.reduce((sum, bin) => sum + bin.support * term(bin), 0);
}

function formatPoints(share: number): string {
  return (100 * share).toFixed(1);
}

/** Returns the effect of a calibration in words. */
export function resultText({ temperature, reason, lossBefore, lossAfter }: CalibrationResult): string {
  if (reason === "separated")
    return "All validation rows are predicted right, so that no probability is too high for them. Nothing is changed.";
  if (reason === "uninformative")
    return "The scores are no better than chance, so that no temperature suits them. Nothing is changed.";
  if (!(lossAfter < lossBefore)) return "The probabilities fit already. Nothing is changed.";
  const direction = temperature > 1 ? "less sure" : "surer";
  return (
    `Every answer is now ${direction}: scores are divided by ${formatRatio(temperature)}. ` +
    `Validation loss ${formatLoss(lossBefore)} → ${formatLoss(lossAfter)}.`
  );
}
