/**
 * A GPU device and its health. WebGPU drops work silently once a device is lost, and reports other failures apart from
 * the call that caused them. So the first failure is remembered here, and every read of results checks for it.
 */
import { DeviceError } from "../../errors.ts";
import type { DeviceInfo } from "../backend.ts";
import { settlesWithin } from "../waiting.ts";
import {
  assertAnswers,
  type GrantedDevice,
  lossOf,
  requestDevice,
  WANTED_FEATURES,
} from "./request-device.ts";

/** Longest time between a read that fails because the device is lost and the report of the loss, ms. */
const LOSS_TIME = 100;

/** Properties of an adapter that decide which kernels can and should run. */
export interface AdapterTraits {
  /** Whether a CPU imitates the adapter, whose threads are then the lanes of its vectors. */
  readonly software: boolean;
  /** Most threads of a subgroup; 0 without subgroups. */
  readonly subgroupSize: number;
  /** Most threads of a workgroup, and its memory in bytes. */
  readonly maxThreads: number;
  readonly maxSharedBytes: number;
}

/** A device with a sticky failure. */
export class GpuDevice {
  readonly device: GPUDevice;
  readonly info: DeviceInfo;
  readonly #owned: boolean;
  readonly #subgroupSize: number | undefined;
  #failure: DeviceError | null = null;
  readonly #onUncapturedError = (event: GPUUncapturedErrorEvent): void => {
    this.#failure ??= new DeviceError("device", `the GPU reported: ${event.error.message}`);
  };

  private constructor({ device, adapter, software }: GrantedDevice, reason: string, owned: boolean) {
    this.device = device;
    this.#owned = owned;
    this.#subgroupSize = adapter?.subgroupMaxSize;
    this.info = { kind: "webgpu", name: nameOf(adapter, software), software, reason };
    device.addEventListener("uncapturederror", this.#onUncapturedError);
    void device.lost.then((info) => {
      this.#failure = lossOf(info);
    });
  }

  /**
   * Requests a device with the adapter's own limits.
   *
   * @param allowSoftware whether an adapter that a CPU imitates will do
   * @param alsoWanted    further features to request if the adapter has them
   * @param timeLimit     longest time that the browser may take, ms
   * @throws DeviceError  no WebGPU, no adapter, only one that is not allowed, no device, or no answer in time
   */
  static async acquire(
    allowSoftware: boolean,
    reason: string,
    alsoWanted: readonly GPUFeatureName[] = [],
    timeLimit?: number,
  ): Promise<GpuDevice> {
    const features = [...WANTED_FEATURES, ...alsoWanted];
    return GpuDevice.of(await requestDevice({ allowSoftware, features, timeLimit }), reason);
  }

  /** Takes over a device that was requested, to be destroyed with this one. */
  static of(granted: GrantedDevice, reason: string): GpuDevice {
    return new GpuDevice(granted, reason, true);
  }

  /**
   * Wraps a caller's device, which stays the caller's to destroy.
   *
   * @throws DeviceError it is lost, or does not answer
   */
  static async adopt(device: GPUDevice, timeLimit?: number): Promise<GpuDevice> {
    await assertAnswers(device, timeLimit);
    const adapter = device.adapterInfo;
    const software = adapter?.isFallbackAdapter ?? false;
    return new GpuDevice({ device, adapter, software }, "the caller's own GPUDevice", false);
  }

  /** The adapter's traits, from which plans follow. */
  get traits(): AdapterTraits {
    const { limits, features } = this.device;
    return {
      software: this.info.software,
      subgroupSize: features.has("subgroups") ? (this.#subgroupSize ?? 4) : 0,
      maxThreads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
      maxSharedBytes: limits.maxComputeWorkgroupStorageSize,
    };
  }

  /** False once the device is lost or has reported an error. */
  get alive(): boolean {
    return this.#failure === null;
  }

  /** @throws DeviceError the first failure, if there was one */
  assertAlive(): void {
    if (this.#failure) throw this.#failure;
  }

  /**
   * Runs `work` and waits until the device has accepted it.
   *
   * @throws DeviceError naming `what`, if the device found it invalid, ran out of memory or is lost
   */
  async accepted<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    this.assertAlive();
    this.device.pushErrorScope("validation");
    this.device.pushErrorScope("out-of-memory");
    // Scopes are popped before anything is awaited, so that concurrent work cannot interleave with them.
    const pending = startSafely(work);
    const errors = [this.device.popErrorScope(), this.device.popErrorScope()];
    const [result, outOfMemory, invalid] = await Promise.allSettled([pending, ...errors]);
    for (const scope of [outOfMemory, invalid]) {
      if (scope.status === "rejected")
        throw new DeviceError("device", `${what}: no answer`, { cause: scope.reason });
      if (scope.value) throw new DeviceError("device", `${what}: ${(scope.value as GPUError).message}`);
    }
    this.assertAlive();
    if (result.status === "rejected")
      throw new DeviceError("device", `${what} failed`, { cause: result.reason });
    return result.value;
  }

  /**
   * Runs `work`, and returns the device's words if it found it invalid; else null.
   *
   * @throws DeviceError the device is lost
   */
  async refusalOf(work: () => void): Promise<string | null> {
    this.assertAlive();
    this.device.pushErrorScope("validation");
    const [outcome, scope] = await Promise.allSettled([startSafely(work), this.device.popErrorScope()]);
    this.assertAlive();
    if (scope.status === "rejected")
      throw new DeviceError("device", "checking a buffer: no answer", { cause: scope.reason });
    if (outcome.status === "rejected") throw outcome.reason;
    return scope.value?.message ?? null;
  }

  /** Waits until everything that was submitted is done. @throws DeviceError if the device fails before */
  async workDone(): Promise<undefined> {
    await this.#answered("waiting for its work", () => this.device.queue.onSubmittedWorkDone());
  }

  /** Maps a buffer for reading. @throws DeviceError if the device fails before the data is there */
  mapForReading(buffer: GPUBuffer, size: number): Promise<ArrayBuffer> {
    return this.#answered(`reading ${buffer.label} back`, async () => {
      await buffer.mapAsync(GPUMapMode.READ, 0, size);
      this.assertAlive();
      // Throws, too, if the device is destroyed between the answer and this line.
      const copy = buffer.getMappedRange(0, size).slice(0);
      buffer.unmap();
      return copy;
    });
  }

  /** Runs `work`, which waits for the device. @throws DeviceError naming `what` if the device fails before */
  async #answered<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.assertAlive();
    try {
      const answer = await work();
      this.assertAlive();
      return answer;
    } catch (cause) {
      this.assertAlive();
      // The browser may report what a loss makes fail before the loss, which the next call must know of.
      await settlesWithin(this.device.lost, LOSS_TIME);
      this.assertAlive();
      throw new DeviceError("device", `${what} failed`, { cause });
    }
  }

  dispose(): void {
    this.device.removeEventListener("uncapturederror", this.#onUncapturedError);
    this.#failure ??= new DeviceError("device", "the backend of this device was disposed");
    if (this.#owned) this.device.destroy();
  }
}

async function startSafely<T>(work: () => T | Promise<T>): Promise<T> {
  return work();
}

function nameOf(adapter: GPUAdapterInfo | undefined, software: boolean): string {
  const words = [adapter?.vendor, adapter?.architecture, adapter?.device, adapter?.description];
  const name = words.filter(Boolean).join(" ") || "adapter of unknown make";
  return `WebGPU: ${name}${software ? " (software)" : ""}`;
}
