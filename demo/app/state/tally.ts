/**
 * Counts of validation rows by probability, made once for each evaluation: the figures of every threshold follow from
 * them without another look at the rows.
 */
import type { Label } from "../../../src/index.ts";
import { inBlocks } from "../data/arrays.ts";
import type { Evaluation } from "./evaluation.ts";

/** Equal steps of a probability from 0 to 1: thresholds are whole numbers of them. */
export const STEPS = 1000;

/** Counts by step: element s is the number of rows whose probability is at least s / STEPS, `[STEPS + 1]`. */
type CountsFrom = Uint32Array;

/** The validation rows by probability. */
export interface Tally {
  readonly rows: number;
  /** Rows by the probability of their most probable class. */
  readonly answered: CountsFrom;
  /** Rows of `answered` that are predicted right. */
  readonly right: CountsFrom;
  /** For two classes, by class c and true class t: rows of t by their probability of c. Null for other numbers. */
  readonly pairs: readonly (readonly [CountsFrom, CountsFrom])[] | null;
}

type Judged = Pick<Evaluation, "probabilities" | "truth" | "predicted">;

/** Counts the rows of an evaluation. @throws the signal's reason, once it is aborted */
export async function tallyOf(
  { probabilities, truth, predicted }: Judged,
  signal: AbortSignal,
): Promise<Tally> {
  const { data, cols: K } = probabilities;
  const none = (): CountsFrom => new Uint32Array(STEPS + 1);
  const [answered, right] = [none(), none()];
  const pairs = K === 2 ? ([0, 1].map(() => [none(), none()]) as [CountsFrom, CountsFrom][]) : null;
  const count = (row: number) => {
    const step = stepOf(data[row * K + predicted[row]]);
    answered[step]++;
    if (truth[row] === predicted[row]) right[step]++;
    for (let k = 0; pairs && k < 2; k++) pairs[k][truth[row]][stepOf(data[row * K + k])]++;
  };
  await inBlocks(truth.length, signal, count);
  for (const counts of [answered, right, ...(pairs ?? []).flat()]) addFromTheEnd(counts);
  return { rows: truth.length, answered, right, pairs };
}

/** Returns the last step that is not above a probability. */
export function stepOf(probability: number): number {
  const step = Math.min(STEPS, Math.max(0, Math.round(probability * STEPS)));
  return step / STEPS > probability ? Math.max(0, step - 1) : step;
}

/** Turns the counts of single steps into counts of each step and all above it. */
function addFromTheEnd(counts: CountsFrom): void {
  for (let step = counts.length - 2; step >= 0; step--) counts[step] += counts[step + 1];
}

/** The rows that are answered if those of at least some probability are. */
export interface Answers {
  readonly answered: number;
  readonly right: number;
  /** Share of all rows that are answered. */
  readonly coverage: number;
  /** Share of the answered rows that are right; NaN without any. */
  readonly accuracy: number;
}

/** Returns how many rows are answered, and right, if those below a step get no answer. */
export function answersAt(tally: Tally, step: number): Answers {
  const [answered, right] = [tally.answered[step], tally.right[step]];
  return { answered, right, coverage: answered / tally.rows, accuracy: right / answered };
}

/** The four outcomes of looking for a class among two. */
export interface Outcomes {
  /** Rows of the class that are taken for it. */
  readonly found: number;
  /** Rows of the class that are taken for the other. */
  readonly missed: number;
  /** Rows of the other class that are taken for it. */
  readonly falseAlarms: number;
  /** Rows of the other class that are taken for the other. */
  readonly leftAlone: number;
  /** Share of the rows taken for the class that are of it; NaN without any. */
  readonly precision: number;
  /** Share of the rows of the class that are taken for it; NaN without any. */
  readonly recall: number;
}

/** Returns the outcomes if rows whose probability of class `positive` is at least a step are taken for it. */
export function outcomesAt(pairs: NonNullable<Tally["pairs"]>, positive: number, step: number): Outcomes {
  const [own, other] = [pairs[positive][positive], pairs[positive][1 - positive]];
  const [found, falseAlarms] = [own[step], other[step]];
  return {
    ...{ found, missed: own[0] - found, falseAlarms, leftAlone: other[0] - falseAlarms },
    precision: found / (found + falseAlarms),
    recall: found / own[0],
  };
}

/** Returns the number of rows in each of `bins` equal parts of the range from 0 to 1; the last includes 1. */
export function histogramOf(counts: CountsFrom, bins: number): number[] {
  const from = (bin: number) => (bin < bins ? counts[Math.round((bin * STEPS) / bins)] : 0);
  return Array.from({ length: bins }, (_, bin) => from(bin) - from(bin + 1));
}

/** Names of the class that people look for. */
const POSITIVE = /^(1|true|yes|y|ja|oui|positive|pos|spam|ill|sick|fraud|churn(ed)?)$/i;

/** Returns the class of two that is likely looked for: by its name, else the rarer one, else the second. */
export function likelyPositive(pairs: NonNullable<Tally["pairs"]>, classes: readonly Label[]): 0 | 1 {
  const named = classes.findIndex((label) => POSITIVE.test(String(label)));
  if (named >= 0) return named === 0 ? 0 : 1;
  return pairs[0][0][0] < pairs[0][1][0] ? 0 : 1;
}
