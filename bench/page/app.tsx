/** The page from top to bottom: the device, what to measure, the run, saved records, results. */
import { Section } from "../../demo/ui/section.tsx";
import { SiteBar } from "../../demo/ui/site-bar.tsx";
import { DevicePanel } from "./components/device-panel.tsx";
import { PlanForm } from "./components/plan-form.tsx";
import { RecordsPanel } from "./components/records-panel.tsx";
import { Results } from "./components/results.tsx";
import { RunPanel } from "./components/run-panel.tsx";
import type { BenchState } from "./state.ts";

export function App({ state }: { readonly state: BenchState }) {
  return (
    <>
      <SiteBar page="benchmark" />
      <header>
        <h1>GPU benchmark</h1>
        <p>
          How fast does this machine train a softmax classifier? softmax-webgpu takes training steps on the
          GPU through WebGPU and on the CPU through WebAssembly, and every result is checked against a float64
          reference. All of it happens in this tab; nothing is sent anywhere.
        </p>
      </header>
      <main>
        <DevicePanel state={state} />
        <Section title="What to measure">
          <PlanForm state={state} />
          <RunPanel state={state} />
        </Section>
        <RecordsPanel state={state} />
        <Results state={state} />
      </main>
    </>
  );
}
