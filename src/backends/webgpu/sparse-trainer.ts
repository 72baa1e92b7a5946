/**
 * Training on sparse rows on the GPU: rows → logits → softmax, loss and dLogits → gradient by columns, and an update after
 * the last segment of a batch. Kernels are fitted in sparse-dispatches.ts, rows are cut into segments in
 * sparse-segments.ts, and segments share submits in submitter.ts.
 */
import { StateError } from "../../errors.ts";
import type { Parameters } from "../../parameters.ts";
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
import { checkLabelled, checkMoments, checkShape, checkSteps, isAveraged } from "../steps.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { KernelCache } from "./kernel.ts";
import { OUTCOME_BYTES, unpackOutcomes } from "./outcomes.ts";
import { checkParameterBytes, ParameterStore } from "./parameters.ts";
import { NO_UPDATE } from "./segments.ts";
import type { SparseWebGpuDataset } from "./sparse-dataset.ts";
import type { SparseOperation } from "./sparse-dispatches.ts";
import { hessianOf } from "./sparse-hessian.ts";
import { newtonStep } from "./sparse-newton.ts";
import { sparsePacking } from "./sparse-parameters.ts";
import { type SparseRules, sparseCountsOf, sparsePass, sparseSteps } from "./sparse-segments.ts";
import { SparseWorkspace } from "./sparse-workspace.ts";
import { Submitter } from "./submitter.ts";
import type { TrainerContext } from "./workspace.ts";

/** {@link Trainer} for sparse rows on the GPU. */
export class SparseTrainer implements Trainer {
  readonly tuning = null;
  readonly #context: TrainerContext;
  /** Workspaces by data set; `forget` withdraws the disposal with the data set. */
  readonly #workspaces = new Map<
    SparseWebGpuDataset,
    { readonly workspace: SparseWorkspace; readonly forget: () => void }
  >();

  #isDisposed = false;

  private constructor(context: TrainerContext) {
    this.#context = context;
  }

  /** @throws LimitError for a model with too many parameters for 32-bit indices or for a buffer of the device */
  static async create(gpu: GpuDevice, kernels: KernelCache, shape: ModelShape): Promise<SparseTrainer> {
    const packing = sparsePacking(shape);
    checkParameterBytes(gpu, shape, packing);
    const parameters = await ParameterStore.create(gpu, packing);
    try {
      const { firstEntries } = sparseCountsOf(shape.classes, gpu.traits.software);
      const submitter = await Submitter.create(gpu, firstEntries);
      return new SparseTrainer({ gpu, kernels, shape, parameters, submitter });
    } catch (error) {
      parameters.dispose();
      throw error;
    }
  }

  write(parameters: Parameters): void {
    this.#context.parameters.write(parameters);
  }

  read(): Promise<Parameters> {
    return this.#context.parameters.read("weights");
  }

  readState(): Promise<OptimiserState> {
    return this.#context.parameters.readState();
  }

  writeState(state: OptimiserState): void {
    this.#context.parameters.writeState(state);
  }

  async sgd(data: SparseWebGpuDataset, steps: SgdSteps, options?: RunOptions): Promise<SgdResult> {
    const { shape, parameters, submitter } = this.#context;
    checkSteps(shape, data, steps);
    const update: SparseOperation[] = [steps.adamw ? "adamw" : "sgd"];
    if (steps.adamw) await parameters.use("secondMoment");
    if (isAveraged(steps)) {
      update.push("average");
      await parameters.use("average");
    }
    const workspace = await this.#workspace(data);
    const program = await workspace.stepProgram(update);
    const segments = sparseSteps(steps, workspace.rules, workspace.lister);
    return submitter.run(segments, steps.learningRates.length, program, options);
  }

  async lossAndGradient(
    data: SparseWebGpuDataset,
    l2: number,
    options?: RunOptions,
  ): Promise<LossAndGradient> {
    const { shape, parameters, submitter } = this.#context;
    checkLabelled(shape, data);
    const workspace = await this.#workspace(data);
    const { program, fields } = await workspace.passProgram(options?.signal);
    const { rules, cuts } = workspace;
    const segments = sparsePass(cuts, meanOf(rules, data.rows, l2), rules, fields);
    let gradient: Parameters = { weights: new Float64Array(), bias: new Float64Array() };
    const copy = await parameters.gradientCopy((values) => {
      gradient = values;
    });
    const { losses, correct } = await submitter.run(segments, 1, program, options, copy);
    return { loss: losses[0], correct: correct[0], dWeights: gradient.weights, dBias: gradient.bias };
  }

  async evaluate(data: SparseWebGpuDataset, options: EvaluationOptions = {}): Promise<Evaluation> {
    checkLabelled(this.#context.shape, data);
    const workspace = await this.#workspace(data);
    const program = await workspace.program(["scores", "softmax"]);
    const { rules, cuts } = workspace;
    const labelSmoothing = options.isSmoothed === false ? 0 : rules.labelSmoothing;
    const segments = sparsePass(cuts, meanOf(rules, data.rows), { ...rules, labelSmoothing });
    const { losses, correct } = await this.#context.submitter.run(segments, 1, program, options);
    return { loss: losses[0], correct: correct[0] };
  }

  async logits(data: SparseWebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    const rowBytes = 4 * this.#context.shape.classes;
    return new Float32Array(await this.#rowResults(data, ["scores"], "logits", rowBytes, options));
  }

  async probabilities(data: SparseWebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    const rowBytes = 4 * this.#context.shape.classes;
    const operations = ["scores", "probabilities"] as const;
    return new Float32Array(await this.#rowResults(data, operations, "logits", rowBytes, options));
  }

  async outcomes(data: SparseWebGpuDataset, options?: RunOptions): Promise<Outcomes> {
    const bytes = await this.#rowResults(data, ["scores", "outcomes"], "ofRows", OUTCOME_BYTES, options);
    return unpackOutcomes(bytes, data.rows);
  }

  /** @throws DataError whatever the data set is: see {@link Trainer.secondMoments} */
  async secondMoments(data: SparseWebGpuDataset, weights: Float32Array): Promise<Float32Array> {
    checkMoments(this.#context.shape, data, weights);
    return new Float32Array();
  }

  async newtonStep(
    data: SparseWebGpuDataset,
    newton: NewtonOptions,
    options: RunOptions = {},
  ): Promise<NewtonStep> {
    checkLabelled(this.#context.shape, data);
    const workspace = await this.#workspace(data);
    const hessian = await hessianOf(this.#context, workspace, data, options);
    return newtonStep(hessian, this.#context.shape, newton, options.signal);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const { workspace, forget } of this.#workspaces.values()) {
      workspace.dispose();
      forget();
    }
    this.#context.submitter.dispose();
    this.#context.parameters.dispose();
  }

  /** Runs operations on all rows, and reads the `rowBytes` bytes of every row that they leave in `buffer`. */
  async #rowResults(
    data: SparseWebGpuDataset,
    operations: readonly SparseOperation[],
    buffer: "logits" | "ofRows",
    rowBytes: number,
    options?: RunOptions,
  ): Promise<ArrayBuffer> {
    checkShape(this.#context.shape, data);
    const workspace = await this.#workspace(data);
    const program = await workspace.program(operations);
    const unscaled = { index: 0, weight: 0, scale: 1, update: NO_UPDATE };
    const segments = sparsePass(workspace.cuts, unscaled, workspace.rules);
    const source = workspace.buffers.get[buffer];
    return this.#context.submitter.readRows(segments, program, source, rowBytes, data.rows, options);
  }

  async #workspace(data: SparseWebGpuDataset): Promise<SparseWorkspace> {
    const known = this.#workspaces.get(data);
    if (known) return known.workspace;
    const workspace = await SparseWorkspace.create(this.#context, data);
    if (data.isDisposed || this.#isDisposed) {
      workspace.dispose();
      throw new StateError("data", "the data set or its trainer was disposed of");
    }
    const forget = data.onDispose(() => {
      workspace.dispose();
      this.#workspaces.delete(data);
    });
    this.#workspaces.set(data, { workspace, forget });
    return workspace;
  }
}

/** Returns all rows as one batch, whose results are means over Σ s. */
function meanOf({ meanWeight }: SparseRules, rows: number, l2 = 0) {
  const weight = meanWeight * rows;
  return { index: 0, weight, scale: weight > 0 ? 1 / weight : 0, update: { ...NO_UPDATE, l2 } };
}
