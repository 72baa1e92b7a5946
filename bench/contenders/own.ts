/** What our own contenders have in common: who they are, and how any backend of ours takes the steps. */
import { name, version } from "../../package.json";
import type { Backend } from "../../src/backends/backend.ts";
import type { BenchStorage } from "../record.ts";
import { type BenchProblem, LEARNING_RATE, MOMENTUM, type Training } from "./contender.ts";

/** This library. */
export const OWN_LIBRARY = { name, version };

/** Steps through the trainer that the public API uses. The backend is closed with the training. */
export async function trainOn(
  backend: Backend,
  { x: data, labels, rows, features, classes }: BenchProblem,
  storage: BenchStorage,
): Promise<Training> {
  try {
    const x = { data, rows, cols: features };
    const dataset = await backend.createDataset({ x, targets: { kind: "labels", labels }, storage });
    const trainer = await backend.createTrainer({ features, classes, bias: true });
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    return {
      get note() {
        return trainer.tuning?.reason;
      },
      run: async (count) => {
        await trainer.sgd(dataset, {
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
        dataset.dispose();
        backend.dispose();
      },
    };
  } catch (error) {
    backend.dispose();
    throw error;
  }
}
