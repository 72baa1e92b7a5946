/** Loads contenders by the names that a plan gives them; the code of peers only if they are asked for. */
import type { ContenderId } from "../plan.ts";
import type { BenchStorage } from "../record.ts";
import type { Contender } from "./contender.ts";
import { ownWasm, ownWebgpu } from "./own.ts";

/**
 * Loads the configurations of a plan's name: our WebGPU backend once for every storage, all others in f32.
 *
 * @throws Error  a peer outside a browser, or one that does not load
 */
export async function loadContenders(
  id: ContenderId,
  storages: readonly BenchStorage[],
): Promise<Contender[]> {
  switch (id) {
    case "own-webgpu":
      return storages.map((storage) => ownWebgpu({ tuned: true, storage }));
    case "own-webgpu-untuned":
      return storages.map((storage) => ownWebgpu({ tuned: false, storage }));
    case "own-wasm":
      return [ownWasm(1)];
    case "own-wasm-2":
      return [ownWasm(2)];
    default:
      return [await loadPeer(id)];
  }
}

async function loadPeer(id: `${"tfjs" | "jax"}-${"webgpu" | "wasm"}`): Promise<Contender> {
  if (import.meta.env.SSR) throw new Error("TF.js and jax-js are measured in a browser only");
  const backend = id.endsWith("webgpu") ? "webgpu" : "wasm";
  if (id.startsWith("tfjs")) return (await import("./tfjs.ts")).tfjs(backend);
  return (await import("./jax.ts")).jax(backend);
}
