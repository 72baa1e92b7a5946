/** @jsxImportSource preact */
/** Where the run stands, and the two buttons that move it on without leaving the view. */
import { OneRoundButton, StartButton } from "../../../components/run-buttons.tsx";
import type { Session } from "../../../state/session.ts";

/** The strip. */
export function RunStrip({ session }: { readonly session: Session }) {
  const unit = session.choices.value.solver === "lbfgs" ? "iteration" : "epoch";
  return (
    <div class="run-strip">
      <div class="buttons">
        <StartButton session={session} />
        <OneRoundButton session={session} />
      </div>
      <p class="status">{where(session, unit)}</p>
    </div>
  );
}

function where({ status, rounds, snapshot }: Session, unit: string): string {
  const last = rounds.value.at(-1);
  if (!snapshot.value)
    return status.value === "training" ? "Getting ready." : "Not trained yet: W = 0, b = 0.";
  if (!last) return "A model from a file.";
  return `After ${unit} ${last.index}${status.value === "training" ? ", training" : ""}.`;
}
