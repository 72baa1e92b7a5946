/**
 * The update of a step: partial gradients → moments → parameters → average. Chooses the kernels and their rates; the
 * trainer computes the gradients.
 */
import type { AdamwSettings, SgdSteps } from "../backend.ts";
import { adamwRatesOf, isAveraged, type StepBatch } from "../steps.ts";
import type { WasmDataset } from "./dataset.ts";
import type { PackedState } from "./parameters.ts";
import type { Workspace } from "./workspace.ts";

/** Takes the steps of one call; its memory follows the workspace's. */
export class Optimiser {
  readonly #data: WasmDataset;
  readonly #workspace: Workspace;
  readonly #steps: SgdSteps;
  readonly #before: PackedState;
  /** Addresses; 0 for parts that these steps do not use. */
  readonly #at: { readonly velocity: number; readonly secondMoment: number; readonly average: number };

  /** @throws LimitError if the memory cannot grow */
  constructor(data: WasmDataset, workspace: Workspace, steps: SgdSteps, before: PackedState) {
    this.#data = data;
    this.#workspace = workspace;
    this.#steps = steps;
    this.#before = before;
    this.#at = {
      velocity: this.#take(before.velocity),
      secondMoment: steps.adamw ? this.#take(before.secondMoment) : 0,
      average: isAveraged(steps) ? this.#take(before.average) : 0,
    };
  }

  /** Takes one step: partial gradients → moments → parameters → average; clears the partial gradients. */
  step({ index, averaged }: StepBatch): void {
    const { adamw } = this.#steps;
    if (adamw) this.#adamw(adamw, index);
    else this.#sgd(index);
    const { at, layout } = this.#workspace;
    if (averaged > 0) this.#data.kernels.average(this.#at.average, at.weights, layout.bytes, averaged);
  }

  /** Copies the state after the steps so far. */
  state(): PackedState {
    const { velocity, secondMoment, average } = this.#at;
    return {
      weights: this.#workspace.weights.slice(),
      velocity: this.#copyOf(velocity),
      secondMoment: secondMoment ? this.#copyOf(secondMoment) : this.#before.secondMoment,
      average: average ? this.#copyOf(average) : this.#before.average,
    };
  }

  #sgd(index: number): void {
    const { kernels } = this.#data;
    const { at, partials, layout } = this.#workspace;
    const { bytes, weightBytes } = layout;
    const { learningRates, l2, l1 = 0, momentum, nesterov } = this.#steps;
    const learningRate = learningRates[index];
    kernels.sgd(
      at.weights,
      this.#at.velocity,
      at.partials,
      partials,
      bytes,
      weightBytes,
      l2,
      learningRate,
      momentum,
      nesterov,
    );
    if (l1 > 0) kernels.softThreshold(at.weights, weightBytes, learningRate * l1);
  }

  #adamw(adamw: AdamwSettings, index: number): void {
    const { at, partials, layout } = this.#workspace;
    const { beta1, beta2 } = adamw;
    const { learningRate, epsilon, decay } = adamwRatesOf(this.#steps, adamw, index);
    this.#data.kernels.adamw(
      at.weights,
      this.#at.velocity,
      this.#at.secondMoment,
      at.partials,
      partials,
      layout.bytes,
      layout.weightBytes,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      learningRate,
      epsilon,
      decay,
    );
  }

  #take(values: Float32Array | null): number {
    const { arena } = this.#data;
    const at = arena.take(this.#workspace.layout.bytes, "parameters");
    if (values) arena.floats(at, values.length).set(values);
    return at;
  }

  #copyOf(at: number): Float32Array {
    return this.#data.arena.floats(at, this.#workspace.layout.bytes / 4).slice();
  }
}

/**
 * Computes G = Σ partial + 2λW: the sgd kernel with μ = η = 0 writes G to its velocity. Clears the partial gradients.
 */
export function reduceGradient(
  data: WasmDataset,
  { at, partials, layout }: Workspace,
  l2: number,
): Float32Array {
  const { bytes, weightBytes } = layout;
  const sum = data.arena.take(bytes, "parameters");
  data.kernels.sgd(at.weights, sum, at.partials, partials, bytes, weightBytes, l2, 0, 0, false);
  return data.arena.floats(sum, bytes / 4);
}
