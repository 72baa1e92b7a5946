/** Which builds of the kernels this engine can run, and their compiled modules. */
import { DeviceError } from "../../errors.ts";
import relaxed from "./assembly/index.ts?wasm=relaxed-simd";
import simd from "./assembly/index.ts?wasm=simd";

/** The two builds: with fused multiply-adds, and with those of WebAssembly 2.0 only. */
export type KernelBuild = "relaxed-simd" | "simd";

/** The compiled kernels, in base64. */
export const KERNEL_SOURCES: Readonly<Record<KernelBuild, string>> = { "relaxed-simd": relaxed, simd };
const modules = new Map<KernelBuild, Promise<WebAssembly.Module>>();

/** The builds this engine can run, the faster first. */
export function supportedBuilds(): KernelBuild[] {
  if (typeof WebAssembly === "undefined") return [];
  return (["relaxed-simd", "simd"] as const).filter((build) => WebAssembly.validate(bytesOf(build)));
}

/** The compiled module of a build. @throws DeviceError where a content security policy forbids WebAssembly */
export function compileKernels(build: KernelBuild): Promise<WebAssembly.Module> {
  const module = modules.get(build) ?? compile(build);
  modules.set(build, module);
  return module;
}

async function compile(build: KernelBuild): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytesOf(build));
  } catch (cause) {
    throw new DeviceError("device", "WebAssembly does not compile here; a CSP needs 'wasm-unsafe-eval'", {
      cause,
    });
  }
}

function bytesOf(build: KernelBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(KERNEL_SOURCES[build]), (character) => character.charCodeAt(0));
}
