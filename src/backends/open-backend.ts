/** Which backend a `device` option means. */
import { DeviceError } from "../errors.ts";
import type { Backend } from "./backend.ts";
import { ReferenceBackend } from "./reference/backend.ts";
import { WebGpuBackend } from "./webgpu/backend.ts";

/** Where to run: by rule, by name, or on the caller's own device. */
export type DeviceOption = "auto" | "webgpu" | "reference" | GPUDevice;

/**
 * Opens a backend. `"auto"` takes WebGPU on a real adapter; where there is none, the CPU, saying why.
 *
 * @throws DeviceError where WebGPU was asked for by name and cannot be had
 */
export async function openBackend(device: DeviceOption): Promise<Backend> {
  if (device === "reference") return new ReferenceBackend();
  if (device === "webgpu") return WebGpuBackend.open();
  if (device !== "auto") return WebGpuBackend.open({ device });
  try {
    return await WebGpuBackend.open({ allowSoftware: false, reason: "auto: a real GPU is there" });
  } catch (error) {
    if (error instanceof DeviceError) return new ReferenceBackend(`auto: ${error.message}`);
    throw error;
  }
}
