/** Contenders by the names that a plan gives them. Peers are loaded when they are asked for, not before. */
import type { ContenderId } from "../plan.ts";
import type { BenchStorage } from "../record.ts";
import type { Contender } from "./contender.ts";
import { ownWasm } from "./own-wasm.ts";
import { ownWebgpu } from "./own-webgpu.ts";

/**
 * The configurations that a plan's name means: our WebGPU once for every storage, everybody else in f32.
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
