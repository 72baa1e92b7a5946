/** Asks the browser for its GPU. */
import { describeGpu } from "../measure/machine.ts";
import { messageOf } from "../measure/text.ts";
import type { AdapterRecord } from "../record.ts";

/** The GPU, as far as it is known. */
export type GpuState =
  | { readonly status: "asking" }
  | { readonly status: "none"; readonly reason: string }
  | { readonly status: "found"; readonly adapter: AdapterRecord };

/** Returns the GPU, or the reason why there is none: an error becomes that reason. */
export async function askForGpu(): Promise<GpuState> {
  if (!isSecureContext) {
    const reason = "Browsers offer WebGPU only to pages opened through https or localhost.";
    return { status: "none", reason };
  }
  if (!navigator.gpu) return { status: "none", reason: "This browser has no WebGPU, or it is switched off." };
  try {
    const adapter = await describeGpu();
    if (adapter) return { status: "found", adapter };
    return { status: "none", reason: "This browser has WebGPU, but offers no GPU on this machine." };
  } catch (error) {
    return { status: "none", reason: `The browser could not say which GPU it has: ${messageOf(error)}` };
  }
}
