/**
 * Training on the CPU in WebAssembly. A batch goes block by block rows → logits → softmax, loss and dLogits →
 * gradient, so that a block's rows come from memory once, and then → update. The thread is given back every
 * few milliseconds; large batches are shared among threads where that pays.
 */
import type { Parameters } from "../../objective.ts";
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
import { eachBlock } from "./backward.ts";
import type { WasmDataset } from "./dataset.ts";
import { packParameters, unpackParameters } from "./parameters.ts";
import { Threading, type ThreadingOptions } from "./threading.ts";
import { layoutOf, Workspace } from "./workspace.ts";

/** {@link Trainer} in WebAssembly. */
export class WasmTrainer implements Trainer {
  readonly tuning = null;
  readonly #shape: ModelShape;
  readonly #threading: ThreadingOptions;
  readonly #threaded = new Map<WasmDataset, Threading>();
  #weights: Float32Array;
  #velocity: Float32Array;

  constructor(shape: ModelShape, threading: ThreadingOptions) {
    this.#shape = shape;
    this.#threading = threading;
    this.#weights = new Float32Array(layoutOf(shape).bytes / 4);
    this.#velocity = new Float32Array(layoutOf(shape).bytes / 4);
  }

  write(parameters: Parameters): void {
    this.#weights = packParameters(parameters, this.#shape);
    this.#velocity.fill(0);
  }

  async read(): Promise<Parameters> {
    return unpackParameters(this.#weights, this.#shape);
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
      let step = 0;
      let rowsDone = 0;
      for (const rows of batchesOf(steps)) {
        const weight = sumOfWeights(data.sampleWeights, rows);
        const scale = weight > 0 ? 1 / weight : 0;
        const { loss, correct } = await threading.backward(workspace, rows, scale, splits, options.signal);
        workspace.update(splits, { ...steps, learningRate: steps.learningRates[step] });
        result.losses[step] = loss * scale;
        result.weights[step] = weight;
        result.correct[step] = correct;
        step++;
        rowsDone += rows.length;
        options.onRows?.(rowsDone);
      }
      this.#weights = workspace.weights.slice();
      this.#velocity = workspace.velocity.slice();
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
      const { loss } = await threading.backward(workspace, rows, scale, splits, options.signal);
      workspace.velocity.fill(0); // with no momentum and no rate, the update leaves the gradient here
      workspace.update(splits, { l2, learningRate: 0, momentum: 0, nesterov: false });
      const { weights, bias } = unpackParameters(workspace.velocity, this.#shape);
      return { loss: loss * scale, dWeights: weights, dBias: bias };
    });
  }

  async evaluate(data: WasmDataset, options: RunOptions = {}): Promise<Evaluation> {
    checkLabelled(this.#shape, data);
    const rows = allRows(data);
    const weight = sumOfWeights(data.sampleWeights, rows);
    return this.#within(data, 1, async (workspace) => {
      await eachBlock(workspace, rows, options.signal, (block) => {
        workspace.forward(block);
        workspace.loss(block.length, 0);
      });
      options.onRows?.(data.rows);
      const { loss, correct } = workspace.takeSums();
      return { loss: weight > 0 ? loss / weight : 0, correct };
    });
  }

  logits(data: WasmDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, options, () => {});
  }

  probabilities(data: WasmDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, options, (workspace, rows) => workspace.probabilities(rows));
  }

  dispose(): void {
    for (const threading of this.#threaded.values()) threading.dispose();
  }

  /** Runs `work` in a workspace with this trainer's parameters. */
  #within<T>(data: WasmDataset, splits: number, work: (workspace: Workspace) => Promise<T>): Promise<T> {
    return data.exclusively(() => {
      const workspace = new Workspace(data, this.#shape, splits);
      workspace.weights.set(this.#weights);
      workspace.velocity.set(this.#velocity);
      return work(workspace);
    });
  }

  #threadingOf(data: WasmDataset): Threading {
    const known = this.#threaded.get(data);
    if (known) return known;
    const threading = new Threading(data, this.#shape, this.#threading);
    this.#threaded.set(data, threading);
    data.onDispose(() => {
      threading.dispose();
      this.#threaded.delete(data);
    });
    return threading;
  }

  async #scores(
    data: WasmDataset,
    options: RunOptions = {},
    finish: (workspace: Workspace, rows: number) => void,
  ): Promise<Float32Array> {
    checkFeatures(this.#shape, data);
    const { classes } = this.#shape;
    return this.#within(data, 1, async (workspace) => {
      const all = new Float32Array(data.rows * classes);
      await eachBlock(workspace, allRows(data), options.signal, (block) => {
        workspace.forward(block);
        finish(workspace, block.length);
        for (let i = 0; i < block.length; i++) all.set(workspace.scores(i), (block[0] + i) * classes);
      });
      options.onRows?.(data.rows);
      return all;
    });
  }
}

function allRows({ rows }: WasmDataset): Uint32Array {
  const all = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) all[i] = i;
  return all;
}
