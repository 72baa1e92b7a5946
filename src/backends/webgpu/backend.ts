/** WebGPU as a backend: one device, the kernels compiled on it, and the data sets and trainers on it. */
import type { RowsInMemory } from "../../data/rows.ts";
import { isSparse } from "../../data/sparse-matrix.ts";
import { loaded } from "../../loaded.ts";
import type {
  Backend,
  Dataset,
  DatasetSource,
  DeviceInfo,
  ModelShape,
  RowsOnDevice,
  RunOptions,
  Trainer,
} from "../backend.ts";
import { memoryCache, type TunerSettings, type Tuning, type TuningCache } from "./choose-plan.ts";
import { uploadDataset } from "./dataset.ts";
import { GpuDevice } from "./gpu-device.ts";
import { KernelCache } from "./kernel.ts";
import type { GrantedDevice } from "./request-device.ts";
import { WebGpuTrainer } from "./trainer.ts";

/** Options of a WebGPU backend. */
export interface WebGpuOptions {
  /**
   * The caller's own device, which the caller destroys. Default: a new one. An error that the device reports outside
   * any error scope fails the work of this backend, even if other code caused it.
   */
  readonly device?: GPUDevice;
  /** A device that was requested already, which this backend destroys. Default: a new one. */
  readonly granted?: GrantedDevice;
  /** Whether an adapter that a CPU imitates will do. Default true. */
  readonly allowSoftware?: boolean;
  /** Why WebGPU was chosen, for `info.reason`. */
  readonly reason?: string;
  /** Longest time for the browser to give a device, ms. Default 10,000; then WebGPU counts as missing. */
  readonly timeLimit?: number;
  /** Largest buffer for rows, bytes; for sparse rows, unless one row takes more. Default, and at most: the device's limits. */
  readonly maxChunkBytes?: number;
  /** How plans of kernels are chosen. Default `"auto"`. */
  readonly tuning?: Tuning | undefined;
  /** Storage of chosen plans, for example `localStorage`. Default: in memory, as long as this backend lives. */
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
    // Less 16 bytes, since buffers are padded to a whole vector.
    this.#maxChunkBytes = Math.min(maxChunkBytes, maxStorageBufferBindingSize - 16, maxBufferSize - 16);
  }

  /**
   * @throws DeviceError if there is no WebGPU, no adapter, no device, one that is lost at once, or no answer in time
   */
  static async open(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
    const {
      device,
      granted,
      allowSoftware = true,
      reason = "asked for by name",
      maxChunkBytes = Infinity,
    } = options;
    const { tuning = "auto", tuningCache = memoryCache(), timeLimit } = options;
    const acquire = () => GpuDevice.acquire(allowSoftware, reason, [], timeLimit);
    const own = () => (granted ? GpuDevice.of(granted, reason) : acquire());
    const gpu = await (device ? GpuDevice.adopt(device, timeLimit) : own());
    return new WebGpuBackend(gpu, maxChunkBytes, { tuning, cache: tuningCache, reports: new Map() });
  }

  get info(): DeviceInfo {
    return this.gpu.info;
  }

  get alive(): boolean {
    return this.gpu.alive;
  }

  async createDataset(source: DatasetSource<RowsInMemory>, options?: RunOptions): Promise<Dataset> {
    const { x } = source;
    if (!isSparse(x)) return uploadDataset(this.gpu, { ...source, x }, this.#maxChunkBytes, options);
    const { uploadSparse } = await loaded(import("./sparse-dataset.ts"), "sparse rows");
    return uploadSparse(this.gpu, { ...source, x }, this.#maxChunkBytes, options);
  }

  async rowsOnDevice(): Promise<RowsOnDevice> {
    const { WebGpuRows } = await loaded(import("./rows-on-device.ts"), "rows on the GPU");
    return new WebGpuRows(this.gpu, this.kernels, this.#maxChunkBytes);
  }

  async createTrainer(shape: ModelShape): Promise<Trainer> {
    if (!shape.sparse) return WebGpuTrainer.create(this.gpu, this.kernels, shape, this.#tuner);
    const { SparseTrainer } = await loaded(import("./sparse-trainer.ts"), "sparse rows");
    return SparseTrainer.create(this.gpu, this.kernels, shape);
  }

  dispose(): void {
    this.gpu.dispose();
  }
}
