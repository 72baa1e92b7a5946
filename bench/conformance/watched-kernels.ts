/** Compiled kernels that count their dispatches by shader, for the counts of a report. */
import { type Constants, type Kernel, KernelCache, type Shader } from "../../src/backends/webgpu/index.ts";

/** A cache whose kernels report their dispatches. */
export class WatchedKernels extends KernelCache {
  /** Called at every dispatch with the shader's name. */
  onDispatch: (shader: string) => void = () => {};
  readonly #watched = new WeakSet<Kernel>();

  override async get(shader: Shader, constants: Constants): Promise<Kernel> {
    const kernel = await super.get(shader, constants);
    if (this.#watched.has(kernel)) return kernel;
    this.#watched.add(kernel);
    const encode = kernel.encode.bind(kernel);
    kernel.encode = (...dispatch) => {
      this.onDispatch(shader.name);
      encode(...dispatch);
    };
    return kernel;
  }
}

/** Names of all shaders of this repository. */
export const SHADERS: readonly string[] = Object.keys(
  import.meta.glob("../../shaders/*.wgsl", { query: "?url" }),
).map((path) => path.replace(/^.*\/|\.wgsl$/g, ""));
