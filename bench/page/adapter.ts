/** Asks the browser for its GPU and says in plain words what it is, before anything is measured. */
import { describeMachine } from "../measure/machine.ts";
import { messageOf } from "../measure/text.ts";
import type { AdapterRecord } from "../record.ts";
import { formatBytes, formatCount } from "./format.ts";

/** What is known of the GPU so far. */
export type GpuState =
  | { readonly status: "asking" }
  | { readonly status: "none"; readonly reason: string }
  | { readonly status: "found"; readonly adapter: AdapterRecord };

/** Something worth knowing about an adapter. */
export interface Fact {
  readonly term: string;
  readonly value: string;
  readonly meaning: string;
}

/** Never rejects: what goes wrong is the reason why there is none. */
export async function askForGpu(): Promise<GpuState> {
  if (!isSecureContext) {
    return {
      status: "none",
      reason: "Browsers offer WebGPU only to pages opened through https or localhost.",
    };
  }
  if (!navigator.gpu) return { status: "none", reason: "This browser has no WebGPU, or it is switched off." };
  try {
    const { adapter } = await describeMachine();
    if (adapter) return { status: "found", adapter };
    return { status: "none", reason: "This browser has WebGPU, but offers no GPU on this machine." };
  } catch (error) {
    return { status: "none", reason: `The browser could not say which GPU it has: ${messageOf(error)}` };
  }
}

/** The limits and features that decide what fits and how it can be measured. */
export function factsOf({ limits, features }: AdapterRecord): Fact[] {
  const has = (feature: string): string => (features.includes(feature) ? "yes" : "no");
  const limit = (name: string, format: (value: number) => string): string =>
    name in limits ? format(limits[name]) : "unknown";
  return [
    {
      term: "Largest buffer",
      value: limit("maxBufferSize", formatBytes),
      meaning: "larger data sets are cut by rows",
    },
    {
      term: "Largest binding",
      value: limit("maxStorageBufferBindingSize", formatBytes),
      meaning: "what one kernel sees at once",
    },
    {
      term: "Workgroup",
      value: `${limit("maxComputeInvocationsPerWorkgroup", formatCount)} threads`,
      meaning: "how many work together",
    },
    {
      term: "Shared memory",
      value: limit("maxComputeWorkgroupStorageSize", formatBytes),
      meaning: "what a workgroup keeps close",
    },
    {
      term: "Half-precision arithmetic",
      value: has("shader-f16"),
      meaning: "shaders may compute in 16 bits",
    },
    { term: "Subgroups", value: has("subgroups"), meaning: "threads may pass values without memory" },
    { term: "GPU clock", value: has("timestamp-query"), meaning: "kernels can be timed on the GPU itself" },
  ];
}
