/** The button that measures this computer, its GPU by name, and the progress of a run. */
import { Section } from "../../../demo/ui/section.tsx";
import type { GpuState } from "../gpu.ts";
import { adapterName } from "../record-names.ts";
import { startWords } from "../start-words.ts";
import type { BenchState } from "../state.ts";
import { RunStatus } from "./run-status.tsx";

export function StartPanel({ state }: { readonly state: BenchState }) {
  const gpu = state.gpu.value;
  const isRunning = state.run.value.status === "running";
  return (
    <Section title="This computer">
      <p class="device-name">{nameOf(gpu)}</p>
      {gpu.status === "none" && (
        <p class="notice">
          <strong>No WebGPU here.</strong> {gpu.reason} WebAssembly, on the CPU, is measured all the same.
        </p>
      )}
      {gpu.status === "found" && gpu.adapter.software && (
        <p class="notice">
          <strong>Software adapter.</strong> A CPU does the work of a GPU here: results are right, times say
          nothing about a GPU.
        </p>
      )}
      <button
        type="button"
        class="primary large"
        onClick={() => void state.start(state.oneClick.value)}
        disabled={isRunning || gpu.status === "asking"}
      >
        Measure this computer
      </button>
      <p class="hint">{startWords(state.oneClick.value, Object.keys(state.asked.changes).length === 0)}</p>
      <RunStatus state={state} />
    </Section>
  );
}

function nameOf(gpu: GpuState): string {
  if (gpu.status === "asking") return "Asking the browser for its GPU …";
  if (gpu.status === "none") return `CPU with ${navigator.hardwareConcurrency} cores`;
  return `GPU: ${adapterName(gpu.adapter)}${gpu.adapter.software ? " (software)" : ""}`;
}
