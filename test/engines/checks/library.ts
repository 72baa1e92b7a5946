/** Imports the built package from an address. */
import type { Library } from "./given.ts";

/** Returns the entries of the package. @param base address of its folder, with a slash at the end */
export async function importLibrary(base: string): Promise<Library> {
  const names = ["index", "digits", "text", "reference", "wasm", "webgpu"];
  const [main, digits, text, reference, wasm, webgpu] = await Promise.all(
    names.map((name) => import(/* @vite-ignore */ `${base}${name}.js`)),
  );
  return { main, digits, text, reference, wasm, webgpu, base };
}
