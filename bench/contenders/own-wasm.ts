/** This project's WebAssembly backend, through the trainer that the public API uses. */
import { WasmBackend } from "../../src/backends/wasm/index.ts";
import { type BenchProblem, type Contender, LEARNING_RATE, MOMENTUM } from "../contender.ts";

/** On so many threads. */
export function ownWasm(threads: number): Contender {
  return {
    name: `softmax-webgpu wasm, ${threads} thread${threads > 1 ? "s" : ""}`,
    open: (problem) => open(problem, threads),
  };
}

async function open({ x, labels, rows, features, classes }: BenchProblem, threads: number) {
  const backend = await WasmBackend.open({ threads });
  const data = await backend.createDataset({
    x: { data: x, rows, cols: features },
    targets: { kind: "labels", labels },
  });
  const trainer = await backend.createTrainer({ features, classes, bias: true });
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  return {
    run: async (count: number) => {
      await trainer.sgd(data, {
        epochs: Array.from({ length: count }, () => order),
        batchSize: rows,
        learningRates: new Float64Array(count).fill(LEARNING_RATE),
        momentum: MOMENTUM,
        nesterov: false,
        l2: 0,
      });
    },
    weights: async () => Float32Array.from((await trainer.read()).weights),
    dispose: () => {
      trainer.dispose();
      data.dispose();
      backend.dispose();
    },
  };
}
