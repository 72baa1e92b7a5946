/**
 * Training on the CPU in WebAssembly. A batch goes block by block rows → logits → softmax, loss and dLogits →
 * gradient, so that a block's rows come from memory once, and then → update. The thread is given back every
 * few milliseconds.
 */
import type { Parameters } from "../../objective.ts";
import { isPauseDue, pause } from "../../pause.ts";
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
import type { WasmDataset } from "./dataset.ts";
import { packParameters, unpackParameters } from "./parameters.ts";
import { BLOCK_ROWS, layoutOf, Workspace } from "./workspace.ts";

/** {@link Trainer} in WebAssembly. */
export class WasmTrainer implements Trainer {
  readonly #shape: ModelShape;
  #weights: Float32Array;
  #velocity: Float32Array;

  constructor(shape: ModelShape) {
    this.#shape = shape;
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
    const workspace = this.#enter(data);
    const count = steps.learningRates.length;
    const result = {
      losses: new Float64Array(count),
      weights: new Float64Array(count),
      correct: new Float64Array(count),
    };
    let step = 0;
    let rowsDone = 0;
    for (const rows of batchesOf(steps)) {
      const weight = sumOfWeights(data.sampleWeights, rows);
      await this.#backward(workspace, rows, weight > 0 ? 1 / weight : 0, options);
      workspace.update(1, { ...steps, learningRate: steps.learningRates[step] });
      const { loss, correct } = workspace.takeSums();
      result.losses[step] = weight > 0 ? loss / weight : 0;
      result.weights[step] = weight;
      result.correct[step] = correct;
      step++;
      rowsDone += rows.length;
      options.onRows?.(rowsDone);
    }
    this.#weights = workspace.weights.slice();
    this.#velocity = workspace.velocity.slice();
    return result;
  }

  async lossAndGradient(data: WasmDataset, l2: number, options: RunOptions = {}): Promise<LossAndGradient> {
    checkLabelled(this.#shape, data);
    const workspace = this.#enter(data);
    workspace.velocity.fill(0); // with no momentum and no rate, the update leaves the gradient here
    const rows = allRows(data);
    const weight = sumOfWeights(data.sampleWeights, rows);
    await this.#backward(workspace, rows, weight > 0 ? 1 / weight : 0, options);
    workspace.update(1, { l2, learningRate: 0, momentum: 0, nesterov: false });
    const { loss } = workspace.takeSums();
    const { weights, bias } = unpackParameters(workspace.velocity, this.#shape);
    return { loss: weight > 0 ? loss / weight : 0, dWeights: weights, dBias: bias };
  }

  async evaluate(data: WasmDataset, options: RunOptions = {}): Promise<Evaluation> {
    checkLabelled(this.#shape, data);
    const workspace = this.#enter(data);
    const rows = allRows(data);
    const weight = sumOfWeights(data.sampleWeights, rows);
    await eachBlock(rows, options, (block) => {
      workspace.forward(block);
      workspace.loss(block.length, 0);
    });
    const { loss, correct } = workspace.takeSums();
    return { loss: weight > 0 ? loss / weight : 0, correct };
  }

  logits(data: WasmDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, options, () => {});
  }

  probabilities(data: WasmDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, options, (workspace, rows) => workspace.probabilities(rows));
  }

  dispose(): void {}

  /** A workspace with this trainer's parameters. */
  #enter(data: WasmDataset): Workspace {
    const workspace = new Workspace(data, this.#shape, 1);
    workspace.weights.set(this.#weights);
    workspace.velocity.set(this.#velocity);
    return workspace;
  }

  #backward(workspace: Workspace, rows: Uint32Array, scale: number, options: RunOptions): Promise<void> {
    return eachBlock(rows, { signal: options.signal }, (block) => {
      workspace.forward(block);
      workspace.loss(block.length, scale);
      workspace.backward(block.length, 0);
    });
  }

  async #scores(
    data: WasmDataset,
    options: RunOptions = {},
    finish: (workspace: Workspace, rows: number) => void,
  ): Promise<Float32Array> {
    checkFeatures(this.#shape, data);
    const workspace = this.#enter(data);
    const { classes } = this.#shape;
    const all = new Float32Array(data.rows * classes);
    await eachBlock(allRows(data), options, (block) => {
      workspace.forward(block);
      finish(workspace, block.length);
      for (let i = 0; i < block.length; i++) all.set(workspace.scores(i), (block[0] + i) * classes);
    });
    return all;
  }
}

/** Runs `work` on `rows`, block by block, letting the event loop turn and an abort be noticed in between. */
async function eachBlock(
  rows: Uint32Array,
  options: RunOptions,
  work: (block: Uint32Array) => void,
): Promise<void> {
  options.signal?.throwIfAborted();
  for (let first = 0; first < rows.length; first += BLOCK_ROWS) {
    if (isPauseDue()) {
      options.onRows?.(first);
      await pause(options.signal);
    }
    work(rows.subarray(first, first + BLOCK_ROWS));
  }
  options.onRows?.(rows.length);
}

function allRows({ rows }: WasmDataset): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, i) => i);
}
