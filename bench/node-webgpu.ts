/** WebGPU for Node: what is there already, or Dawn from the optional package `webgpu`. */
import { availableParallelism } from "node:os";

/** What the package exports. */
interface WebGpuPackage {
  readonly create: (options: readonly string[]) => GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Not a literal in the import: the package is optional, and neither types nor bundles are to ask for it. */
const PACKAGE: string = "webgpu";

/**
 * Sets `navigator.gpu` unless it is set.
 *
 * @throws Error  the package cannot be imported; says how to install it
 */
export async function provideWebGpu(): Promise<void> {
  if (globalThis.navigator?.gpu) return;
  const { create, globals } = await importPackage();
  Object.assign(globalThis, globals);
  // navigator keeps what create() gives: collected while devices live, it takes the process down with it.
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
