/**
 * Requests a GPU device from the browser. Guards against promises that never settle and against devices that are lost
 * at once: a failure is tried once more, and all attempts together have a time limit.
 */

import { deviceErrorOf } from "../../device-error.ts";
import { DeviceError } from "../../errors.ts";
import { settlesWithin } from "../waiting.ts";

/** Longest time for a browser to give a device, ms; it may have to start a process for the GPU first. */
export const TIME_LIMIT = 10_000;

/** Number of attempts: the first may meet a GPU process that has just ended. */
const ATTEMPTS = 2;

/** Optional features, which only the faster kernels use. */
export const WANTED_FEATURES: readonly GPUFeatureName[] = ["subgroups"];

/** Limits that bound the size of a problem, requested at the adapter's maximum. */
const WANTED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
] as const;

/** Requirements on a device. */
export interface DeviceWish {
  /** Whether an adapter that a CPU imitates will do. */
  readonly allowSoftware: boolean;
  /** Features to request if the adapter has them. */
  readonly features: readonly GPUFeatureName[];
  /** Longest time for the browser, ms. Default {@link TIME_LIMIT}. */
  readonly timeLimit?: number | undefined;
}

/** A device that works, and the properties of its adapter. */
export interface GrantedDevice {
  readonly device: GPUDevice;
  /** Undefined if the browser does not tell. */
  readonly adapter: GPUAdapterInfo | undefined;
  /** Whether a CPU imitates the adapter. */
  readonly software: boolean;
}

/** Adapters of earlier browsers, without `info`, or with an `info` that does not tell fallback adapters. */
interface EarlierAdapter {
  readonly info?: GPUAdapterInfo;
  readonly isFallbackAdapter?: boolean;
  requestAdapterInfo?(): Promise<GPUAdapterInfo>;
}

/**
 * Requests a device with the adapter's own limits.
 *
 * @throws DeviceError no WebGPU, no adapter or only one that is not allowed, no device, or no answer in time; a device
 *   that comes late is destroyed
 */
export async function requestDevice(wish: DeviceWish): Promise<GrantedDevice> {
  const { timeLimit = TIME_LIMIT } = wish;
  const late = new AbortController();
  const granted = firstThatWorks(wish, late.signal);
  if (await settlesWithin(granted, timeLimit)) return granted;
  const error = new DeviceError("device", `WebGPU did not answer within ${timeLimit / 1000} seconds`);
  late.abort(error);
  granted.then(
    ({ device }) => device.destroy(),
    () => {}, // the error below says it already
  );
  throw error;
}

/** Waits until a device answers. @throws DeviceError if it is lost, or does not answer in time */
export async function assertAnswers(device: GPUDevice, timeLimit = TIME_LIMIT): Promise<void> {
  let lost: DeviceError | undefined;
  void device.lost.then((info) => {
    lost = lossOf(info);
  });
  // An error scope does not wait for queued work. On a lost device it resolves too, but later than `lost`.
  device.pushErrorScope("validation");
  const answer = device.popErrorScope();
  if (!(await settlesWithin(answer, timeLimit)))
    throw new DeviceError("device", `the GPU device did not answer within ${timeLimit / 1000} seconds`);
  await answer.catch((cause: unknown) => {
    throw lost ?? deviceErrorOf("the GPU device does not work", cause);
  });
  if (lost) throw lost;
}

/** Returns the error for a lost device. */
export function lossOf({ reason, message }: GPUDeviceLostInfo): DeviceError {
  return new DeviceError("device", `the GPU device was lost (${reason}): ${message || "no message"}`);
}

async function firstThatWorks(wish: DeviceWish, late: AbortSignal): Promise<GrantedDevice> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request(wish, late);
    } catch (cause) {
      if (attempt === ATTEMPTS || late.aborted) throw deviceErrorOf("WebGPU failed", cause);
    }
  }
}

async function request(
  { allowSoftware, features, timeLimit }: DeviceWish,
  late: AbortSignal,
): Promise<GrantedDevice> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) throw new DeviceError("device", "this environment has no WebGPU");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new DeviceError("device", "WebGPU found no adapter");
  const { info, software } = await describeAdapter(adapter);
  if (software && !allowSoftware) throw new DeviceError("device", "WebGPU has only a software adapter");
  late.throwIfAborted();
  const device = await deviceOf(adapter, features);
  try {
    await assertAnswers(device, timeLimit);
  } catch (error) {
    device.destroy();
    throw error;
  }
  return { device, adapter: info, software };
}

async function deviceOf(adapter: GPUAdapter, features: readonly GPUFeatureName[]): Promise<GPUDevice> {
  const { limits } = adapter;
  const known = WANTED_LIMITS.filter((name) => limits[name] !== undefined);
  try {
    return await adapter.requestDevice({
      label: "softmax-webgpu",
      requiredLimits: Object.fromEntries(known.map((name) => [name, limits[name]])),
      requiredFeatures: features.filter((name) => adapter.features.has(name)),
    });
  } catch (cause) {
    throw deviceErrorOf("the adapter gave no device; another page may hold the GPU", cause);
  }
}

/** Returns an adapter's info, if the browser tells it, and whether a CPU imitates the adapter. */
export async function describeAdapter(
  adapter: GPUAdapter,
): Promise<{ readonly info: GPUAdapterInfo | undefined; readonly software: boolean }> {
  const info = await infoOf(adapter);
  const software = info?.isFallbackAdapter ?? (adapter as EarlierAdapter).isFallbackAdapter ?? false;
  return { info, software };
}

/** Returns the adapter's info, by the method of browsers before 2024 if necessary, or undefined if there is none. */
async function infoOf(adapter: EarlierAdapter): Promise<GPUAdapterInfo | undefined> {
  if (adapter.info) return adapter.info;
  try {
    return await adapter.requestAdapterInfo?.();
  } catch {
    return undefined; // only the device's name suffers
  }
}
