/** The rate of the forward pass in one thread of WebAssembly, and its share of the ceiling. */
import { supportedBuilds, WasmBackend } from "../../src/backends/wasm/index.ts";
import { BLOCK_ROWS, Workspace } from "../../src/backends/wasm/workspace.ts";
import relaxed from "../assembly/ceiling.ts?wasm=relaxed-simd";
import simd from "../assembly/ceiling.ts?wasm=simd";
import { shortestTime } from "../measure/statistics.ts";
import type { BenchProblem } from "./contender.ts";

/** Operations of one round of the ceiling kernel: ten multiply-adds of four lanes. */
const OPERATIONS_PER_ROUND = 80;
const ROUNDS = 2_000_000;

/** Measures both and writes them, for example `"forward pass 20.1 of 30.2 GFLOP/s (67 %)"`. */
export async function describeForwardRate(problem: BenchProblem): Promise<string> {
  const [forward, ceiling] = [await measureForward(problem), await measureCeiling()];
  const share = `${((100 * forward) / ceiling).toFixed(0)} %`;
  return `forward pass ${forward.toFixed(1)} of ${ceiling.toFixed(1)} GFLOP/s (${share})`;
}

/** Measures GFLOP/s of independent chains of multiply-adds. */
async function measureCeiling(): Promise<number> {
  const base64 = supportedBuilds()[0] === "simd" ? simd : relaxed;
  const module = await WebAssembly.compile(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  const env = { memory: new WebAssembly.Memory({ initial: 1 }) };
  const { exports } = await WebAssembly.instantiate(module, { env });
  const run = exports.multiplyAddCeiling as (rounds: number, factor: number, term: number) => number;
  return (ROUNDS * OPERATIONS_PER_ROUND) / shortestTime(7, () => run(ROUNDS, 0.999, 0.001)) / 1e6;
}

/** Measures GFLOP/s of the forward pass: gather and matmul of all rows, block by block, 2·N·D·K operations. */
async function measureForward({ x, labels, rows, features, classes }: BenchProblem): Promise<number> {
  const backend = await WasmBackend.open();
  const data = await backend.createDataset({
    x: { data: x, rows, cols: features },
    targets: { kind: "labels", labels },
  });
  const workspace = new Workspace(data, { features, classes, bias: true }, 1);
  workspace.weights.fill(0.01);
  const blocks = Array.from({ length: Math.ceil(rows / BLOCK_ROWS) }, (_, i) =>
    Uint32Array.from({ length: Math.min(BLOCK_ROWS, rows - i * BLOCK_ROWS) }, (_, j) => i * BLOCK_ROWS + j),
  );
  const time = shortestTime(9, () => {
    for (const block of blocks) workspace.forward(block);
  });
  data.dispose();
  backend.dispose();
  return (2 * rows * features * classes) / time / 1e6;
}
