/** Folded until it is opened: the GPU's limits, every choice of what to measure, all results, and saved runs. */
import { useState } from "preact/hooks";
import type { BenchState } from "../state.ts";
import { DevicePanel } from "./device-panel.tsx";
import { PlanPanel } from "./plan-panel.tsx";
import { RecordsPanel } from "./records-panel.tsx";
import { Results } from "./results.tsx";

export function Details({ state }: { readonly state: BenchState }) {
  // Charts measure their place, so that they are made when it is there.
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="more" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Details: every result, kernels and their roof, saved runs, and what else can be measured
      </summary>
      {isOpen && (
        <>
          <Results state={state} />
          <PlanPanel state={state} />
          <RecordsPanel state={state} />
          <DevicePanel state={state} />
        </>
      )}
    </details>
  );
}
