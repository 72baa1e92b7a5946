/** The search for λ: one button, two curves by λ, the choice explained, and a button that takes it. */
import { FocusableButton } from "../../../../ui/buttons.tsx";
import { formatBrief, formatCount } from "../../../../ui/format.ts";
import { Section } from "../../../../ui/section.tsx";
import { L2S, PenaltySweep, type SweepPoint } from "../../../state/penalty-sweep.ts";
import type { Session } from "../../../state/session.ts";
import { SweepCurves } from "./sweep-curves.tsx";
import { chooseFrom, reasonsFor, sampleText, simplerText } from "./sweep-words.ts";

/** Returns the session's sweep, which outlives the panel. */
function sweepOf(session: Session): PenaltySweep {
  session.sweep ??= new PenaltySweep(session.dataset, session.choices, session.run);
  return session.sweep;
}

export function PenaltySweepPanel({ session }: { readonly session: Session }) {
  const sweep = sweepOf(session);
  const isBusy = sweep.isBusy.value;
  const points = sweep.points.value;
  const rows = sweep.rows.value;
  return (
    <Section
      title="The best λ"
      lead={`λ holds weights small. Too small a λ lets the model learn rows by heart, too large a one lets it learn nothing. The button fits ${formatCount(L2S.length)} of them to the optimum with L-BFGS and compares them on the validation rows.`}
    >
      <button
        type="button"
        onClick={({ detail }) => {
          if (!isBusy) void sweep.start();
          // The second half of a double click does not cancel what the first has started.
          else if (detail < 2) sweep.cancel();
        }}
      >
        {isBusy ? "Cancel the search" : "Find the best λ"}
      </button>
      {isBusy && (
        <progress
          aria-label="λ that are fitted"
          max={L2S.length}
          value={Math.max(0, sweep.begun.value - 1)}
        />
      )}
      <p role="status" class="status sweep-status">
        {statusText(sweep)}
      </p>
      {rows && sampleText(rows) && <p class="hint">{sampleText(rows)}</p>}
      {points.length > 0 && <Found session={session} sweep={sweep} points={points} />}
    </Section>
  );
}

function statusText(sweep: PenaltySweep): string {
  switch (sweep.status.value) {
    case "idle":
      return "";
    case "pausing":
      return "Waiting for the run to pause; it goes on afterwards.";
    case "fitting":
      return "Fitting, the largest λ first …";
    case "done":
      return `Done: ${formatCount(L2S.length)} λ compared.`;
    case "stopped":
      return "Stopped before all λ were fitted: nothing is known yet.";
    case "failed":
      return `The search ended early: ${sweep.error.value}`;
  }
}

interface FoundProps {
  readonly session: Session;
  readonly sweep: PenaltySweep;
  readonly points: readonly SweepPoint[];
}

function Found({ session, sweep, points }: FoundProps) {
  const choice = chooseFrom(points, sweep.standardError.value);
  return (
    <>
      {choice && (
        <div class="sweep-choice">
          {reasonsFor(points, choice).map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
          {choice.simpler && <p>{simplerText(choice, sweep.standardError.value)}</p>}
          <div class="flow">
            <UseButton session={session} l2={choice.best.l2} />
            {choice.simpler && <UseButton session={session} l2={choice.simpler.l2} />}
          </div>
          <p class="hint">
            The validation rows have chosen λ: new rows may do a little worse than the figures here.
          </p>
        </div>
      )}
      <SweepCurves points={points} chosen={choice?.best.l2 ?? null} />
    </>
  );
}

function UseButton({ session, l2 }: { readonly session: Session; readonly l2: number }) {
  const isInUse = session.choices.value.l2 === l2;
  const use = async () => {
    await session.choose({ ...session.choices.peek(), l2 });
    void session.run.start();
  };
  return (
    <FocusableButton
      label={`${isInUse ? "In use: " : "Use "}λ = ${formatBrief(l2)}`}
      isDisabled={isInUse}
      onPress={() => void use()}
    />
  );
}
