/**
 * Training on the reference: each step calls the functions of operations.ts in the order
 * rows → logits → softmax and loss → dLogits → gradient → update. Built for truth, not for speed.
 */
import { allocate, type Matrix } from "../../data/matrix.ts";
import { rowsThatCount } from "../../data/row-weights.ts";
import type { RowsInMemory } from "../../data/rows.ts";
import type { Targets } from "../../data/targets.ts";
import { type Parameters, zeros } from "../../parameters.ts";
import { pause } from "../../pause.ts";
import type {
  AdamwSettings,
  DatasetSource,
  Evaluation,
  EvaluationOptions,
  LossAndGradient,
  ModelShape,
  OptimiserState,
  Outcomes,
  RunOptions,
  SgdResult,
  SgdSteps,
  Trainer,
} from "../backend.ts";
import { DeviceDataset } from "../device-dataset.ts";
import {
  checkLabelled,
  checkMoments,
  checkShape,
  checkSteps,
  stepBatchesOf,
  sumOfWeights,
} from "../steps.ts";
import { gradientOf, scoresOf, standardized } from "./of-rows.ts";
import {
  adamwUpdate,
  averageUpdate,
  countCorrect,
  crossEntropy,
  dLogits,
  l1Update,
  outcomes,
  secondMoments,
  sgdUpdate,
  softmax,
  weightedMean,
} from "./operations.ts";

/** Multiply-adds between two pauses: some milliseconds of work. */
const PIECE_PRODUCTS = 2 ** 20;

/** A data set of the reference: the caller's own arrays, copied only if they are standardised. */
export class ReferenceDataset extends DeviceDataset {
  readonly x: RowsInMemory;
  readonly targets: Targets;
  readonly labelSmoothing: number;

  constructor(source: DatasetSource<RowsInMemory>) {
    super(source);
    const { x, targets, labelSmoothing = 0, standardization } = source;
    this.x = standardization ? standardized(x, standardization) : x;
    this.targets = targets;
    this.labelSmoothing = labelSmoothing;
  }
}

/** {@link Trainer} in float64 on the CPU. */
export class ReferenceTrainer implements Trainer {
  readonly tuning = null;
  readonly #shape: ModelShape;
  #state: OptimiserState;

  constructor(shape: ModelShape) {
    this.#shape = shape;
    this.#state = { parameters: zeros(shape), velocity: zeros(shape) };
  }

  write(parameters: Parameters): void {
    const { weights, bias } = copyOf(parameters);
    this.#state = {
      parameters: { weights, bias: this.#shape.bias ? bias : bias.fill(0) },
      velocity: zeros(this.#shape),
    };
  }

  async read(): Promise<Parameters> {
    return copyOf(this.#state.parameters);
  }

  async readState(): Promise<OptimiserState> {
    return copyOfState(this.#state);
  }

  writeState(state: OptimiserState): void {
    this.#state = copyOfState(state);
  }

  async sgd(data: ReferenceDataset, steps: SgdSteps, options: RunOptions = {}): Promise<SgdResult> {
    checkSteps(this.#shape, data, steps);
    const { length } = steps.learningRates;
    const losses = new Float64Array(length);
    const weights = new Float64Array(length);
    const correct = new Float64Array(length);
    const l2 = steps.adamw ? 0 : steps.l2; // AdamW's decay is not part of the gradient
    let rowsDone = 0;
    for (const { index, rows, weight, divisor, averaged } of stepBatchesOf(steps, data)) {
      const seen = await this.#lossAndGradient(data, rows, divisor, l2, options.signal);
      losses[index] = seen.loss;
      weights[index] = weight;
      correct[index] = seen.correct;
      if (steps.adamw) this.#adamwStep(seen.gradient, { ...steps, adamw: steps.adamw }, index);
      else this.#sgdStep(seen.gradient, steps, index);
      this.#average(averaged);
      rowsDone += rows.length;
      options.onRows?.(rowsDone);
    }
    return { losses, weights, correct };
  }

  async lossAndGradient(
    data: ReferenceDataset,
    l2: number,
    options: RunOptions = {},
  ): Promise<LossAndGradient> {
    checkLabelled(this.#shape, data);
    const rows = range(0, data.rows);
    const divisor = data.meanWeight * data.rows;
    const { gradient, ...seen } = await this.#lossAndGradient(data, rows, divisor, l2, options.signal);
    options.onRows?.(data.rows);
    const dBias = this.#shape.bias ? gradient.bias : new Float64Array(this.#shape.classes);
    return { ...seen, dWeights: gradient.weights, dBias };
  }

  async evaluate(data: ReferenceDataset, options: EvaluationOptions = {}): Promise<Evaluation> {
    checkLabelled(this.#shape, data);
    const losses = new Float64Array(data.rows);
    let correct = 0;
    await this.#eachPiece(data, options, (rows, logits) => {
      const { targets, sampleWeights } = data;
      const isPlain = options.isSmoothed === false && targets.kind === "labels";
      const labelSmoothing = isPlain ? 0 : data.labelSmoothing;
      losses.set(crossEntropy(logits, targets, rows, this.#shape.classes, labelSmoothing), rows[0]);
      correct += countCorrect(logits, targets, sampleWeights, rows, this.#shape.classes);
    });
    return { loss: weightedMean(losses, data.sampleWeights, range(0, data.rows)), correct };
  }

  async logits(data: ReferenceDataset, options: RunOptions = {}): Promise<Float32Array> {
    checkShape(this.#shape, data);
    const all = allocate(Float32Array, data.rows * this.#shape.classes, "x");
    await this.#eachPiece(data, options, (rows, logits) => all.set(logits, rows[0] * this.#shape.classes));
    return all;
  }

  async probabilities(data: ReferenceDataset, options: RunOptions = {}): Promise<Float32Array> {
    checkShape(this.#shape, data);
    const all = allocate(Float32Array, data.rows * this.#shape.classes, "x");
    await this.#eachPiece(data, options, (rows, logits) =>
      all.set(softmax(logits, this.#shape.classes), rows[0] * this.#shape.classes),
    );
    return all;
  }

  async outcomes(data: ReferenceDataset, options: RunOptions = {}): Promise<Outcomes> {
    checkShape(this.#shape, data);
    const all = {
      predicted: allocate(Uint32Array, data.rows, "x"),
      confidence: allocate(Float32Array, data.rows, "x"),
      rank: allocate(Uint32Array, data.rows, "x"),
    };
    await this.#eachPiece(data, options, (rows, logits) => {
      const { predicted, confidence, rank } = outcomes(logits, data.targets, rows, this.#shape.classes);
      all.predicted.set(predicted, rows[0]);
      all.confidence.set(confidence, rows[0]);
      all.rank.set(rank, rows[0]);
    });
    return all;
  }

  async secondMoments(
    data: ReferenceDataset,
    weights: Float32Array,
    { signal }: RunOptions = {},
  ): Promise<Float32Array> {
    checkMoments(this.#shape, data, weights);
    const { features, bias } = this.#shape;
    const n = features + (bias ? 1 : 0);
    const rows = rowsThatCount(weights);
    const moments = new Float64Array(n * n);
    for (const piece of this.#piecesOf(rows, n * n)) {
      await pause(signal);
      const part = secondMoments(data.x as Matrix, piece, weights, bias);
      for (let at = 0; at < part.length; at++) moments[at] += part[at];
    }
    return Float32Array.from(moments);
  }

  dispose(): void {}

  /** Computes rows → logits → softmax and loss → dLogits → gradient, piece by piece. The loss is the mean over Σ s. */
  async #lossAndGradient(
    data: ReferenceDataset,
    rows: Uint32Array,
    divisor: number,
    l2: number,
    signal?: AbortSignal,
  ) {
    const { x, targets, sampleWeights, labelSmoothing } = data;
    const { classes } = this.#shape;
    const { parameters } = this.#state;
    const total = sumOfWeights(sampleWeights, rows);
    const seen = { loss: 0, correct: 0, gradient: zeros(this.#shape) };
    for (const [i, piece] of [...this.#piecesOf(rows)].entries()) {
      const logits = scoresOf(x, piece, parameters);
      const losses = crossEntropy(logits, targets, piece, classes, labelSmoothing);
      const p = softmax(logits, classes);
      const t = dLogits(p, targets, sampleWeights, piece, classes, labelSmoothing, divisor);
      const share = total === 0 ? 0 : sumOfWeights(sampleWeights, piece) / total;
      seen.loss += share * weightedMean(losses, sampleWeights, piece);
      seen.correct += countCorrect(logits, targets, sampleWeights, piece, classes);
      add(seen.gradient, gradientOf(t, x, piece, parameters, i === 0 ? l2 : 0));
      await pause(signal);
    }
    return seen;
  }

  #sgdStep(g: Parameters, { learningRates, momentum, nesterov, l1 = 0 }: SgdSteps, step: number): void {
    const { parameters, velocity } = this.#state;
    const rates = { learningRate: learningRates[step], momentum, nesterov };
    sgdUpdate(parameters.weights, velocity.weights, g.weights, rates);
    if (l1 > 0) l1Update(parameters.weights, { learningRate: learningRates[step], l1 });
    if (this.#shape.bias) sgdUpdate(parameters.bias, velocity.bias, g.bias, rates);
  }

  #adamwStep(
    g: Parameters,
    { learningRates, firstStep = 0, l2, adamw }: SgdSteps & { readonly adamw: AdamwSettings },
    step: number,
  ): void {
    const { parameters, velocity: m, secondMoment: v = zeros(this.#shape) } = this.#state;
    this.#state = { ...this.#state, secondMoment: v };
    const rates = { ...adamw, learningRate: learningRates[step], t: firstStep + step + 1 };
    adamwUpdate(parameters.weights, m.weights, v.weights, g.weights, { ...rates, l2 });
    if (this.#shape.bias) adamwUpdate(parameters.bias, m.bias, v.bias, g.bias, { ...rates, l2: 0 });
  }

  /** Adds the parameters to their average as the n-th; with n = 0, does nothing. */
  #average(n: number): void {
    if (n === 0) return;
    const { parameters, average = zeros(this.#shape) } = this.#state;
    this.#state = { ...this.#state, average };
    averageUpdate(average.weights, parameters.weights, n);
    averageUpdate(average.bias, parameters.bias, n);
  }

  async #eachPiece(
    data: ReferenceDataset,
    options: RunOptions,
    use: (rows: Uint32Array, logits: Float64Array) => void,
  ): Promise<void> {
    let rowsDone = 0;
    for (const rows of this.#piecesOf(range(0, data.rows))) {
      use(rows, scoresOf(data.x, rows, this.#state.parameters));
      rowsDone += rows.length;
      options.onRows?.(rowsDone);
      await pause(options.signal);
    }
  }

  *#piecesOf(rows: Uint32Array, products = this.#state.parameters.weights.length) {
    const length = Math.ceil(PIECE_PRODUCTS / products);
    for (let first = 0; first < rows.length; first += length) yield rows.subarray(first, first + length);
  }
}

function add(sum: Parameters, part: Parameters): void {
  for (const name of ["weights", "bias"] as const)
    for (let i = 0; i < sum[name].length; i++) sum[name][i] += part[name][i];
}

function copyOf({ weights, bias }: Parameters): Parameters {
  return { weights: weights.slice(), bias: bias.slice() };
}

function copyOfState({ parameters, velocity, secondMoment, average }: OptimiserState): OptimiserState {
  return {
    parameters: copyOf(parameters),
    velocity: copyOf(velocity),
    ...(secondMoment && { secondMoment: copyOf(secondMoment) }),
    ...(average && { average: copyOf(average) }),
  };
}

function range(begin: number, end: number): Uint32Array {
  const rows = allocate(Uint32Array, end - begin, "x");
  for (let i = 0; i < rows.length; i++) rows[i] = begin + i;
  return rows;
}
