/** What was predicted for single rows, and which rows are the most wrong. */
import type { Label } from "../../../../src/index.ts";
import { mistakesOf } from "./confusion-cells.ts";
import type { Findings } from "./use-findings.ts";

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
export function judge({ samples, report, probabilities }: Findings, row: number): Judged {
  const { classes } = report;
  const p = probabilities.data.subarray(row * classes.length, (row + 1) * classes.length);
  let best = 0;
  for (let k = 1; k < p.length; k++) if (p[k] > p[best]) best = k;
  const label = samples.y[row];
  const probability = p[classes.indexOf(label)];
  return { row, label, probability, predicted: classes[best], confidence: p[best] };
}

/** Of the rows predicted wrong, those whose own label the model holds least probable, the worst first. */
export function mostWrong(findings: Findings, count: number): Judged[] {
  const { confusion } = findings.report;
  return mistakesOf(findings.report)
    .flatMap(({ truth, predicted }) => Array.from(confusion.samples(truth, predicted)))
    .map((row) => judge(findings, row))
    .sort((a, b) => a.probability - b.probability)
    .slice(0, count);
}
