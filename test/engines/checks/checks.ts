/** What runs in an engine: on a page its script, elsewhere a module. Puts two functions into the global scope. */
import { WASM_BACKEND_CHECKS, WEBGPU_BACKEND_CHECKS } from "./backends.ts";
import { DEVICE_CHECKS, WITHOUT_WEBGPU_CHECKS } from "./devices.ts";
import { FIT_CHECKS } from "./fits.ts";
import type { Checks, Device } from "./given.ts";
import { importLibrary } from "./library.ts";
import { PLATFORM_CHECKS } from "./platform.ts";
import { WITHOUT_BLOBS_CHECKS, WITHOUT_WASM_CHECKS, WORKER_CHECKS } from "./workers.ts";

/** All checks, in groups that need the same surroundings. */
export const CHECKS = {
  "what the engine contributes": PLATFORM_CHECKS,
  "a device by rule": DEVICE_CHECKS,
  "without WebGPU": WITHOUT_WEBGPU_CHECKS,
  "the WebAssembly backend": WASM_BACKEND_CHECKS,
  "the WebGPU backend": WEBGPU_BACKEND_CHECKS,
  fits: FIT_CHECKS,
  threads: WORKER_CHECKS,
  "a page that forbids blobs": WITHOUT_BLOBS_CHECKS,
  "a page that forbids WebAssembly": WITHOUT_WASM_CHECKS,
} as const satisfies Readonly<Record<string, Checks>>;

export type Group = keyof typeof CHECKS;

/** Runs a check. Returns what is wrong, or null. */
async function runCheck(base: string, group: Group, name: string, device: Device): Promise<string | null> {
  try {
    const checks: Checks = CHECKS[group];
    await checks[name]({ library: await importLibrary(base), device });
    return null;
  } catch (error) {
    const { name: kind, message, stack } = error as Error;
    return `${kind}: ${message}\n${stack}`;
  }
}

/** Returns in words what the engine computes with. */
async function describeEngine(base: string): Promise<string> {
  const { wasm } = await importLibrary(base);
  const adapter = await globalThis.navigator?.gpu?.requestAdapter();
  const { vendor, architecture, description } = adapter?.info ?? {};
  const words = [vendor, architecture, description].filter(Boolean).join(" ") || "an adapter without a name";
  return `WebAssembly ${wasm.supportedBuilds().join(" and ")}; WebGPU: ${adapter ? words : "no adapter"}`;
}

Object.assign(globalThis, { runCheck, describeEngine });
