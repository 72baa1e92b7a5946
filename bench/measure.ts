/**
 * The measurement, in the page: every contender takes the same steps on the same problem; first a check of what
 * comes out, then rounds in which they alternate, then medians.
 */
import { ReferenceBackend } from "../src/backends/reference/index.ts";
import { createRandom } from "../src/data/random.ts";
import {
  type BenchProblem,
  type BenchShape,
  type Contender,
  LEARNING_RATE,
  MOMENTUM,
  type Training,
} from "./contender.ts";
import { median } from "./timing.ts";

/** Steps after which the weights are compared. */
const CHECKED_STEPS = 3;

/** How long a contender runs in one round, ms. */
const ROUND_TIME = 150;

/** What was measured of one contender at one shape. Times in ms per step. */
export interface Measurement {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Largest difference of a weight from the float64 reference, as a share of the largest weight. */
  readonly error: number;
}

/** Measures all contenders at one shape, in `rounds` rounds. */
export async function measure(
  shape: BenchShape,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Measurement[]> {
  const problem = problemOf(shape);
  const expected = await referenceWeights(problem);
  const runs: { name: string; training: Training; error: number; steps: number; times: number[] }[] = [];
  try {
    for (const { name, open } of contenders) {
      const training = await open(problem);
      await training.run(CHECKED_STEPS);
      const error = largestDifference(await training.weights(), expected);
      const started = performance.now();
      await training.run(2);
      const steps = Math.max(1, Math.round(ROUND_TIME / ((performance.now() - started) / 2)));
      runs.push({ name, training, error, steps, times: [] });
    }
    for (let round = 0; round < rounds; round++) {
      for (const { training, steps, times } of runs) {
        const started = performance.now();
        await training.run(steps);
        times.push((performance.now() - started) / steps);
      }
    }
  } finally {
    for (const { training } of runs) training.dispose();
  }
  return runs.map(({ name, error, times }) => ({
    name,
    median: median(times),
    min: Math.min(...times),
    max: Math.max(...times),
    error,
  }));
}

/** Seeded rows in [0, 1), every label there. */
export function problemOf({ rows, features, classes }: BenchShape): BenchProblem {
  const random = createRandom(1);
  return {
    rows,
    features,
    classes,
    x: Float32Array.from({ length: rows * features }, () => random.uniform()),
    labels: Uint32Array.from({ length: rows }, (_, i) => i % classes),
  };
}

async function referenceWeights({ x, labels, rows, features, classes }: BenchProblem): Promise<Float64Array> {
  const backend = new ReferenceBackend();
  const data = await backend.createDataset({
    x: { data: x, rows, cols: features },
    targets: { kind: "labels", labels },
  });
  const trainer = await backend.createTrainer({ features, classes, bias: true });
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  await trainer.sgd(data, {
    epochs: Array.from({ length: CHECKED_STEPS }, () => order),
    batchSize: rows,
    learningRates: new Float64Array(CHECKED_STEPS).fill(LEARNING_RATE),
    momentum: MOMENTUM,
    nesterov: false,
    l2: 0,
  });
  return (await trainer.read()).weights;
}

function largestDifference(actual: Float32Array, expected: Float64Array): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    size = Math.max(size, Math.abs(expected[i]));
  }
  return actual.length === expected.length ? difference / size : Number.NaN;
}
