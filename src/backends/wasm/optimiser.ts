/**
 * The update of a step: partial gradients → moments → parameters → their mean. Which kernels a step takes, and
 * with what rates, is decided here; where the gradients come from is the trainer's business.
 */
import type { AdamwSettings, SgdSteps } from "../backend.ts";
import { averagedAfter } from "../steps.ts";
import type { WasmDataset } from "./dataset.ts";
import type { PackedState } from "./state.ts";
import type { Workspace } from "./workspace.ts";

/** Takes the steps of one call, with its memory behind a workspace. */
export class Optimiser {
  readonly #data: WasmDataset;
  readonly #workspace: Workspace;
  readonly #steps: SgdSteps;
  readonly #before: PackedState;
  /** Addresses; 0 for what these steps do not need. */
  readonly #at: { readonly velocity: number; readonly secondMoment: number; readonly average: number };

  /** @throws LimitError if the memory cannot grow */
  constructor(data: WasmDataset, workspace: Workspace, steps: SgdSteps, before: PackedState) {
    this.#data = data;
    this.#workspace = workspace;
    this.#steps = steps;
    this.#before = before;
    const isAveraged = averagedAfter(steps, steps.learningRates.length - 1) > 0;
    this.#at = {
      velocity: this.#take(before.velocity),
      secondMoment: steps.adamw ? this.#take(before.secondMoment) : 0,
      average: isAveraged ? this.#take(before.average) : 0,
    };
  }

  /** Step `index` of this call: partial gradients → all that moves; the partials are 0 again. */
  step(index: number): void {
    const { learningRates, adamw } = this.#steps;
    if (adamw) this.#adamw(adamw, learningRates[index], index);
    else this.#sgd(learningRates[index]);
    const n = averagedAfter(this.#steps, index);
    const { at, layout } = this.#workspace;
    if (n > 0) this.#data.kernels.average(this.#at.average, at.weights, layout.bytes, n);
  }

  /** What the steps so far have left behind. */
  state(): PackedState {
    const { velocity, secondMoment, average } = this.#at;
    return {
      weights: this.#workspace.weights.slice(),
      velocity: this.#copyOf(velocity),
      secondMoment: secondMoment ? this.#copyOf(secondMoment) : this.#before.secondMoment,
      average: average ? this.#copyOf(average) : this.#before.average,
    };
  }

  #sgd(learningRate: number): void {
    const { kernels } = this.#data;
    const { at, splits, layout } = this.#workspace;
    const { bytes, weightBytes } = layout;
    const { l2, l1 = 0, momentum, nesterov } = this.#steps;
    kernels.sgd(
      at.weights,
      this.#at.velocity,
      at.partials,
      splits,
      bytes,
      weightBytes,
      l2,
      learningRate,
      momentum,
      nesterov,
    );
    if (l1 > 0) kernels.shrink(at.weights, weightBytes, learningRate * l1);
  }

  /** The corrections of the moments' bias become part of η and ε: 1/√(v / c) is √c/√v. */
  #adamw({ beta1, beta2, epsilon }: AdamwSettings, learningRate: number, index: number): void {
    const { at, splits, layout } = this.#workspace;
    const { l2, firstStep = 0 } = this.#steps;
    const t = firstStep + index + 1;
    const root = Math.sqrt(1 - beta2 ** t);
    this.#data.kernels.adamw(
      at.weights,
      this.#at.velocity,
      this.#at.secondMoment,
      at.partials,
      splits,
      layout.bytes,
      layout.weightBytes,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      (learningRate * root) / (1 - beta1 ** t),
      epsilon * root,
      learningRate * 2 * l2,
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

/** G = Σ partial + 2λW, which SGD without momentum and rate leaves in a velocity; the partials are 0 again. */
export function reduceGradient(
  data: WasmDataset,
  { at, splits, layout }: Workspace,
  l2: number,
): Float32Array {
  const { bytes, weightBytes } = layout;
  const sum = data.arena.take(bytes, "parameters");
  data.kernels.sgd(at.weights, sum, at.partials, splits, bytes, weightBytes, l2, 0, 0, false);
  return data.arena.floats(sum, bytes / 4);
}
