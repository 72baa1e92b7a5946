/** @jsxImportSource preact */
/** Starts and stops a run, and says how far it has come. */
import type { BenchPlan } from "../../plan.ts";
import { obstacle, summary } from "../plan-of.ts";
import type { RunState } from "../use-benchmark.ts";

interface RunPanelProps {
  readonly plan: BenchPlan;
  /** False until the browser has said which GPU it has. */
  readonly ready: boolean;
  readonly state: RunState;
  readonly onRun: (plan: BenchPlan) => Promise<void>;
  readonly onCancel: () => void;
}

/** The run. */
export function RunPanel({ plan, ready, state, onRun, onCancel }: RunPanelProps) {
  const against = obstacle(plan);
  const running = state.status === "running";
  return (
    <div class="run">
      <div class="run-buttons">
        {running ? (
          <button type="button" class="primary" onClick={onCancel} disabled={state.stopping}>
            {state.stopping ? "Stopping …" : "Cancel"}
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            onClick={() => void onRun(plan)}
            disabled={!ready || against !== null}
          >
            Run
          </button>
        )}
        <p class="hint">{against ?? `${summary(plan)}. Keep this tab in front while it measures.`}</p>
      </div>
      {running && (
        <progress
          aria-label="How far the run has come"
          max={state.progress?.total || 1}
          value={state.progress?.done ?? 0}
        />
      )}
      <p class={state.status === "failed" ? "notice" : "status"} aria-live="polite">
        {inWords(state)}
      </p>
    </div>
  );
}

function inWords(state: RunState): string {
  switch (state.status) {
    case "idle":
      return "";
    case "done":
      return "Done. The figures are below.";
    case "stopped":
      return "Stopped. What was measured until then is below.";
    case "failed":
      return `The run failed: ${state.message}. What was measured until then is below.`;
    case "running":
      return state.progress
        ? `${state.progress.done} of ${state.progress.total}: ${state.progress.doing}`
        : "Starting …";
  }
}
