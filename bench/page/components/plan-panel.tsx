/** Starts a run of the visitor's own choices. */
import { Section } from "../../../demo/ui/section.tsx";
import { obstacle, summary } from "../plan-of.ts";
import type { BenchState } from "../state.ts";
import { PlanForm } from "./plan-form.tsx";

export function PlanPanel({ state }: { readonly state: BenchState }) {
  const plan = state.plan.value;
  const against = obstacle(plan);
  const isRunning = state.run.value.status === "running";
  return (
    <Section title="Measure something else">
      <PlanForm state={state} />
      <div class="run flow">
        <button
          type="button"
          class="primary"
          onClick={() => void state.start(plan)}
          disabled={isRunning || state.gpu.value.status === "asking" || against !== null}
        >
          Run
        </button>
        <p class="hint">
          {isRunning ? "A run is going on; its progress is at the top." : (against ?? `${summary(plan)}.`)}
        </p>
      </div>
    </Section>
  );
}
