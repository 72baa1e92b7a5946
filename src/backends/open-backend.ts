/**
 * Opens the backend that a `device` option names. A backend's code is imported when that backend is tried, and not
 * before.
 */

import { wordsOf } from "../device-error.ts";
import { DeviceError } from "../errors.ts";
import { loaded } from "../loaded.ts";
import type { Backend } from "./backend.ts";
import type { WasmOptions } from "./wasm/backend.ts";
import type { WebGpuOptions } from "./webgpu/backend.ts";
import type { GrantedDevice } from "./webgpu/request-device.ts";

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
 * and the reference, and says why; it fails only if the code of none of them can be loaded.
 *
 * @param without  why `"auto"` is not to try WebGPU
 * @throws DeviceError a device asked for by name cannot be had, or does not answer
 * @throws LoadError
 */
export async function openBackend(
  device: DeviceOption,
  options: BackendOptions,
  without?: string,
): Promise<Backend> {
  const kernels = { tuning: options.tuning, tuningCache: options.tuningCache };
  if (device === "reference") return openReference();
  if (device === "wasm") return advised(openWasm(options), 'device: "auto" or "reference"');
  if (device === "webgpu") return advised(openWebGpu(kernels), 'device: "auto" or another device');
  if (device !== "auto") return advised(openWebGpu({ ...kernels, device }), "another device");
  return openFirst(
    [
      async () => {
        if (without) throw new DeviceError("device", without);
        const reason = "auto: a real GPU is there";
        const granted = await requestRealDevice();
        return openWebGpu({ ...kernels, granted, reason });
      },
      (reason) => openWasm({ ...options, reason }),
    ],
    openReference,
  );
}

async function openWebGpu(options: WebGpuOptions): Promise<Backend> {
  if (!options.device) assertWebGpu();
  try {
    const { WebGpuBackend } = await loaded(import("./webgpu/backend.ts"), "the WebGPU backend");
    return await WebGpuBackend.open(options);
  } catch (error) {
    options.granted?.device.destroy();
    throw error;
  }
}

/** Requests a device of a real adapter. Without one, the code of the backend with its kernels is not loaded. */
async function requestRealDevice(): Promise<GrantedDevice> {
  assertWebGpu();
  const code = loaded(import("./webgpu/request-device.ts"), "the WebGPU backend");
  const { requestDevice, WANTED_FEATURES } = await code;
  return requestDevice({ allowSoftware: false, features: WANTED_FEATURES, timeLimit: AUTO_TIME_LIMIT });
}

/** Checks before any import, so that an environment without WebGPU loads no code for it. */
function assertWebGpu(): void {
  if (!(globalThis.navigator && "gpu" in globalThis.navigator))
    throw new DeviceError("device", "this environment has no WebGPU");
}

async function openWasm(options: WasmOptions): Promise<Backend> {
  const { WasmBackend } = await loaded(import("./wasm/backend.ts"), "the WebAssembly backend");
  return WasmBackend.open(options);
}

async function openReference(reason?: string): Promise<Backend> {
  const { ReferenceBackend } = await loaded(import("./reference/backend.ts"), "the reference backend");
  return new ReferenceBackend(reason);
}

/** The first that opens, told what was wrong with those before; else the last. */
async function openFirst(
  choices: readonly ((reason: string) => Promise<Backend>)[],
  last: (reason: string) => Promise<Backend>,
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
