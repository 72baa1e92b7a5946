/**
 * A ceiling is what the best form of a kernel reaches: which one that is differs by device, so all are
 * tried.
 */
import type { Spread } from "../record.ts";

/** Rounds in which a form is tried. */
const TRIAL_ROUNDS = 2;

/**
 * Tries every form shortly, then measures the one with the highest rate. `rateOf` gives the rate over so
 * many rounds.
 */
export async function measureBest<Form>(
  forms: readonly Form[],
  rateOf: (form: Form, rounds: number) => Promise<Spread>,
  rounds: number,
): Promise<Spread> {
  let best = { form: forms[0], rate: 0 };
  for (const form of forms) {
    const { max: rate } = await rateOf(form, TRIAL_ROUNDS);
    if (rate > best.rate) best = { form, rate };
  }
  return rateOf(best.form, rounds);
}
