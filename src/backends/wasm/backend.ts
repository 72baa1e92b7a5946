/** WebAssembly on the CPU as a backend. */
import { DeviceError } from "../../errors.ts";
import type { Backend, DatasetSource, DeviceInfo, ModelShape } from "../backend.ts";
import { WasmDataset } from "./dataset.ts";
import { compileKernels, type KernelBuild, supportedBuilds } from "./kernels.ts";
import { WasmTrainer } from "./trainer.ts";

/** How a WebAssembly backend is opened. */
export interface WasmOptions {
  /** Which build of the kernels. Default: the fastest that runs here. */
  readonly build?: KernelBuild;
  /** Why WebAssembly was chosen, for `info.reason`. */
  readonly reason?: string;
}

/** {@link Backend} in WebAssembly SIMD. */
export class WasmBackend implements Backend {
  readonly alive = true;
  readonly info: DeviceInfo;
  readonly #module: WebAssembly.Module;

  private constructor(module: WebAssembly.Module, build: KernelBuild, reason: string) {
    this.#module = module;
    this.info = { kind: "wasm", name: `CPU: WebAssembly ${build}`, software: false, reason };
  }

  /** @throws DeviceError no WebAssembly with SIMD, or not the build that was asked for */
  static async open({ build, reason = "asked for by name" }: WasmOptions = {}): Promise<WasmBackend> {
    const supported = supportedBuilds();
    const chosen = build ?? supported[0];
    if (!chosen || !supported.includes(chosen)) {
      throw new DeviceError(
        "device",
        `this engine has no WebAssembly ${build ?? "simd"}; use device: "reference"`,
      );
    }
    return new WasmBackend(await compileKernels(chosen), chosen, reason);
  }

  createDataset(source: DatasetSource, signal?: AbortSignal): Promise<WasmDataset> {
    return WasmDataset.create(this.#module, source, signal);
  }

  async createTrainer(shape: ModelShape): Promise<WasmTrainer> {
    return new WasmTrainer(shape);
  }

  dispose(): void {}
}
