/** What the model makes of one row, and which rows are the most wrong. */
import type { Label } from "../../../../src/index.ts";
import type { Findings } from "./findings.ts";

/** A row, and what the model makes of it. */
export interface Judged {
  readonly row: number;
  readonly label: Label;
  /** p of its own label, 0 to 1. */
  readonly probability: number;
  readonly predicted: Label;
  /** p of what was predicted. */
  readonly confidence: number;
}

/** One row of the validation rows. */
export function judge(findings: Findings, row: number): Judged {
  const { samples, report, predicted, truth } = findings;
  return {
    row,
    label: samples.y[row],
    probability: probabilityOf(findings, row, truth[row]),
    predicted: report.classes[predicted[row]],
    confidence: probabilityOf(findings, row, predicted[row]),
  };
}

/** Of the rows predicted wrong, those whose own label the model holds least probable, the worst first. */
export function mostWrong(findings: Findings, count: number): Judged[] {
  const { truth, predicted } = findings;
  const own = (row: number) => probabilityOf(findings, row, truth[row]);
  const worst: number[] = [];
  for (let row = 0; row < truth.length; row++) {
    if (truth[row] === predicted[row]) continue;
    if (worst.length === count && own(row) >= own(worst[count - 1])) continue;
    const place = worst.findIndex((other) => own(row) < own(other));
    worst.splice(place < 0 ? worst.length : place, 0, row);
    worst.length = Math.min(worst.length, count);
  }
  return worst.map((row) => judge(findings, row));
}

function probabilityOf({ probabilities: { data, cols } }: Findings, row: number, k: number): number {
  return data[row * cols + k];
}
