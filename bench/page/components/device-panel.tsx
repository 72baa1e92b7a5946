/** The limits and features of the browser's GPU, and what follows from them. */
import { formatBytes, formatCount } from "../../../demo/ui/format.ts";
import { type Fact, Facts, Section } from "../../../demo/ui/section.tsx";
import type { AdapterRecord } from "../../record.ts";
import { adapterName } from "../record-names.ts";
import type { BenchState } from "../state.ts";

/** Renders nothing without a GPU. */
export function DevicePanel({ state }: { readonly state: BenchState }) {
  const gpu = state.gpu.value;
  if (gpu.status !== "found") return null;
  const { adapter } = gpu;
  const limits = Object.entries(adapter.limits).sort(([a], [b]) => a.localeCompare(b));
  return (
    <Section title="The GPU of this computer" lead={adapterName(adapter)}>
      <Facts facts={factsOf(adapter)} />
      <details>
        <summary>All features and limits of the adapter</summary>
        <p class="hint">Features: {adapter.features.join(", ") || "none"}</p>
        <Facts class="limits" facts={limits.map(([name, value]) => [name, formatCount(value)] as const)} />
      </details>
    </Section>
  );
}

/** Returns the limits and features that decide what fits and how it can be measured. */
function factsOf({ limits, features }: AdapterRecord): Fact[] {
  const has = (feature: string): string => (features.includes(feature) ? "yes" : "no");
  const limit = (name: string, format: (value: number) => string): string =>
    name in limits ? format(limits[name]) : "unknown";
  return [
    ["Largest buffer", limit("maxBufferSize", formatBytes), { hint: "larger data sets are split by rows" }],
    [
      "Largest binding",
      limit("maxStorageBufferBindingSize", formatBytes),
      { hint: "memory that one kernel can bind at once" },
    ],
    [
      "Workgroup",
      `${limit("maxComputeInvocationsPerWorkgroup", formatCount)} threads`,
      { hint: "threads that work together" },
    ],
    [
      "Shared memory",
      limit("maxComputeWorkgroupStorageSize", formatBytes),
      { hint: "fast memory of a workgroup" },
    ],
    ["Half-precision arithmetic", has("shader-f16"), { hint: "shaders may compute in 16 bits" }],
    ["Subgroups", has("subgroups"), { hint: "threads may exchange values without memory" }],
    ["GPU clock", has("timestamp-query"), { hint: "kernels can be timed on the GPU itself" }],
  ];
}
