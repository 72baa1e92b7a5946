/** Results of the formulas for a problem, by the reference's operations, and SGD steps to compare with them. */
import type { SgdSteps } from "../../src/backends/backend.ts";
import {
  adamwUpdate,
  averageUpdate,
  countCorrect,
  crossEntropy,
  dLogits,
  l1Update,
  objectiveGradient,
  sgdUpdate,
  softmax,
  weightedMean,
} from "../../src/backends/reference/index.ts";
import { gradientOf, scoresOf } from "../../src/backends/reference/of-rows.ts";
import { ReferenceDataset } from "../../src/backends/reference/trainer.ts";
import { batchesOf } from "../../src/backends/steps.ts";
import { createRandom, shuffle } from "../../src/data/random.ts";
import type { RowsInMemory } from "../../src/data/rows.ts";
import type { Parameters } from "../../src/parameters.ts";
import type { Problem, ProblemSpec } from "./problems.ts";

export { toleranceOf } from "../../bench/conformance/tolerance.ts";

/** Names a problem in a test's title. */
export function nameOf({
  rows,
  features,
  classes,
  storage = "f32",
  targets = "labels",
  isWeighted,
}: ProblemSpec): string {
  return `${rows}×${features}×${classes} ${storage} ${targets}${isWeighted ? " weighted" : ""}`;
}

/** Evaluates the formulas at the problem's parameters. */
export function expectedOf({ source, parameters, rows }: Problem<RowsInMemory>, l2: number) {
  const { x, targets, sampleWeights, labelSmoothing } = new ReferenceDataset(source);
  const classes = parameters.bias.length;
  const logits = scoresOf(x, rows, parameters);
  const losses = crossEntropy(logits, targets, rows, classes, labelSmoothing);
  return {
    logits,
    probabilities: softmax(logits, classes),
    loss: weightedMean(losses, sampleWeights, rows),
    correct: countCorrect(logits, targets, sampleWeights, rows, classes),
    gradient: objectiveGradient(source, parameters, l2),
  };
}

/** Returns ten steps over two epochs, each with a shorter last batch if the rows allow. */
export function tenSteps({ rows }: ProblemSpec, nesterov: boolean): SgdSteps {
  const random = createRandom(9);
  const batchSize = Math.ceil(rows / 5);
  const epochs = Array.from({ length: Math.ceil(10 / Math.ceil(rows / batchSize)) }, () => {
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    shuffle(order, random);
    return order;
  });
  const steps = epochs.length * Math.ceil(rows / batchSize);
  const learningRates = Float64Array.from({ length: steps }, (_, t) => 0.2 / (1 + t));
  return { epochs, batchSize, learningRates, momentum: 0.5, nesterov, l2: 0.01 };
}

/** Takes those steps from zero by the formulas. */
export function followFormulas(
  { source, parameters }: Problem<RowsInMemory>,
  steps: SgdSteps,
  hasBias: boolean,
) {
  const { x, targets, sampleWeights, labelSmoothing, meanWeight } = new ReferenceDataset(source);
  const { momentum, nesterov, l2, l1 = 0, adamw, averageFrom = Infinity } = steps;
  const classes = parameters.bias.length;
  const zeros = (): Parameters => ({
    weights: new Float64Array(parameters.weights.length),
    bias: new Float64Array(classes),
  });
  const [at, velocity, secondMoment, average] = [zeros(), zeros(), zeros(), zeros()];
  const losses: number[] = [];
  const correct: number[] = [];
  for (const rows of batchesOf(steps)) {
    const step = losses.length;
    const logits = scoresOf(x, rows, at);
    const p = softmax(logits, classes);
    const divisor = rows.length * meanWeight;
    const t = dLogits(p, targets, sampleWeights, rows, classes, labelSmoothing, divisor);
    const g = gradientOf(t, x, rows, at, adamw ? 0 : l2);
    losses.push(
      weightedMean(crossEntropy(logits, targets, rows, classes, labelSmoothing), sampleWeights, rows),
    );
    correct.push(countCorrect(logits, targets, sampleWeights, rows, classes));
    const learningRate = steps.learningRates[step];
    for (const part of hasBias ? (["weights", "bias"] as const) : (["weights"] as const)) {
      const [w, v, s] = [at[part], velocity[part], secondMoment[part]];
      const decay = part === "weights" ? l2 : 0;
      if (adamw) adamwUpdate(w, v, s, g[part], { ...adamw, learningRate, l2: decay, t: step + 1 });
      else sgdUpdate(w, v, g[part], { learningRate, momentum, nesterov });
    }
    if (l1 > 0) l1Update(at.weights, { learningRate, l1 });
    if (step < averageFrom) continue;
    averageUpdate(average.weights, at.weights, step - averageFrom + 1);
    averageUpdate(average.bias, at.bias, step - averageFrom + 1);
  }
  return { ...at, velocity, secondMoment, average, losses, correct };
}
