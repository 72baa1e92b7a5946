/** The builds of a module of kernels that this engine can run, and their compilation. */

import { wasmError } from "./wasm-error.ts";

/** The two builds: with fused multiply-adds (relaxed SIMD), and with the instructions of WebAssembly 2.0 only. */
export type KernelBuild = "relaxed-simd" | "simd";

/** A module in base64, by build. */
export type Sources = Readonly<Record<KernelBuild, string>>;

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Lists the builds that this engine can run, the faster first. */
export function buildsOf(sources: Sources): KernelBuild[] {
  if (typeof WebAssembly === "undefined") return [];
  return (["relaxed-simd", "simd"] as const).filter((build) => WebAssembly.validate(bytesOf(sources[build])));
}

/** Compiles a module, once. @throws DeviceError with the engine's reason, such as a content security policy */
export function compile(source: string): Promise<WebAssembly.Module> {
  const module = modules.get(source) ?? compileNow(source);
  modules.set(source, module);
  // A failure is not cached: the next attempt may succeed.
  module.catch(() => modules.delete(source));
  return module;
}

async function compileNow(source: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytesOf(source));
  } catch (cause) {
    throw wasmError("WebAssembly does not compile here", cause);
  }
}

function bytesOf(source: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(source), (character) => character.charCodeAt(0));
}
