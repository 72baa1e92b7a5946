/** @jsxImportSource preact */
/** Starts, pauses and resets a run, and says how far it has come. */
import { Section } from "../../../../bench/page/components/section.tsx";
import { CalmButton } from "../../components/calm-button.tsx";
import { percent } from "../../components/percent.ts";
import { useCalmly } from "../../components/use-calmly.ts";
import type { Round, Session, Status } from "../../state/session.ts";
import { RunFacts } from "./run-facts.tsx";
import { type Standing, statusText, unitOf } from "./run-words.ts";

/** How often figures change for the eye, and for a screen reader that reads them out, ms. */
const FOR_EYES = 200;
const FOR_EARS = 5000;

const START: Record<Exclude<Status, "training">, string> = {
  idle: "Start",
  paused: "Continue",
  done: "Start again",
  failed: "Start again",
};

/** The buttons and what they do to the run. */
export function RunPanel({ session }: { readonly session: Session }) {
  const status = session.status.value;
  const unit = unitOf(session.choices.value.solver);
  const training = status === "training";
  return (
    <Section title="Run">
      <div class="run-controls">
        <button
          type="button"
          class="primary"
          onClick={({ detail }) => {
            // The second half of a double click would pause what the first has started.
            if (detail > 1) return;
            if (training) session.pause();
            else void session.start();
          }}
        >
          {training ? "Pause" : START[status]}
        </button>
        <CalmButton
          label={`One ${unit}`}
          isOff={status !== "idle" && status !== "paused"}
          onPress={() => void session.step()}
        />
        <CalmButton label="Reset" isOff={status === "idle"} onPress={() => void session.reset()} />
      </div>
      <Progress session={session} />
      <Announcement session={session} key={status} />
      <RunFacts session={session} />
    </Section>
  );
}

function Progress({ session }: { readonly session: Session }) {
  const latest = useCalmly(() => session.rounds.value.at(-1), FOR_EYES);
  const standing = standingOf(session, latest);
  const done = standing.status === "done" ? standing.planned : (latest?.index ?? 0);
  return (
    <>
      <progress aria-label="How far the run has come" max={standing.planned} value={done} />
      <p class="status">{statusText(standing)}</p>
    </>
  );
}

/** The same for screen readers: a change of status at once, figures now and then. */
function Announcement({ session }: { readonly session: Session }) {
  const latest = useCalmly(() => session.rounds.value.at(-1), FOR_EARS);
  return (
    <p class="unseen" role="status">
      {statusText(standingOf(session, latest))}{" "}
      {latest && `Validation accuracy ${percent(latest.validationAccuracy)}.`}
    </p>
  );
}

function standingOf({ status, choices, stopReason }: Session, latest: Round | undefined): Standing {
  const { solver, rounds: planned } = choices.value;
  const unit = unitOf(solver);
  return { status: status.value, latest, unit, planned, stopReason: stopReason.value };
}
