/** The progress of a run, the time that it has left, how it ended, and the button that stops it. */
import { useEffect, useState } from "preact/hooks";
import type { BenchRecord } from "../../record.ts";
import type { BenchState, RunState } from "../state.ts";
import { timeLeftText } from "../time-left.ts";

/** Words for a run or a check that waits. */
export const PAUSED = "Paused while this tab is in the background.";

export function RunStatus({ state }: { readonly state: BenchState }) {
  const run = state.run.value;
  const isRunning = run.status === "running";
  const isPaused = isRunning && state.attention.isPaused.value;
  return (
    <div class="run-status">
      {isRunning && (
        <>
          <progress
            aria-label="Progress of the run"
            max={run.progress?.total || 1}
            value={run.progress?.done ?? 0}
          />
          <div class="flow">
            <TimeLeftWords state={state} />
            <button type="button" onClick={() => state.cancel()} disabled={run.stopping}>
              {run.stopping ? "Stopping …" : "Cancel"}
            </button>
          </div>
        </>
      )}
      <p class={run.status === "failed" ? "notice" : "hint"} aria-live="polite">
        {isPaused ? PAUSED : inWords(run, state.last.value)}
      </p>
    </div>
  );
}

/** The estimate, renewed every second. */
function TimeLeftWords({ state }: { readonly state: BenchState }) {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => setLeft(state.timeLeft()), 1000);
    return () => clearInterval(timer);
  }, [state]);
  return <p class="time-left">{timeLeftText(left) || "Measuring …"}</p>;
}

function inWords(run: RunState, last: BenchRecord | null): string {
  switch (run.status) {
    case "idle":
      return "";
    case "done":
      return last && last.steps.length === 0 && last.failures.length > 0
        ? "Done, without a result: the details below say what could not be measured."
        : "Done.";
    case "stopped":
      return "Stopped. The results until then are kept.";
    case "failed":
      return `The run failed: ${run.message}. The results until then are kept.`;
    case "running":
      return run.progress
        ? `${run.progress.done} of ${run.progress.total}: ${run.progress.doing}`
        : "Loading the libraries …";
  }
}
