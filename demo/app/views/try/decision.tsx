/** What an answer counts as by the limits that were chosen in “How sure is it?”: too unsure, or one of two classes. */
import { formatShare } from "../../../ui/format.ts";
import type { Session } from "../../state/session.ts";
import type { Prediction } from "./drawing.ts";

interface DecisionProps {
  readonly session: Session;
  readonly prediction: Pick<Prediction, "probabilities" | "classes"> | null;
}

export function Decision({ session, prediction }: DecisionProps) {
  const least = session.minProbability.value;
  const threshold = session.threshold.value;
  if (!prediction) return null;
  const { probabilities, classes } = prediction;
  if (Math.max(...probabilities) < least) {
    return <p class="notice">Too unsure to say: no class has the {formatShare(least)} that you ask for.</p>;
  }
  const positive = threshold ? classes.indexOf(threshold.positive) : -1;
  if (!threshold || positive < 0 || classes.length !== 2) return null;
  const isPositive = probabilities[positive] >= threshold.probability;
  const label = String(classes[isPositive ? positive : 1 - positive]);
  return (
    <p class="hint">
      Counts as “{label}”: by your threshold, “{String(threshold.positive)}” takes{" "}
      {formatShare(threshold.probability)}.
    </p>
  );
}
