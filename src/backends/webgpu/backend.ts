/** WebGPU as a backend: one device, the kernels compiled on it, and the data sets and trainers made from them. */
import type { Backend, DatasetSource, DeviceInfo, ModelShape, RunOptions } from "../backend.ts";
import { memoryCache, type TunerSettings, type Tuning, type TuningCache } from "./choose-plan.ts";
import { uploadDataset, type WebGpuDataset } from "./dataset.ts";
import { GpuDevice } from "./gpu-device.ts";
import { KernelCache } from "./kernel.ts";
import { WebGpuTrainer } from "./trainer.ts";

/** How a WebGPU backend is opened. */
export interface WebGpuOptions {
  /**
   * The caller's own device; it stays the caller's to destroy. Default: a new one. An error that the device
   * reports outside any error scope fails what runs here, whoever caused it.
   */
  readonly device?: GPUDevice;
  /** Take an adapter that a CPU imitates. Default true. */
  readonly allowSoftware?: boolean;
  /** Why WebGPU was chosen, for `info.reason`. */
  readonly reason?: string;
  /** How long the browser may take to give a device, ms. Default 10,000; then it counts as missing. */
  readonly timeLimit?: number;
  /** Largest buffer for rows, bytes. Default, and at most: the device's limits. */
  readonly maxChunkBytes?: number;
  /** How kernels are chosen. Default `"auto"`. */
  readonly tuning?: Tuning | undefined;
  /** Where choices are kept, for example `localStorage`. Default: in memory, as long as this backend. */
  readonly tuningCache?: TuningCache | undefined;
}

/** {@link Backend} on WebGPU. */
export class WebGpuBackend implements Backend {
  readonly gpu: GpuDevice;
  readonly kernels: KernelCache;
  readonly #maxChunkBytes: number;

  readonly #tuner: TunerSettings;

  private constructor(gpu: GpuDevice, maxChunkBytes: number, tuner: TunerSettings) {
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits;
    this.gpu = gpu;
    this.#tuner = tuner;
    this.kernels = new KernelCache(gpu);
    // Padding to a whole vector must not push a chunk over the limit.
    this.#maxChunkBytes = Math.min(maxChunkBytes, maxStorageBufferBindingSize - 16, maxBufferSize - 16);
  }

  /** @throws DeviceError no WebGPU, no adapter, no device, one that is lost at once, or no answer in time */
  static async open(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
    const { device, allowSoftware = true, reason = "asked for by name", maxChunkBytes = Infinity } = options;
    const { tuning = "auto", tuningCache = memoryCache(), timeLimit } = options;
    const gpu = device
      ? await GpuDevice.adopt(device, timeLimit)
      : await GpuDevice.acquire(allowSoftware, reason, [], timeLimit);
    return new WebGpuBackend(gpu, maxChunkBytes, { tuning, cache: tuningCache, reports: new Map() });
  }

  get info(): DeviceInfo {
    return this.gpu.info;
  }

  get alive(): boolean {
    return this.gpu.alive;
  }

  createDataset(source: DatasetSource, options?: RunOptions): Promise<WebGpuDataset> {
    return uploadDataset(this.gpu, source, this.#maxChunkBytes, options);
  }

  createTrainer(shape: ModelShape): Promise<WebGpuTrainer> {
    return WebGpuTrainer.create(this.gpu, this.kernels, shape, this.#tuner);
  }

  dispose(): void {
    this.gpu.dispose();
  }
}
