/**
 * Training on the reference: rows → logits → softmax and loss → dLogits → gradient → update, each step the
 * operations of operations.ts in that order. For truth, not for speed.
 */

import type { Parameters } from "../../objective.ts";
import { pause } from "../../pause.ts";
import type {
  Evaluation,
  LossAndGradient,
  ModelShape,
  RunOptions,
  SgdResult,
  SgdSteps,
  Trainer,
} from "../backend.ts";
import { batchesOf, checkFeatures, checkLabelled, checkSteps, sumOfWeights } from "../steps.ts";
import type { ReferenceDataset } from "./dataset.ts";
import {
  countCorrect,
  crossEntropy,
  dLogits,
  gradient,
  matmul,
  sgdUpdate,
  softmax,
  weightedMean,
} from "./operations.ts";

/** Rows that one uninterrupted piece of work over all rows takes. */
const PIECE_ROWS = 256;

/** {@link Trainer} in float64 on the CPU. */
export class ReferenceTrainer implements Trainer {
  readonly tuning = null;
  readonly #shape: ModelShape;
  #parameters: Parameters;
  #velocity: Parameters;

  constructor(shape: ModelShape) {
    this.#shape = shape;
    this.#parameters = zeros(shape);
    this.#velocity = zeros(shape);
  }

  write({ weights, bias }: Parameters): void {
    this.#parameters = { weights: weights.slice(), bias: bias.slice() };
    this.#velocity = zeros(this.#shape);
  }

  async read(): Promise<Parameters> {
    const { weights, bias } = this.#parameters;
    return { weights: weights.slice(), bias: bias.slice() };
  }

  async sgd(data: ReferenceDataset, steps: SgdSteps, options: RunOptions = {}): Promise<SgdResult> {
    checkSteps(this.#shape, data, steps);
    const { learningRates, momentum, nesterov, l2 } = steps;
    const losses = new Float64Array(learningRates.length);
    const weights = new Float64Array(learningRates.length);
    const correct = new Float64Array(learningRates.length);
    let step = 0;
    let rowsDone = 0;
    for (const rows of batchesOf(steps)) {
      const seen = this.#lossAndGradient(data, rows, l2);
      losses[step] = seen.loss;
      weights[step] = sumOfWeights(data.sampleWeights, rows);
      correct[step] = seen.correct;
      const rates = { learningRate: learningRates[step], momentum, nesterov };
      sgdUpdate(this.#parameters.weights, this.#velocity.weights, seen.gradient.weights, rates);
      if (this.#shape.bias) sgdUpdate(this.#parameters.bias, this.#velocity.bias, seen.gradient.bias, rates);
      step++;
      rowsDone += rows.length;
      options.onRows?.(rowsDone);
      await pause(options.signal);
    }
    return { losses, weights, correct };
  }

  async lossAndGradient(
    data: ReferenceDataset,
    l2: number,
    options: RunOptions = {},
  ): Promise<LossAndGradient> {
    checkLabelled(this.#shape, data);
    await pause(options.signal);
    const seen = this.#lossAndGradient(data, range(0, data.rows), l2);
    const dBias = this.#shape.bias ? seen.gradient.bias : new Float64Array(this.#shape.classes);
    return { loss: seen.loss, dWeights: seen.gradient.weights, dBias };
  }

  async evaluate(data: ReferenceDataset, options: RunOptions = {}): Promise<Evaluation> {
    checkLabelled(this.#shape, data);
    const losses = new Float64Array(data.rows);
    let correct = 0;
    await this.#eachPiece(data, options, (rows, logits) => {
      losses.set(crossEntropy(logits, data.targets, rows, this.#shape.classes), rows[0]);
      correct += countCorrect(logits, data.targets, rows, this.#shape.classes);
    });
    return { loss: weightedMean(losses, data.sampleWeights, range(0, data.rows)), correct };
  }

  async logits(data: ReferenceDataset, options: RunOptions = {}): Promise<Float32Array> {
    checkFeatures(this.#shape, data);
    const all = new Float32Array(data.rows * this.#shape.classes);
    await this.#eachPiece(data, options, (rows, logits) => all.set(logits, rows[0] * this.#shape.classes));
    return all;
  }

  async probabilities(data: ReferenceDataset, options: RunOptions = {}): Promise<Float32Array> {
    checkFeatures(this.#shape, data);
    const all = new Float32Array(data.rows * this.#shape.classes);
    await this.#eachPiece(data, options, (rows, logits) =>
      all.set(softmax(logits, this.#shape.classes), rows[0] * this.#shape.classes),
    );
    return all;
  }

  dispose(): void {}

  #lossAndGradient({ x, targets, sampleWeights }: ReferenceDataset, rows: Uint32Array, l2: number) {
    const { classes } = this.#shape;
    const logits = matmul(x, rows, this.#parameters);
    const losses = crossEntropy(logits, targets, rows, classes);
    const t = dLogits(softmax(logits, classes), targets, sampleWeights, rows, classes);
    return {
      loss: weightedMean(losses, sampleWeights, rows),
      correct: countCorrect(logits, targets, rows, classes),
      gradient: gradient(t, x, rows, this.#parameters, l2),
    };
  }

  async #eachPiece(
    data: ReferenceDataset,
    options: RunOptions,
    use: (rows: Uint32Array, logits: Float64Array) => void,
  ): Promise<void> {
    for (let first = 0; first < data.rows; first += PIECE_ROWS) {
      const rows = range(first, Math.min(first + PIECE_ROWS, data.rows));
      use(rows, matmul(data.x, rows, this.#parameters));
      options.onRows?.(first + rows.length);
      await pause(options.signal);
    }
  }
}

function zeros({ classes, features }: ModelShape): Parameters {
  return { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
}

function range(begin: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - begin }, (_, i) => begin + i);
}
