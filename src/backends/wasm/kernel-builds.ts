/** The kernels that a trainer runs, as compiled modules. */
import relaxed from "./assembly/index.ts?wasm=relaxed-simd";
import simd from "./assembly/index.ts?wasm=simd";
import { buildsOf, compile, type KernelBuild, type Sources } from "./builds.ts";

export type { KernelBuild } from "./builds.ts";

export const KERNEL_SOURCES: Sources = { "relaxed-simd": relaxed, simd };

/** Lists the builds that this engine can run, the faster first. */
export function supportedBuilds(): KernelBuild[] {
  return buildsOf(KERNEL_SOURCES);
}

/** Compiles a build, once. @throws DeviceError with the engine's reason */
export function compileKernels(build: KernelBuild): Promise<WebAssembly.Module> {
  return compile(KERNEL_SOURCES[build]);
}
