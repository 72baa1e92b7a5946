/** This project's WebAssembly backend. */
import { WasmBackend } from "../../src/backends/wasm/index.ts";
import type { BenchProblem, Contender } from "./contender.ts";
import { OWN_LIBRARY, trainOn } from "./own.ts";
import { measureCeiling, measureForward } from "./wasm-ceiling.ts";

/** On so many threads. One thread also tells what share of its ceiling the forward pass reaches. */
export function ownWasm(threads: number): Contender {
  return {
    name: `${OWN_LIBRARY.name} ${OWN_LIBRARY.version} wasm, ${threads} thread${threads > 1 ? "s" : ""}`,
    library: OWN_LIBRARY,
    storage: "f32",
    open: async (problem) => {
      const note = threads === 1 && { note: await shareOfCeiling(problem) };
      return { ...(await trainOn(await WasmBackend.open({ threads }), problem, "f32")), ...note };
    },
  };
}

async function shareOfCeiling(problem: BenchProblem): Promise<string> {
  const [forward, ceiling] = [await measureForward(problem), await measureCeiling()];
  const share = `${((100 * forward) / ceiling).toFixed(0)} %`;
  return `forward pass ${forward.toFixed(1)} of ${ceiling.toFixed(1)} GFLOP/s (${share})`;
}
