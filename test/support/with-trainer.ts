/** A problem's data set and a trainer for it, for the duration of a test's work. */
import type { Backend, Dataset, Trainer } from "../../src/backends/backend.ts";
import type { Problem } from "./problems.ts";

/** Runs `work` with both, and disposes of them afterwards. */
export async function withTrainer<T>(
  backend: Backend,
  problem: Problem,
  bias: boolean,
  work: (trainer: Trainer, data: Dataset) => Promise<T>,
): Promise<T> {
  const data = await backend.createDataset(problem.source);
  const shape = { features: problem.source.x.cols, classes: problem.parameters.bias.length, bias };
  const trainer = await backend.createTrainer(shape);
  try {
    return await work(trainer, data);
  } finally {
    trainer.dispose();
    data.dispose();
  }
}
