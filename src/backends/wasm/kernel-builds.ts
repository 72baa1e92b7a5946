/** The builds of the kernels that this engine can run, and their compiled modules. */
import { DeviceError } from "../../errors.ts";
import { wordsOf } from "../device-error.ts";
import relaxed from "./assembly/index.ts?wasm=relaxed-simd";
import simd from "./assembly/index.ts?wasm=simd";

/** The two builds: with fused multiply-adds (relaxed SIMD), and with the instructions of WebAssembly 2.0 only. */
export type KernelBuild = "relaxed-simd" | "simd";

/** The compiled kernels, in base64. */
export const KERNEL_SOURCES: Readonly<Record<KernelBuild, string>> = { "relaxed-simd": relaxed, simd };
const modules = new Map<KernelBuild, Promise<WebAssembly.Module>>();

/** Lists the builds that this engine can run, the faster first. */
export function supportedBuilds(): KernelBuild[] {
  if (typeof WebAssembly === "undefined") return [];
  return (["relaxed-simd", "simd"] as const).filter((build) => WebAssembly.validate(bytesOf(build)));
}

/** Compiles a build, once. @throws DeviceError with the engine's reason, such as a content security policy */
export function compileKernels(build: KernelBuild): Promise<WebAssembly.Module> {
  const module = modules.get(build) ?? compile(build);
  modules.set(build, module);
  // A failure is not cached: the next attempt may succeed.
  module.catch(() => modules.delete(build));
  return module;
}

async function compile(build: KernelBuild): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytesOf(build));
  } catch (cause) {
    const words = wordsOf(cause);
    // Only the message tells: Chromium and Safari name the directive, Firefox says "blocked by CSP".
    const isForbidden = /content security policy|\bCSP\b|unsafe-eval/i.test(words);
    const advice = isForbidden ? "; the page's policy needs 'wasm-unsafe-eval' in script-src" : "";
    throw new DeviceError("device", `WebAssembly does not compile here: ${words}${advice}`, { cause });
  }
}

function bytesOf(build: KernelBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(KERNEL_SOURCES[build]), (character) => character.charCodeAt(0));
}
