/**
 * Training on the CPU in WebAssembly. Threading.backward takes a batch block by block through
 * rows → logits → softmax, loss and dLogits → gradient (backward.ts), so that a block's rows are read from memory once;
 * Optimiser.step follows with the update. Work yields to the event loop every few milliseconds, and threads share large
 * batches if that is faster.
 */
import { allocate } from "../../data/matrix.ts";
import { loaded } from "../../loaded.ts";
import { type Parameters, zeros } from "../../parameters.ts";
import { pause } from "../../pause.ts";
import type {
  Evaluation,
  EvaluationOptions,
  LossAndGradient,
  ModelShape,
  NewtonOptions,
  NewtonStep,
  OptimiserState,
  Outcomes,
  RunOptions,
  SgdResult,
  SgdSteps,
  Trainer,
} from "../backend.ts";
import {
  checkLabelled,
  checkMoments,
  checkShape,
  checkSteps,
  stepBatchesOf,
  sumOfWeights,
} from "../steps.ts";
import { allRows, eachBlock, type Pass, type Sums } from "./backward.ts";
import type { WasmDataset } from "./dataset.ts";
import { Optimiser, reduceGradient } from "./optimiser.ts";
import {
  areMirrored,
  initialState,
  type PackedShape,
  type PackedState,
  packInto,
  packState,
  unpackParameters,
  unpackState,
  zeroParameters,
} from "./parameters.ts";
import { secondMoments } from "./second-moments.ts";
import { Threading, type ThreadingOptions } from "./threading.ts";
import { Workspace } from "./workspace.ts";

/** {@link Trainer} in WebAssembly. */
export class WasmTrainer implements Trainer {
  readonly tuning = null;
  #shape: PackedShape;
  readonly #threading: ThreadingOptions;
  readonly #threaded = new Map<WasmDataset, { readonly threading: Threading; readonly forget: () => void }>();
  #state: PackedState;

  constructor(shape: ModelShape, threading: ThreadingOptions) {
    this.#shape = { ...shape, isMirrored: areMirrored(zeros(shape), shape) };
    this.#threading = threading;
    this.#state = initialState(zeroParameters(this.#shape));
  }

  write(parameters: Parameters): void {
    this.#pack(areMirrored(parameters, this.#shape));
    packInto(this.#state.weights, parameters, this.#shape);
    this.#state = initialState(this.#state.weights);
  }

  async read(): Promise<Parameters> {
    return unpackParameters(this.#state.weights, this.#shape);
  }

  async readState(): Promise<OptimiserState> {
    return unpackState(this.#state, this.#shape);
  }

  writeState(state: OptimiserState): void {
    const { parameters, velocity, average = parameters, secondMoment } = state;
    const areOpposite = [parameters, velocity, average].every((part) => areMirrored(part, this.#shape));
    this.#pack(areOpposite && (!secondMoment || areMirrored(secondMoment, this.#shape, 1)));
    this.#state = packState(state, this.#shape);
  }

  async sgd(data: WasmDataset, steps: SgdSteps, options: RunOptions = {}): Promise<SgdResult> {
    checkSteps(this.#shape, data, steps);
    const threading = this.#threadingOf(data);
    const splits = threading.splitsFor(steps.batchSize);
    const count = steps.learningRates.length;
    const result = {
      losses: new Float64Array(count),
      weights: new Float64Array(count),
      correct: new Float64Array(count),
    };
    return this.#within(data, splits, async (workspace) => {
      const optimiser = new Optimiser(data, workspace, steps, this.#state);
      let rowsDone = 0;
      for (const batch of stepBatchesOf(steps, data)) {
        const { index, rows, weight, scale } = batch;
        // rows → logits → softmax, loss and dLogits → gradient
        const { loss, correct } = await threading.backward(workspace, rows, scale, splits, options.signal);
        optimiser.step(batch); // gradient → update
        result.losses[index] = weight > 0 ? loss / weight : 0;
        result.weights[index] = weight;
        result.correct[index] = correct;
        rowsDone += rows.length;
        options.onRows?.(rowsDone);
      }
      this.#shape = workspace.shape;
      this.#state = optimiser.state();
      return result;
    });
  }

  async lossAndGradient(data: WasmDataset, l2: number, options: RunOptions = {}): Promise<LossAndGradient> {
    checkLabelled(this.#shape, data);
    const threading = this.#threadingOf(data);
    const splits = threading.splitsFor(data.rows);
    const rows = allRows(data);
    const weight = sumOfWeights(data.sampleWeights, rows);
    const scale = weight > 0 ? 1 / weight : 0;
    return this.#within(data, splits, async (workspace) => {
      const { loss, correct } = await threading.backward(workspace, rows, scale, splits, options.signal);
      options.onRows?.(data.rows);
      await pause(options.signal);
      // Of sparse rows the first partial gradient is the sum of all.
      const isReduced = data.isSparse && l2 === 0;
      const gradient = isReduced ? workspace.partial(0) : reduceGradient(data, workspace, l2);
      // Unpacked at once, since the gradient is a view of memory that may grow in a pause.
      const { weights, bias } = unpackParameters(gradient, workspace.shape);
      return { loss: loss * scale, correct, dWeights: weights, dBias: bias };
    });
  }

  async evaluate(data: WasmDataset, options: EvaluationOptions = {}): Promise<Evaluation> {
    checkLabelled(this.#shape, data);
    const addLoss = (workspace: Workspace, block: Uint32Array) =>
      workspace.softmax(block.length, 0, options.isSmoothed);
    const { loss, correct } = await this.#forward(data, options, addLoss, true);
    const weight = sumOfWeights(data.sampleWeights, allRows(data));
    return { loss: weight > 0 ? loss / weight : 0, correct };
  }

  logits(data: WasmDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, options, () => {});
  }

  probabilities(data: WasmDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, options, (workspace, rows) => workspace.probabilities(rows));
  }

  async outcomes(data: WasmDataset, options: RunOptions = {}): Promise<Outcomes> {
    checkShape(this.#shape, data);
    const predicted = allocate(Uint32Array, data.rows, "x");
    const confidence = allocate(Float32Array, data.rows, "x");
    const rank = allocate(Uint32Array, data.rows, "x");
    await this.#forward(data, options, (workspace, block) => {
      const seen = workspace.outcomes(block.length);
      predicted.set(seen.predicted, block[0]);
      confidence.set(seen.confidence, block[0]);
      rank.set(seen.rank, block[0]);
    });
    return { predicted, confidence, rank };
  }

  async secondMoments(
    data: WasmDataset,
    weights: Float32Array,
    { signal }: RunOptions = {},
  ): Promise<Float32Array> {
    checkMoments(this.#shape, data, weights);
    return secondMoments(data, this.#shape.bias, weights, signal);
  }

  async newtonStep(data: WasmDataset, newton: NewtonOptions, options: RunOptions = {}): Promise<NewtonStep> {
    checkLabelled(this.#shape, data);
    const { newtonStep } = await loaded(import("./newton.ts"), "Newton steps");
    const threading = this.#threadingOf(data);
    const splits = threading.splitsFor(data.rows);
    const rows = allRows(data);
    const scale = 1 / sumOfWeights(data.sampleWeights, rows);
    return this.#within(data, splits, (workspace) => {
      const pass = (kind: Pass) => threading.backward(workspace, rows, scale, splits, options.signal, kind);
      return newtonStep(data, workspace, newton, pass, options.signal);
    });
  }

  dispose(): void {
    for (const { threading, forget } of this.#threaded.values()) {
      threading.dispose();
      forget();
    }
  }

  /** Changes how parameters are packed; threads that know them otherwise end. */
  #pack(isMirrored: boolean): void {
    if (isMirrored === this.#shape.isMirrored) return;
    this.dispose();
    this.#threaded.clear();
    this.#shape = { ...this.#shape, isMirrored };
    this.#state = initialState(zeroParameters(this.#shape));
  }

  /** Runs `work` in a workspace that holds this trainer's parameters. */
  #within<T>(data: WasmDataset, splits: number, work: (workspace: Workspace) => Promise<T>): Promise<T> {
    return data.exclusively(async () => {
      const workspace = new Workspace(data, this.#shape, splits);
      workspace.weights.set(this.#state.weights);
      await pause();
      return work(workspace);
    });
  }

  #threadingOf(data: WasmDataset): Threading {
    const known = this.#threaded.get(data);
    if (known) return known.threading;
    const threading = new Threading(data, this.#shape, this.#threading);
    const forget = data.onDispose(() => {
      threading.dispose();
      this.#threaded.delete(data);
    });
    this.#threaded.set(data, { threading, forget });
    return threading;
  }

  async #scores(
    data: WasmDataset,
    options: RunOptions = {},
    finish: (workspace: Workspace, rows: number) => void,
  ): Promise<Float32Array> {
    checkShape(this.#shape, data);
    const { classes } = this.#shape;
    const all = allocate(Float32Array, data.rows * classes, "x");
    await this.#forward(data, options, (workspace, block) => {
      finish(workspace, block.length);
      for (let i = 0; i < block.length; i++) all.set(workspace.row(i), (block[0] + i) * classes);
    });
    return all;
  }

  /**
   * Computes all rows, or those with s > 0, → logits block by block, runs `work` on each block, and returns the sums.
   */
  #forward(
    data: WasmDataset,
    { signal, onRows }: RunOptions,
    work: (workspace: Workspace, block: Uint32Array) => void,
    isWeighted = false,
  ): Promise<Sums> {
    return this.#within(data, 1, async (workspace) => {
      const rows = isWeighted ? workspace.weighted(allRows(data)) : allRows(data);
      await eachBlock(workspace, rows, signal, (block) => {
        workspace.forward(block);
        work(workspace, block);
      });
      onRows?.(data.rows);
      return workspace.takeSums();
    });
  }
}
