/** @jsxImportSource preact */
/** The model at hand: its name, its facts, how far it is, and the way on. */

import { Section } from "../../../../bench/page/components/section.tsx";
import type { SavedModel } from "../../../../src/formats/saved-model.ts";
import { percent } from "../../components/percent.ts";
import { StartButton } from "../../components/run-buttons.tsx";
import type { Session } from "../../state/session.ts";
import { factsOf } from "./facts.ts";
import { nameOf } from "./model-names.ts";

interface FactsSectionProps {
  readonly session: Session;
  readonly saved: SavedModel | null;
}

/** The panel. */
export function FactsSection({ session, saved }: FactsSectionProps) {
  const status = session.status.value;
  const { model } = session;
  if (!saved || !model) {
    return (
      <Section
        title="No model yet"
        lead={
          status === "training"
            ? "The first round is under way."
            : `Train one on ${session.dataset.value.name}, or open a file below.`
        }
      >
        <p class="buttons">
          <StartButton session={session} />
        </p>
      </Section>
    );
  }
  return (
    <Section title={nameOf(model, session.dataset.value.name)}>
      <dl class="facts">
        {factsOf(saved).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons model-run">
        {status !== "done" && <StartButton session={session} />}
        <p class="status" role="status">
          {progressOf(session)}
        </p>
      </div>
    </Section>
  );
}

function progressOf({ status, rounds, opened, choices }: Session): string {
  const last = rounds.value.at(-1);
  const unit = choices.value.solver === "lbfgs" ? "iteration" : "epoch";
  const place = last ? `after ${unit} ${last.index}` : "as it came from its file";
  const accuracy = percent(last?.validationAccuracy ?? opened.value?.accuracy);
  const where = `${place}, ${accuracy} of the validation rows right`;
  const words = { idle: "Ready", training: "Training", paused: "Paused", done: "Done", failed: "Stopped" };
  return `${words[status.value]}, ${where}.`;
}
