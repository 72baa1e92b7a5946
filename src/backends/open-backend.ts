/** Which backend a `device` option means. */
import { DeviceError } from "../errors.ts";
import type { Backend } from "./backend.ts";
import { ReferenceBackend } from "./reference/backend.ts";
import { WasmBackend, type WasmOptions } from "./wasm/backend.ts";
import { WebGpuBackend, type WebGpuOptions } from "./webgpu/backend.ts";

/** Where to run: by rule, by name, or on the caller's own device. */
export type DeviceOption = "auto" | "webgpu" | "wasm" | "reference" | GPUDevice;

/** How WebAssembly uses threads and WebGPU chooses kernels, whichever is taken. */
export type BackendOptions = Pick<WasmOptions, "threads" | "workerUrl"> &
  Pick<WebGpuOptions, "tuning" | "tuningCache">;

/**
 * Opens a backend. `"auto"` takes the first that can be had of WebGPU on a real adapter, WebAssembly with SIMD
 * and the reference, and says why.
 *
 * @throws DeviceError where a device was asked for by name and cannot be had
 */
export async function openBackend(device: DeviceOption, options: BackendOptions): Promise<Backend> {
  const kernels = { tuning: options.tuning, tuningCache: options.tuningCache };
  if (device === "reference") return new ReferenceBackend();
  if (device === "wasm") return WasmBackend.open(options);
  if (device === "webgpu") return WebGpuBackend.open(kernels);
  if (device !== "auto") return WebGpuBackend.open({ ...kernels, device });

  const choices: readonly ((reason: string) => Promise<Backend>)[] = [
    () => WebGpuBackend.open({ ...kernels, allowSoftware: false, reason: "auto: a real GPU is there" }),
    (reason) => WasmBackend.open({ ...options, reason }),
  ];
  let reason = "auto";
  for (const open of choices) {
    try {
      return await open(reason);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      reason += `: ${error.message}`;
    }
  }
  return new ReferenceBackend(reason);
}
