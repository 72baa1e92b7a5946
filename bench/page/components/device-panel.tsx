/** @jsxImportSource preact */
/** Which GPU the browser offers, what it allows, and what that means for the figures. */
import type { AdapterRecord } from "../../record.ts";
import { factsOf, type GpuState } from "../adapter.ts";
import { formatCount } from "../format.ts";
import { adapterName } from "../record-names.ts";
import { Section } from "./section.tsx";

/** The device, or why there is none. */
export function DevicePanel({ gpu }: { readonly gpu: GpuState }) {
  return (
    <Section title="This machine">
      {gpu.status === "asking" && <p>Asking the browser for its GPU …</p>}
      {gpu.status === "none" && (
        <p class="notice">
          <strong>No WebGPU here.</strong> {gpu.reason} WebAssembly, on the CPU, is measured all the same.
        </p>
      )}
      {gpu.status === "found" && <Adapter adapter={gpu.adapter} />}
    </Section>
  );
}

function Adapter({ adapter }: { readonly adapter: AdapterRecord }) {
  const limits = Object.entries(adapter.limits).sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <p class="device-name">{adapterName(adapter)}</p>
      {adapter.software && (
        <p class="notice">
          <strong>Software adapter.</strong> A CPU imitates a GPU here: results are right, times say nothing
          about a GPU.
        </p>
      )}
      <dl class="facts">
        {factsOf(adapter).map(({ term, value, meaning }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
            <dd class="hint">{meaning}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>Everything the adapter says of itself</summary>
        <p class="hint">Features: {adapter.features.join(", ") || "none"}</p>
        <dl class="limits">
          {limits.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{formatCount(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}
