/** The panel on how far to trust the model: threshold, rows without an answer, calibration. */
import { useEffect, useState } from "preact/hooks";
import { Section } from "../../../../ui/section.tsx";
import type { Evaluation } from "../../../state/evaluation.ts";
import type { Session } from "../../../state/session.ts";
import { type Tally, tallyOf } from "../../../state/tally.ts";
import { Calibration } from "./calibration.tsx";
import { Rejection } from "./rejection.tsx";
import { ThresholdPart } from "./threshold.tsx";

interface QualityPanelProps {
  readonly session: Session;
  readonly evaluation: Evaluation | null;
}

export function QualityPanel({ session, evaluation }: QualityPanelProps) {
  const counted = useTally(evaluation);
  return (
    <Section
      title="How sure is it?"
      lead="A model gives a probability for each class. Here is how far the validation rows bear them out."
    >
      {counted === null ? (
        <p class="status">It appears after the first epoch.</p>
      ) : (
        <div class="quality">
          {counted.tally.pairs && (
            <ThresholdPart
              session={session}
              pairs={counted.tally.pairs}
              classes={counted.evaluation.report.classes}
            />
          )}
          <Rejection session={session} tally={counted.tally} K={counted.evaluation.report.classes.length} />
          <Calibration session={session} evaluation={counted.evaluation} />
        </div>
      )}
    </Section>
  );
}

interface Counted {
  readonly evaluation: Evaluation;
  readonly tally: Tally;
}

/** Counts the rows of each evaluation. Returns the last that is counted; null without an evaluation. */
function useTally(evaluation: Evaluation | null): Counted | null {
  const [counted, setCounted] = useState<Counted | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    if (evaluation === null) setCounted(null);
    else
      tallyOf(evaluation, signal).then(
        (tally) => !signal.aborted && setCounted({ evaluation, tally }),
        (error: unknown) => {
          if (!signal.aborted) throw error;
        },
      );
    return () => controller.abort();
  }, [evaluation]);
  return counted;
}
