/** @jsxImportSource preact */
/** Starts, pauses and resets a run, and says how far it has come. */
import { Section } from "../../../../bench/page/components/section.tsx";
import { CalmButton } from "../../components/calm-button.tsx";
import { percent } from "../../components/percent.ts";
import { OneRoundButton, StartButton } from "../../components/run-buttons.tsx";
import { useCalmly } from "../../components/use-calmly.ts";
import type { Round, Session } from "../../state/session.ts";
import { RunFacts } from "./run-facts.tsx";
import { type Standing, statusText, unitOf } from "./run-words.ts";

/** How often figures change for the eye, and for a screen reader that reads them out, ms. */
const FOR_EYES = 200;
const FOR_EARS = 5000;

/** The buttons and what they do to the run. */
export function RunPanel({ session }: { readonly session: Session }) {
  const status = session.status.value;
  return (
    <Section title="Run">
      <div class="run-controls">
        <StartButton session={session} />
        <OneRoundButton session={session} />
        <CalmButton label="Reset" isOff={status === "idle"} onPress={() => void session.reset()} />
      </div>
      <Progress session={session} />
      <Announcement session={session} />
      <RunFacts session={session} />
    </Section>
  );
}

function Progress({ session }: { readonly session: Session }) {
  const latest = useCalmly(() => session.rounds.value.at(-1), FOR_EYES, [session.status.value]);
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
  const latest = useCalmly(() => session.rounds.value.at(-1), FOR_EARS, [session.status.value]);
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
