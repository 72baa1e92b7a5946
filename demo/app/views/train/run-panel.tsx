/** Starts, pauses and resets a run, and shows its progress, its speed and its device. */
import { FocusableButton } from "../../../ui/buttons.tsx";
import { formatLoss, formatNumber, formatShare, NOTHING } from "../../../ui/format.ts";
import { Facts, Section } from "../../../ui/section.tsx";
import { useThrottled } from "../../../ui/signal-hooks.ts";
import { OneEpochButton, StartButton } from "../../components/run-buttons.tsx";
import { unitOf } from "../../state/choices.ts";
import type { EpochMetrics } from "../../state/run-records.ts";
import type { Session } from "../../state/session.ts";
import { type RunProgress, reasonText, statusText } from "./run-words.ts";

/** Least time between two updates: on the screen, and for a screen reader that reads them out; ms. */
const FOR_EYES = 200;
const FOR_EARS = 5000;

export function RunPanel({ session }: { readonly session: Session }) {
  const status = session.run.status.value;
  return (
    <Section title="Run">
      <div class="run-controls">
        <StartButton session={session} />
        <OneEpochButton session={session} />
        <FocusableButton
          label="Reset"
          isDisabled={status === "idle"}
          onPress={() => void session.run.reset()}
        />
      </div>
      <Progress session={session} />
      <Announcement session={session} />
      <RunFacts session={session} />
    </Section>
  );
}

function Progress({ session }: { readonly session: Session }) {
  const latest = useThrottled(() => session.run.history.value.at(-1), FOR_EYES, [session.run.status.value]);
  const progress = progressOf(session, latest);
  const done = progress.status === "done" ? progress.planned : (latest?.index ?? 0);
  return (
    <>
      <progress aria-label="Progress of the run" max={progress.planned} value={done} />
      <p class="status">{statusText(progress)}</p>
    </>
  );
}

/** Tells screen readers a change of status at once, and the progress now and then. */
function Announcement({ session }: { readonly session: Session }) {
  const latest = useThrottled(() => session.run.history.value.at(-1), FOR_EARS, [session.run.status.value]);
  return (
    <p class="unseen" role="status">
      {statusText(progressOf(session, latest))}{" "}
      {latest && `Validation accuracy ${formatShare(latest.validationAccuracy)}.`}
    </p>
  );
}

function progressOf({ run, choices }: Session, latest: EpochMetrics | undefined): RunProgress {
  const { solver, epochs: planned } = choices.value;
  const unit = unitOf(solver);
  return { status: run.status.value, latest, unit, planned, stopReason: run.stopReason.value };
}

function RunFacts({ session }: { readonly session: Session }) {
  const { run } = session;
  const { speed, latest, opened } = useThrottled(
    () => ({ speed: run.speed.value, latest: run.history.value.at(-1), opened: run.opened.value }),
    FOR_EYES,
  );
  const steps = unitOf(session.choices.value.solver) === "epoch" ? "Steps" : "Passes";
  const facts = [
    ["Validation accuracy", formatShare(latest?.validationAccuracy ?? opened?.accuracy)],
    ["Validation loss", formatLoss(latest?.validationLoss ?? opened?.loss)],
    ["Rows per second", speed ? formatNumber(speed.rowsPerSecond) : NOTHING],
    [`${steps} per second`, speed ? formatNumber(speed.stepsPerSecond) : NOTHING],
  ] as const;
  return (
    <>
      <Facts class="facts large" facts={facts} />
      <DeviceInUse session={session} />
    </>
  );
}

function DeviceInUse({ session }: { readonly session: Session }) {
  const device = session.run.device.value;
  if (!device) return <p class="hint">The device in use is known once training has begun.</p>;
  return (
    <div class="device-in-use">
      <p>
        <span class="unseen">Device in use: </span>
        {device.name}
      </p>
      <p class="hint">
        {reasonText(device.reason)}.
        {device.software && device.kind === "webgpu" && " A CPU imitates a GPU here: right, but slow."}
      </p>
    </div>
  );
}
