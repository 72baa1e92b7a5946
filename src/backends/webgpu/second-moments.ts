/**
 * Second moments of weighted rows on the GPU: the gradient of a model with n classes whose dLogits are the weighted
 * rows, since M = X̃ᵀ diag(w) X̃ = (diag(w) X̃)ᵀ X̃.
 */
import { allocate as allocateArray } from "../../data/matrix.ts";
import type { Parameters } from "../../parameters.ts";
import { pause } from "../../pause.ts";
import type { ModelShape, RunOptions } from "../backend.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { WebGpuDataset } from "./dataset.ts";
import type { Operation } from "./dispatches.ts";
import { densePacking, ParameterStore } from "./parameters.ts";
import { defaultPlan, type StepPlan } from "./plan.ts";
import { rowCountsOf, segmentChosen } from "./segments.ts";
import { Submitter } from "./submitter.ts";
import { type TrainerContext, Workspace } from "./workspace.ts";

/** Kernels by the route of a plan: rows → weighted rows → partial moments. */
const ROUTES: Readonly<Record<StepPlan["route"], readonly Operation[]>> = {
  rows: ["weightedRows", "gradient"],
  shared: ["weightedRows", "gradientShared"],
};

/** Elements that are copied between two pauses. */
const PIECE = 2 ** 20;

/** Buffers and kernels for the second moments of one data set. */
export class SecondMoments {
  readonly #context: TrainerContext;
  readonly #workspace: Workspace;
  /** w of each chunk's rows. */
  readonly #weights: readonly Buffers<"sampleWeights">[];

  private constructor(
    context: TrainerContext,
    workspace: Workspace,
    weights: readonly Buffers<"sampleWeights">[],
  ) {
    this.#context = context;
    this.#workspace = workspace;
    this.#weights = weights;
  }

  /** Allocates the buffers, for moments with those of the bias or without. @throws LimitError, DeviceError */
  static async create(
    { gpu, kernels, shape: { features, bias } }: TrainerContext,
    data: WebGpuDataset,
  ): Promise<SecondMoments> {
    const shape: ModelShape = { features, classes: features + (bias ? 1 : 0), bias };
    const owned: { dispose(): void }[] = [];
    const own = <R extends { dispose(): void }>(resource: R): R => {
      owned.push(resource);
      return resource;
    };
    try {
      const parameters = own(await ParameterStore.create(gpu, densePacking(shape)));
      const submitter = own(await Submitter.create(gpu, rowCountsOf(shape, gpu.traits.software).firstRows));
      const weights: Buffers<"sampleWeights">[] = [];
      for (const { rows } of data.chunks)
        weights.push(
          own(await allocate(gpu, "moments", { sampleWeights: { size: 4 * rows, role: "storage" } })),
        );
      const context = { gpu, kernels, shape, parameters, submitter };
      const plan = defaultPlan(shape, gpu.traits, data.rows);
      const workspace = await Workspace.create(context, data.weightedBy(weights), plan, {
        hasGradient: true,
      });
      return new SecondMoments(context, workspace, weights);
    } catch (error) {
      for (const resource of owned) resource.dispose();
      throw error;
    }
  }

  /** Returns M = Σ_i w_i x̃_i x̃_iᵀ over rows with w_i > 0, `[n,n]`. */
  async sum(weights: Float32Array, options: RunOptions = {}): Promise<Float32Array> {
    const { gpu, parameters, submitter, shape } = this.#context;
    const { chunks } = this.#workspace.rules;
    for (const [i, { first, rows }] of chunks.entries())
      gpu.device.queue.writeBuffer(this.#weights[i].get.sampleWeights, 0, weights.slice(first, first + rows));
    const segments = [...segmentChosen(weights, this.#workspace.rules)];
    const moments = allocateArray(Float32Array, shape.classes ** 2, "x");
    if (segments.length === 0) return moments;
    const program = await this.#workspace.program(ROUTES[this.#workspace.plan.route], ["reduceGradient"]);
    let sums: Parameters = { weights: new Float64Array(), bias: new Float64Array() };
    const copy = await parameters.gradientCopy((values) => {
      sums = values;
    });
    await submitter.run(segments, 1, program, options, copy);
    await this.#join(sums, moments, options.signal);
    return moments;
  }

  dispose(): void {
    this.#workspace.dispose();
    for (const buffers of this.#weights) buffers.dispose();
    this.#context.submitter.dispose();
    this.#context.parameters.dispose();
  }

  /** Writes the moments with the features, `[n,D]`, and with the bias, `[n]`, as one matrix. */
  async #join({ weights, bias }: Parameters, moments: Float32Array, signal?: AbortSignal): Promise<void> {
    const { features, classes } = this.#context.shape;
    const rowsAtOnce = Math.ceil(PIECE / classes);
    for (let first = 0; first < classes; first += rowsAtOnce) {
      await pause(signal);
      for (let j = first; j < Math.min(classes, first + rowsAtOnce); j++) {
        moments.set(weights.subarray(j * features, (j + 1) * features), j * classes);
        if (classes > features) moments[j * classes + features] = bias[j];
      }
    }
  }
}
