/** @jsxImportSource preact */
/** The page from top to bottom: the device, what to measure, the run, saved results, figures. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { RunBenchmark } from "../plan.ts";
import { askForGpu, type GpuState } from "./adapter.ts";
import { DevicePanel } from "./components/device-panel.tsx";
import { PlanForm } from "./components/plan-form.tsx";
import { RecordsPanel } from "./components/records-panel.tsx";
import { Results } from "./components/results.tsx";
import { RunPanel } from "./components/run-panel.tsx";
import { Section } from "./components/section.tsx";
import { PRESETS, planOf } from "./plan-of.ts";
import { useBenchmark } from "./use-benchmark.ts";
import { useRecords } from "./use-records.ts";

/** The whole page. */
export function App({ runBenchmark }: { readonly runBenchmark: RunBenchmark }) {
  const [gpu, setGpu] = useState<GpuState>({ status: "asking" });
  const [choices, setChoices] = useState(PRESETS[0].choices);
  const records = useRecords();
  const benchmark = useBenchmark(runBenchmark, records.put);

  useEffect(() => void askForGpu().then(setGpu), []);

  const hasGpu = gpu.status !== "none";
  const running = benchmark.state.status === "running";
  // Progress comes often; tables and charts are made anew only when there is a new result.
  const results = useMemo(() => <Results entries={records.entries} />, [records.entries]);
  return (
    <>
      <header>
        <h1>GPU benchmark</h1>
        <p>
          How fast does this machine train a softmax classifier? softmax-webgpu takes training steps on the
          GPU through WebGPU and on the CPU through WebAssembly, and every result is checked against a float64
          reference. All of it happens in this tab; nothing is sent anywhere.
        </p>
      </header>
      <main>
        <DevicePanel gpu={gpu} />
        <Section title="What to measure">
          <PlanForm choices={choices} onChange={setChoices} hasGpu={hasGpu} disabled={running} />
          <RunPanel
            plan={planOf(choices, hasGpu)}
            ready={gpu.status !== "asking"}
            state={benchmark.state}
            onRun={benchmark.run}
            onCancel={benchmark.cancel}
          />
        </Section>
        <RecordsPanel records={records} measuring={running ? benchmark.state.recordId : null} />
        {results}
      </main>
    </>
  );
}
