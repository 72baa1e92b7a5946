/** Provides WebGPU in Node, by Dawn from the optional package `webgpu`. */
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
 * @throws Error  the package cannot be imported; says how to install it
 */
export async function provideWebGpu(): Promise<void> {
  if (globalThis.navigator?.gpu) return;
  const { create, globals } = await importPackage();
  Object.assign(globalThis, globals);
  // navigator keeps the object from create(): if it were collected while devices live, the process would crash.
  const value = create([]);
  if (globalThis.navigator) Object.defineProperty(navigator, "gpu", { value, configurable: true });
  else {
    const navigator = { gpu: value, hardwareConcurrency: availableParallelism() };
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
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
