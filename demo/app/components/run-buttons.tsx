/** Buttons that start, continue and pause the run, for every view. */
import { useRef } from "preact/hooks";
import { FocusableButton } from "../../ui/buttons.tsx";
import { unitOf } from "../state/choices.ts";
import type { Status } from "../state/run.ts";
import type { Session } from "../state/session.ts";

/** Longest time of a double click, ms: its second half must not pause the run that the first has started. */
const DOUBLE_CLICK = 250;

const START: Record<Exclude<Status, "training">, string> = {
  idle: "Start",
  paused: "Continue",
  done: "Start again",
  failed: "Start again",
};

/** Starts, continues or pauses the run. */
export function StartButton({ session }: { readonly session: Session }) {
  const started = useRef(-Infinity);
  const status = session.run.status.value;
  return (
    <button
      type="button"
      class="primary"
      onClick={({ detail, timeStamp }) => {
        if (status !== "training") {
          started.current = timeStamp;
          void session.run.start();
        } else if (detail < 2 || timeStamp - started.current > DOUBLE_CLICK) session.run.pause();
      }}
    >
      {status === "training" ? "Pause" : START[status]}
    </button>
  );
}

/** Trains one epoch, then pauses. Disabled for a finished run, which it would discard. */
export function OneEpochButton({ session }: { readonly session: Session }) {
  const status = session.run.status.value;
  return (
    <FocusableButton
      label={`One ${unitOf(session.choices.value.solver)}`}
      isDisabled={status !== "idle" && status !== "paused"}
      onPress={() => void session.run.step()}
    />
  );
}
