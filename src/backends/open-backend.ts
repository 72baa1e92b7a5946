/** Which backend a `device` option means. */
import { DeviceError } from "../errors.ts";
import type { Backend } from "./backend.ts";
import { wordsOf } from "./device-error.ts";
import { ReferenceBackend } from "./reference/backend.ts";
import { WasmBackend, type WasmOptions } from "./wasm/backend.ts";
import { WebGpuBackend, type WebGpuOptions } from "./webgpu/backend.ts";

/** Where to run: by rule, by name, or on the caller's own device. */
export type DeviceOption = "auto" | "webgpu" | "wasm" | "reference" | GPUDevice;

/** How WebAssembly uses threads and WebGPU chooses kernels, whichever is taken. */
export type BackendOptions = Pick<WasmOptions, "threads" | "workerUrl"> &
  Pick<WebGpuOptions, "tuning" | "tuningCache">;

/**
 * How long `"auto"` waits for WebGPU, ms; a device that is asked for by name has longer. Cold starts of a GPU process
 * take a second or two.
 */
const AUTO_TIME_LIMIT = 5_000;

/**
 * Opens a backend. `"auto"` takes the first that can be had of WebGPU on a real adapter, WebAssembly with SIMD
 * and the reference, and says why; it never fails.
 *
 * @param without  why `"auto"` is not to try WebGPU
 * @throws DeviceError a device asked for by name cannot be had, or does not answer
 */
export async function openBackend(
  device: DeviceOption,
  options: BackendOptions,
  without?: string,
): Promise<Backend> {
  const kernels = { tuning: options.tuning, tuningCache: options.tuningCache };
  if (device === "reference") return new ReferenceBackend();
  if (device === "wasm") return advised(WasmBackend.open(options), 'device: "auto" or "reference"');
  if (device === "webgpu") return advised(WebGpuBackend.open(kernels), 'device: "auto" or another device');
  if (device !== "auto") return advised(WebGpuBackend.open({ ...kernels, device }), "another device");
  return openFirst(
    [
      () => {
        if (without) throw new DeviceError("device", without);
        const reason = "auto: a real GPU is there";
        return WebGpuBackend.open({ ...kernels, allowSoftware: false, timeLimit: AUTO_TIME_LIMIT, reason });
      },
      (reason) => WasmBackend.open({ ...options, reason }),
    ],
    (reason) => new ReferenceBackend(reason),
  );
}

/** The first that opens, told what was wrong with those before; else the last. */
async function openFirst(
  choices: readonly ((reason: string) => Promise<Backend>)[],
  last: (reason: string) => Backend,
): Promise<Backend> {
  let reason = "auto";
  for (const open of choices) {
    try {
      return await open(reason);
    } catch (error) {
      reason += `: ${wordsOf(error).replace(/^device: /, "")}`;
    }
  }
  return last(reason);
}

/** What was opened. @throws DeviceError that says what to use instead */
async function advised(opening: Promise<Backend>, instead: string): Promise<Backend> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    throw new DeviceError("device", `${error.message.replace(/^device: /, "")}; use ${instead}`, {
      cause: error.cause,
    });
  }
}
