/** WebAssembly on the CPU as a backend. */
import type { RowsInMemory } from "../../data/rows.ts";
import { isSparse } from "../../data/sparse-matrix.ts";
import { DeviceError } from "../../errors.ts";
import { loaded } from "../../loaded.ts";
import type { Backend, DatasetSource, DeviceInfo, ModelShape, RunOptions } from "../backend.ts";
import { WasmDataset } from "./dataset.ts";
import { heapFor } from "./heap.ts";
import { compileKernels, type KernelBuild, supportedBuilds } from "./kernel-builds.ts";
import type { ThreadingOptions } from "./threading.ts";
import { WasmTrainer } from "./trainer.ts";

/** Options of a WebAssembly backend. */
export interface WasmOptions {
  /** Build of the kernels. Default: the fastest that this engine runs. */
  readonly build?: KernelBuild;
  /**
   * Threads for large batches. `"auto"`, the default: one per core, at most 8, if a step is large and workers prove
   * faster in the first steps. A number: always that many. A run is reproducible for a given number of threads: the
   * bits do not depend on which thread does the work.
   */
  readonly threads?: "auto" | number;
  /**
   * Address of this package's `worker.js`, for pages whose policy forbids workers from blobs; in Node a URL, or a path
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
  readonly #module: WebAssembly.Module;
  readonly #build: KernelBuild;

  private constructor(
    threading: ThreadingOptions,
    module: WebAssembly.Module,
    build: KernelBuild,
    reason: string,
  ) {
    this.#threading = threading;
    this.#module = module;
    this.#build = build;
    this.info = { kind: "wasm", name: `CPU: WebAssembly ${build}`, software: false, reason };
  }

  /** @throws DeviceError if the engine has no WebAssembly with SIMD, or not the given build, or does not start it */
  static async open(options: WasmOptions = {}): Promise<WasmBackend> {
    const { build, threads = "auto", workerUrl, reason = "asked for by name" } = options;
    const supported = supportedBuilds();
    const chosen = build ?? supported[0];
    if (!chosen || !supported.includes(chosen)) {
      throw new DeviceError("device", `this engine has no WebAssembly ${build ?? "simd"}`);
    }
    const module = await compileKernels(chosen);
    // Tests now, and not in the first call, whether the engine gives a memory and starts the kernels over it.
    await heapFor(0).kernels(module);
    return new WasmBackend({ threads, workerUrl }, module, chosen, reason);
  }

  async createDataset(source: DatasetSource<RowsInMemory>, options?: RunOptions): Promise<WasmDataset> {
    const module = isSparse(source.x) ? await this.#sparseModule() : this.#module;
    return WasmDataset.create(module, source, options);
  }

  async #sparseModule(): Promise<WebAssembly.Module> {
    const { compileSparseKernels } = await loaded(import("./sparse-builds.ts"), "sparse rows");
    return compileSparseKernels(this.#build);
  }

  async createTrainer(shape: ModelShape): Promise<WasmTrainer> {
    return new WasmTrainer(shape, this.#threading);
  }

  async rowsOnDevice(): Promise<null> {
    return null;
  }

  dispose(): void {}
}
