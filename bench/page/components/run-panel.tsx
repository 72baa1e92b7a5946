/** Starts and stops a run, and shows its progress. */
import { obstacle, summary } from "../plan-of.ts";
import type { BenchState, RunState } from "../state.ts";

export function RunPanel({ state }: { readonly state: BenchState }) {
  const plan = state.plan.value;
  const run = state.run.value;
  const against = obstacle(plan);
  const running = run.status === "running";
  return (
    <div class="run">
      <div class="flow">
        <button
          type="button"
          class="primary"
          onClick={() => (running ? state.cancel() : void state.start())}
          disabled={running ? run.stopping : state.gpu.value.status === "asking" || against !== null}
        >
          {running ? (run.stopping ? "Stopping …" : "Cancel") : "Run"}
        </button>
        <p class="hint">{against ?? `${summary(plan)}. Keep this tab in front while it measures.`}</p>
      </div>
      {running && (
        <progress
          aria-label="Progress of the run"
          max={run.progress?.total || 1}
          value={run.progress?.done ?? 0}
        />
      )}
      <p class={run.status === "failed" ? "notice" : "status"} aria-live="polite">
        {inWords(run)}
      </p>
    </div>
  );
}

function inWords(run: RunState): string {
  switch (run.status) {
    case "idle":
      return "";
    case "done":
      return "Done. The results are below.";
    case "stopped":
      return "Stopped. The results until then are below.";
    case "failed":
      return `The run failed: ${run.message}. The results until then are below.`;
    case "running":
      return run.progress
        ? `${run.progress.done} of ${run.progress.total}: ${run.progress.doing}`
        : "Starting …";
  }
}
