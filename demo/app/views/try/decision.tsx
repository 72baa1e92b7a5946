/** Applies the limits that were chosen in “How sure is it?” to an answer: it is too unsure, or one of two classes. */
import { formatShare } from "../../../ui/format.ts";
import type { Session } from "../../state/session.ts";
import { decide, limitsOf, positionOf } from "./decide.ts";
import type { Prediction } from "./drawing.ts";

interface DecisionProps {
  readonly session: Session;
  readonly prediction: Pick<Prediction, "probabilities" | "classes"> | null;
}

export function Decision({ session, prediction }: DecisionProps) {
  const limits = limitsOf(session);
  if (!prediction) return null;
  const { probabilities, classes } = prediction;
  const k = decide(probabilities, classes, limits);
  const { minProbability, threshold } = limits;
  if (k === null) {
    return (
      <p class="notice">
        Too unsure to say: no class has the {formatShare(minProbability)} that you ask for.
      </p>
    );
  }
  if (!threshold || positionOf(threshold, classes) === null) return null;
  return (
    <p class="hint">
      Counts as “{String(classes[k])}”: by your threshold, “{String(threshold.positive)}” takes{" "}
      {formatShare(threshold.probability)}.
    </p>
  );
}
