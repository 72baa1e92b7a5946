/** A problem's data set and a trainer for it, for a test or for a part of one. */
import type { Backend, Dataset, Trainer } from "../../src/backends/backend.ts";
import type { RowsInMemory } from "../../src/data/rows.ts";
import { isSparse } from "../../src/data/sparse-matrix.ts";
import { disposeLater } from "./dispose-later.ts";
import type { Problem } from "./problems.ts";

/** Creates both; they last until the test ends. */
export async function trainerFor(
  backend: Backend,
  { source, parameters }: Pick<Problem<RowsInMemory>, "source" | "parameters">,
  bias = true,
) {
  const data = disposeLater(await backend.createDataset(source));
  const sparse = isSparse(source.x);
  const shape = { features: source.x.cols, classes: parameters.bias.length, bias, sparse };
  const trainer = disposeLater(await backend.createTrainer(shape));
  return { trainer, data };
}

/** Runs `work` with both, and disposes of them afterwards. */
export async function withTrainer<T>(
  backend: Backend,
  { source, parameters }: Problem<RowsInMemory>,
  bias: boolean,
  work: (trainer: Trainer, data: Dataset) => Promise<T>,
): Promise<T> {
  const data = await backend.createDataset(source);
  const sparse = isSparse(source.x);
  const shape = { features: source.x.cols, classes: parameters.bias.length, bias, sparse };
  const trainer = await backend.createTrainer(shape);
  try {
    return await work(trainer, data);
  } finally {
    trainer.dispose();
    data.dispose();
  }
}
