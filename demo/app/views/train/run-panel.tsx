/** The first screen of "Train": starts, pauses and resets a run, with its figures, the weights, and a pad to draw on. */
import { FocusableButton } from "../../../ui/buttons.tsx";
import { formatCount, formatLoss, formatNumber, formatShare, NOTHING } from "../../../ui/format.ts";
import { Facts } from "../../../ui/section.tsx";
import { useThrottled } from "../../../ui/signal-hooks.ts";
import { OneEpochButton, StartButton } from "../../components/run-buttons.tsx";
import { unitOf } from "../../state/choices.ts";
import type { Status } from "../../state/run.ts";
import type { EpochMetrics } from "../../state/run-records.ts";
import type { Session } from "../../state/session.ts";
import { LazyPad } from "./lazy-pad.tsx";
import { OutcomeWords } from "./outcome.tsx";
import { rowWords, taskText } from "./outcome-words.ts";
import { type RunProgress, reasonText, statusText } from "./run-words.ts";
import { ClassWeights } from "./weights-panel.tsx";

/** Least time between two updates: on the screen, and for a screen reader that reads them out; ms. */
const FOR_EYES = 200;
const FOR_EARS = 5000;

export function RunPanel({ session }: { readonly session: Session }) {
  const dataset = session.dataset.value;
  const status = shownStatus(session);
  const canDraw = dataset.image?.channels === 1;
  return (
    <section class="panel hero" aria-labelledby="run-title">
      <div class="hero-head">
        <h2 id="run-title">{taskText(dataset)}</h2>
        <RunControls session={session} />
      </div>
      <div class="run-line">
        <Accuracy session={session} status={status} />
        {hasOutcome(session, status) ? (
          <OutcomeWords session={session} />
        ) : (
          <Progress session={session} status={status} />
        )}
      </div>
      <Announcement session={session} status={status} />
      <div class={canDraw ? "hero-body with-pad" : "hero-body"}>
        <ClassWeights session={session} />
        {canDraw && dataset.image && <LazyPad session={session} image={dataset.image} />}
      </div>
      <RunFacts session={session} status={status} />
    </section>
  );
}

/** Tells whether a run has ended whose model is in use: also after the options for the next one were changed. */
function hasOutcome({ run }: Session, status: Status): boolean {
  return (
    status === "done" || (status === "idle" && run.inUse.value !== null && run.stopReason.value !== null)
  );
}

/** Returns the status; a run is done once its last model is evaluated too, so that all figures change together. */
function shownStatus({ run, evaluator }: Session): Status {
  const status = run.status.value;
  return status === "done" && !evaluator.isUpToDate.value ? "training" : status;
}

function RunControls({ session }: { readonly session: Session }) {
  return (
    <div class="run-controls buttons">
      <StartButton session={session} />
      <OneEpochButton session={session} />
      <FocusableButton
        label="Reset"
        isDisabled={session.run.status.value === "idle" && session.run.inUse.value === null}
        onPress={() => void session.run.reset()}
      />
      <button type="button" onClick={() => document.getElementById("options")?.focus()}>
        Options
      </button>
    </div>
  );
}

interface OfStatus {
  readonly session: Session;
  readonly status: Status;
}

/** The share of unseen rows that are right, in large figures. */
function Accuracy({ session, status }: OfStatus) {
  const { run, dataset } = session;
  const accuracy = useThrottled(
    () => run.history.value.at(-1)?.validationAccuracy ?? run.opened.value?.accuracy,
    FOR_EYES,
    [status],
  );
  const rows = dataset.value.validation.x.rows;
  if (accuracy === undefined) return <div class="accuracy" />;
  return (
    <dl class="accuracy">
      <dt class="unseen">Validation accuracy</dt>
      <dd>{formatShare(accuracy)}</dd>
      <dd class="hint">
        right, of {formatCount(rows)} {rowWords(dataset.value).many} it has never seen
      </dd>
    </dl>
  );
}

function Progress({ session, status }: OfStatus) {
  const latest = useThrottled(() => session.run.history.value.at(-1), FOR_EYES, [status]);
  const progress = progressOf(session, status, latest);
  const { train, validation } = session.dataset.value;
  const { many } = rowWords(session.dataset.value);
  return (
    <div class="run-progress">
      <progress aria-label="Progress of the run" max={progress.planned} value={latest?.index ?? 0} />
      <p>{statusText(progress)}</p>
      <p class="hint">
        Each {progress.unit} goes once through {formatCount(train.x.rows)} {many}, then tries{" "}
        {formatCount(validation.x.rows)} others. All of it happens in this tab.
      </p>
    </div>
  );
}

/** Tells screen readers a change of status at once, and the progress now and then. */
function Announcement({ session, status }: OfStatus) {
  const latest = useThrottled(() => session.run.history.value.at(-1), FOR_EARS, [status]);
  return (
    <p class="unseen" role="status">
      {statusText(progressOf(session, status, latest))}{" "}
      {latest && `Validation accuracy ${formatShare(latest.validationAccuracy)}.`}
    </p>
  );
}

function progressOf(
  { run, choices }: Session,
  status: Status,
  latest: EpochMetrics | undefined,
): RunProgress {
  const { solver, epochs: planned } = choices.value;
  return { status, latest, unit: unitOf(solver), planned, stopReason: run.stopReason.value };
}

function RunFacts({ session, status }: OfStatus) {
  const { run } = session;
  const { speed, latest, opened } = useThrottled(
    () => ({ speed: run.speed.value, latest: run.history.value.at(-1), opened: run.opened.value }),
    FOR_EYES,
    [status],
  );
  const steps = unitOf(session.choices.value.solver) === "epoch" ? "Steps" : "Passes";
  const device = run.device.value;
  const isImitated = device?.software && device.kind === "webgpu";
  const imitated = isImitated ? " A CPU imitates a GPU here: right, but slow." : "";
  const facts = [
    ["Validation loss", formatLoss(latest?.validationLoss ?? opened?.loss)],
    ["Rows per second", speed ? formatNumber(speed.rowsPerSecond) : NOTHING],
    [`${steps} per second`, speed ? formatNumber(speed.stepsPerSecond) : NOTHING],
    [
      "Device in use",
      device?.name ?? NOTHING,
      { hint: device ? `${reasonText(device.reason)}.${imitated}` : "Known once training has begun." },
    ],
  ] as const;
  return <Facts class="facts run-facts" facts={facts} />;
}
