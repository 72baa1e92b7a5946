/**
 * Asks the browser for a GPU device, and goes neither by a promise that never settles nor by a device that is lost
 * before it has done anything: what fails is tried once more, and all of it has a time limit. What a device is used
 * for is not decided here.
 */
import { DeviceError } from "../../errors.ts";
import { deviceErrorOf } from "../device-error.ts";
import { settlesWithin } from "../waiting.ts";

/** How long a browser may take to give a device, ms: a process for the GPU may have to start first. */
export const TIME_LIMIT = 10_000;

/** The first attempt may meet a GPU process that has just ended. */
const ATTEMPTS = 2;

/** Limits that decide how large a problem may be; the adapter's maximum is asked for. */
const WANTED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
] as const;

/** What is asked for. */
export interface DeviceWish {
  /** Take an adapter that a CPU imitates. */
  readonly allowSoftware: boolean;
  /** Features to ask for, where the adapter has them. */
  readonly features: readonly GPUFeatureName[];
  /** How long the browser may take, ms. Default {@link TIME_LIMIT}. */
  readonly timeLimit?: number | undefined;
}

/** A device that works, and what is known of its adapter. */
export interface GrantedDevice {
  readonly device: GPUDevice;
  /** Undefined if the browser says nothing. */
  readonly adapter: GPUAdapterInfo | undefined;
  /** Whether a CPU imitates the adapter. */
  readonly software: boolean;
}

/** What browsers had before there was `info`, and before it said whether the adapter is a fallback. */
interface EarlierAdapter {
  readonly info?: GPUAdapterInfo;
  readonly isFallbackAdapter?: boolean;
  requestAdapterInfo?(): Promise<GPUAdapterInfo>;
}

/**
 * Requests a device with the adapter's own limits.
 *
 * @throws DeviceError no WebGPU, no adapter or only one that is not allowed, no device, or no answer in time; one that
 *   comes late is destroyed
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
    () => {}, // nothing came, as is said already
  );
  throw error;
}

/** Waits until a device has answered. @throws DeviceError a device that is lost, or that gives no answer in time */
export async function assertAnswers(device: GPUDevice, timeLimit = TIME_LIMIT): Promise<void> {
  let lost: DeviceError | undefined;
  void device.lost.then((info) => {
    lost = lossOf(info);
  });
  // Does not wait for what is queued. Resolves on a lost device too, but after `lost` has.
  device.pushErrorScope("validation");
  const answer = device.popErrorScope();
  if (!(await settlesWithin(answer, timeLimit)))
    throw new DeviceError("device", `the GPU device did not answer within ${timeLimit / 1000} seconds`);
  await answer.catch((cause: unknown) => {
    throw lost ?? deviceErrorOf("the GPU device does not work", cause);
  });
  if (lost) throw lost;
}

/** The error that a loss is. */
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
  const info = await infoOf(adapter);
  const software = info?.isFallbackAdapter ?? (adapter as EarlierAdapter).isFallbackAdapter ?? false;
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

/** What an adapter says of itself. Browsers from before 2024 are asked by a method; silence counts as nothing said. */
async function infoOf(adapter: EarlierAdapter): Promise<GPUAdapterInfo | undefined> {
  if (adapter.info) return adapter.info;
  try {
    return await adapter.requestAdapterInfo?.();
  } catch {
    return undefined; // a name is all that is missing
  }
}
