/** Provides WebGPU in Node, by Dawn from the optional package `webgpu`. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";

/** The exports of the package. */
interface WebGpuPackage {
  readonly create: (options: readonly string[]) => GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Not a literal in the import, because the package is optional: neither the compiler nor bundlers may look for it. */
const PACKAGE: string = "webgpu";

/**
 * Sets `navigator.gpu` if it is not set.
 *
 * @returns name and version of the package that gave it; null if it was set before
 * @throws Error  the package cannot be imported; says how to install it
 */
export async function provideWebGpu(): Promise<string | null> {
  if (globalThis.navigator?.gpu) return null;
  const { create, globals } = await importPackage();
  Object.assign(globalThis, globals);
  // navigator keeps the object from create(): if it were collected while devices live, the process would crash.
  const value = create([]);
  if (globalThis.navigator) Object.defineProperty(navigator, "gpu", { value, configurable: true });
  else {
    const navigator = { gpu: value, hardwareConcurrency: availableParallelism() };
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
  return `Dawn (${PACKAGE} ${await versionOfPackage()})`;
}

async function versionOfPackage(): Promise<string> {
  const path = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  const { version } = JSON.parse(await readFile(path, "utf8")) as { readonly version: string };
  return version;
}

async function importPackage(): Promise<WebGpuPackage> {
  try {
    return await import(/* @vite-ignore */ PACKAGE);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `--node needs WebGPU, which the package webgpu brings: npm install --no-save webgpu\n(${reason})`,
      { cause },
    );
  }
}
