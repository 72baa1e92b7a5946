/** The kernels with those for sparse rows, as compiled modules. */
import relaxed from "./assembly/with-sparse.ts?wasm=relaxed-simd";
import simd from "./assembly/with-sparse.ts?wasm=simd";
import { compile, type KernelBuild, type Sources } from "./builds.ts";

const SOURCES: Sources = { "relaxed-simd": relaxed, simd };

/** Compiles a build, once. @throws DeviceError with the engine's reason */
export function compileSparseKernels(build: KernelBuild): Promise<WebAssembly.Module> {
  return compile(SOURCES[build]);
}
