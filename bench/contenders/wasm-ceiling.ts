/** What one thread of this machine can do in WebAssembly, and the forward pass's share of it. */
import { supportedBuilds, WasmBackend } from "../../src/backends/wasm/index.ts";
import { BLOCK_ROWS, Workspace } from "../../src/backends/wasm/workspace.ts";
import relaxed from "../assembly/ceiling.ts?wasm=relaxed-simd";
import simd from "../assembly/ceiling.ts?wasm=simd";
import { bestOf } from "../measure/statistics.ts";
import type { BenchProblem } from "./contender.ts";

/** Operations of one round of the ceiling kernel: ten multiply-adds of four lanes. */
const OPERATIONS_PER_ROUND = 80;
const ROUNDS = 2_000_000;

/** GFLOP/s of multiply-adds that depend on nothing but themselves. */
export async function measureCeiling(): Promise<number> {
  const base64 = supportedBuilds()[0] === "simd" ? simd : relaxed;
  const module = await WebAssembly.compile(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  const env = { memory: new WebAssembly.Memory({ initial: 1 }) };
  const { exports } = await WebAssembly.instantiate(module, { env });
  const run = exports.multiplyAddCeiling as (rounds: number, factor: number, term: number) => number;
  return (ROUNDS * OPERATIONS_PER_ROUND) / bestOf(7, () => run(ROUNDS, 0.999, 0.001)) / 1e6;
}

/** GFLOP/s of the forward pass: gather and matmul of all rows, block by block, 2·N·D·K operations. */
export async function measureForward({ x, labels, rows, features, classes }: BenchProblem): Promise<number> {
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
  const time = bestOf(9, () => {
    for (const block of blocks) workspace.forward(block);
  });
  data.dispose();
  backend.dispose();
  return (2 * rows * features * classes) / time / 1e6;
}
