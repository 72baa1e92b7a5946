/** WebAssembly on the CPU as a backend. */
import { DeviceError } from "../../errors.ts";
import type { Backend, DatasetSource, DeviceInfo, ModelShape, RunOptions } from "../backend.ts";
import { WasmDataset } from "./dataset.ts";
import { heapFor } from "./heap.ts";
import { compileKernels, type KernelBuild, supportedBuilds } from "./kernel-builds.ts";
import type { ThreadingOptions } from "./threading.ts";
import { WasmTrainer } from "./trainer.ts";

/** How a WebAssembly backend is opened. */
export interface WasmOptions {
  /** Which build of the kernels. Default: the fastest that runs here. */
  readonly build?: KernelBuild;
  /**
   * Threads for large batches. `"auto"`, the default: one per core where a step is large and workers prove faster
   * in the first steps. A number: so many, always. Part of what makes a run reproducible: the same number of
   * threads gives the same bits, wherever the work is done.
   */
  readonly threads?: "auto" | number;
  /**
   * Where `worker.js` of this package lies, for pages whose policy forbids workers from blobs; in Node a URL, or a path
   * from the working directory.
   */
  readonly workerUrl?: string | URL | undefined;
  /** Why WebAssembly was chosen, for `info.reason`. */
  readonly reason?: string;
}

/** {@link Backend} in WebAssembly SIMD. */
export class WasmBackend implements Backend {
  readonly alive = true;
  readonly info: DeviceInfo;
  readonly #threading: ThreadingOptions;

  private constructor(threading: ThreadingOptions, build: KernelBuild, reason: string) {
    this.#threading = threading;
    this.info = { kind: "wasm", name: `CPU: WebAssembly ${build}`, software: false, reason };
  }

  /** @throws DeviceError no WebAssembly with SIMD, not the build that was asked for, or one that does not start */
  static async open(options: WasmOptions = {}): Promise<WasmBackend> {
    const { build, threads = "auto", workerUrl, reason = "asked for by name" } = options;
    const supported = supportedBuilds();
    const chosen = build ?? supported[0];
    if (!chosen || !supported.includes(chosen)) {
      throw new DeviceError("device", `this engine has no WebAssembly ${build ?? "simd"}`);
    }
    const module = await compileKernels(chosen);
    // Whether the engine gives a memory, and starts the kernels over it, is found out here and not in the first call.
    await heapFor(0).kernels(module);
    return new WasmBackend({ module, threads, workerUrl }, chosen, reason);
  }

  createDataset(source: DatasetSource, options?: RunOptions): Promise<WasmDataset> {
    return WasmDataset.create(this.#threading.module, source, options);
  }

  async createTrainer(shape: ModelShape): Promise<WasmTrainer> {
    return new WasmTrainer(shape, this.#threading);
  }

  dispose(): void {}
}
