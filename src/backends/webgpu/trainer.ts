/**
 * Training on the GPU. {@link ROUTES} lists the kernels that take a segment of rows through
 * rows → logits → softmax, loss and dLogits → partial gradients; an update follows the last segment of a batch. Kernels
 * are fitted in dispatches.ts, rows are cut into segments in segments.ts, and segments share submits in submitter.ts.
 */
import { StateError } from "../../errors.ts";
import type { Parameters } from "../../parameters.ts";
import type {
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
  TuningReport,
} from "../backend.ts";
import { checkLabelled, checkMoments, checkShape, checkSteps, isAveraged } from "../steps.ts";
import { choosePlan, type PlanReport, type TunerSettings } from "./choose-plan.ts";
import type { WebGpuDataset } from "./dataset.ts";
import type { Operation } from "./dispatches.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { KernelCache } from "./kernel.ts";
import { OUTCOME_BYTES, unpackOutcomes } from "./outcomes.ts";
import { checkParameterBytes, densePacking, ParameterStore } from "./parameters.ts";
import { checkPlan, defaultPlan, type StepPlan } from "./plan.ts";
import { SecondMoments } from "./second-moments.ts";
import { NO_UPDATE, rowCountsOf, segmentAll, segmentSteps, segmentUnscaled } from "./segments.ts";
import { Submitter } from "./submitter.ts";
import { type TrainerContext, Workspace } from "./workspace.ts";

/** The kernels of each route of a plan, in the order of the data flow. */
const ROUTES = {
  rows: {
    logits: ["matmul"], // rows → logits
    forward: ["forward"], // rows → logits → softmax, loss and dLogits
    gradient: ["gradient"], // dLogits → partial gradients
  },
  shared: {
    logits: ["scoresShared"],
    forward: ["scoresShared", "softmax"],
    gradient: ["gradientShared"],
  },
} satisfies Record<StepPlan["route"], Record<string, readonly Operation[]>>;

/** Lists the operations rows → logits → softmax, loss and dLogits → partial gradients. */
function gradientOperations({ route }: StepPlan): Operation[] {
  return [...ROUTES[route].forward, ...ROUTES[route].gradient];
}

/** {@link Trainer} on the GPU. */
export class WebGpuTrainer implements Trainer {
  readonly #context: TrainerContext;
  readonly #settings: TunerSettings;
  /** Workspaces by data set; `forget` withdraws the disposal with the data set. */
  readonly #workspaces = new Map<
    WebGpuDataset,
    { readonly workspace: Workspace; readonly forget: () => void }
  >();
  readonly #moments = new Map<
    WebGpuDataset,
    { readonly moments: SecondMoments; readonly forget: () => void }
  >();
  #tuning: PlanReport | null = null;
  #isDisposed = false;

  private constructor(context: TrainerContext, settings: TunerSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** @throws LimitError for a model with too many parameters for 32-bit indices or for a buffer of the device */
  static async create(
    gpu: GpuDevice,
    kernels: KernelCache,
    shape: ModelShape,
    settings: TunerSettings,
  ): Promise<WebGpuTrainer> {
    if (typeof settings.tuning === "object") checkPlan(settings.tuning, shape, gpu.traits);
    const packing = densePacking(shape);
    checkParameterBytes(gpu, shape, packing);
    const parameters = await ParameterStore.create(gpu, packing);
    try {
      const submitter = await Submitter.create(gpu, rowCountsOf(shape, gpu.traits.software).firstRows);
      return new WebGpuTrainer({ gpu, kernels, shape, parameters, submitter }, settings);
    } catch (error) {
      parameters.dispose();
      throw error;
    }
  }

  get tuning(): TuningReport | null {
    return this.#tuning;
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

  async sgd(data: WebGpuDataset, steps: SgdSteps, options?: RunOptions): Promise<SgdResult> {
    const { shape, parameters, submitter } = this.#context;
    checkSteps(shape, data, steps);
    const task = { context: this.#context, data, steps, gradientOperations };
    this.#tuning = await choosePlan(task, this.#settings, options?.signal);
    const update: Operation[] = [steps.adamw ? "adamw" : "sgd"];
    if (steps.adamw) await parameters.use("secondMoment");
    if (isAveraged(steps)) {
      update.push("average");
      await parameters.use("average");
    }
    const workspace = await this.#workspace(data);
    const program = await workspace.program(gradientOperations(workspace.plan), update);
    const segments = segmentSteps(steps, workspace.rules);
    return submitter.run(segments, steps.learningRates.length, program, options);
  }

  async lossAndGradient(data: WebGpuDataset, l2: number, options?: RunOptions): Promise<LossAndGradient> {
    const { shape, parameters, submitter } = this.#context;
    checkLabelled(shape, data);
    const workspace = await this.#workspace(data);
    // reduceGradient writes the gradient buffer through its binding `velocity`: see bufferNames in workspace.ts.
    const program = await workspace.program(gradientOperations(workspace.plan), ["reduceGradient"]);
    const segments = segmentAll({ ...NO_UPDATE, l2 }, workspace.rules);
    let gradient: Parameters = { weights: new Float64Array(), bias: new Float64Array() };
    const copy = await parameters.gradientCopy((values) => {
      gradient = values;
    });
    const { losses, correct } = await submitter.run(segments, 1, program, options, copy);
    return { loss: losses[0], correct: correct[0], dWeights: gradient.weights, dBias: gradient.bias };
  }

  async evaluate(data: WebGpuDataset, options: EvaluationOptions = {}): Promise<Evaluation> {
    checkLabelled(this.#context.shape, data);
    const workspace = await this.#workspace(data);
    const program = await workspace.program(ROUTES[workspace.plan.route].forward);
    const { rules } = workspace;
    const labelSmoothing = options.isSmoothed === false ? 0 : rules.labelSmoothing;
    const segments = segmentAll(NO_UPDATE, { ...rules, labelSmoothing });
    const { losses, correct } = await this.#context.submitter.run(segments, 1, program, options);
    return { loss: losses[0], correct: correct[0] };
  }

  async logits(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    const rowBytes = 4 * this.#context.shape.classes;
    return new Float32Array(await this.#rowResults(data, [], "logits", rowBytes, options));
  }

  async probabilities(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    const rowBytes = 4 * this.#context.shape.classes;
    return new Float32Array(await this.#rowResults(data, ["probabilities"], "logits", rowBytes, options));
  }

  async outcomes(data: WebGpuDataset, options?: RunOptions): Promise<Outcomes> {
    const bytes = await this.#rowResults(data, ["outcomes"], "ofRows", OUTCOME_BYTES, options);
    return unpackOutcomes(bytes, data.rows);
  }

  async secondMoments(
    data: WebGpuDataset,
    weights: Float32Array,
    options?: RunOptions,
  ): Promise<Float32Array> {
    checkMoments(this.#context.shape, data, weights);
    return (await this.#momentsOf(data)).sum(weights, options);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const { moments, forget } of this.#moments.values()) {
      moments.dispose();
      forget();
    }
    for (const { workspace, forget } of this.#workspaces.values()) {
      workspace.dispose();
      forget();
    }
    this.#context.submitter.dispose();
    this.#context.parameters.dispose();
  }

  /** Runs rows → logits → `after` and reads the `rowBytes` bytes of every row that this leaves in `buffer`. */
  async #rowResults(
    data: WebGpuDataset,
    after: readonly Operation[],
    buffer: "logits" | "ofRows",
    rowBytes: number,
    options?: RunOptions,
  ): Promise<ArrayBuffer> {
    checkShape(this.#context.shape, data);
    const workspace = await this.#workspace(data);
    const program = await workspace.program([...ROUTES[workspace.plan.route].logits, ...after]);
    const segments = segmentUnscaled(workspace.rules);
    const source = workspace.buffers.get[buffer];
    return this.#context.submitter.readRows(segments, program, source, rowBytes, data.rows, options);
  }

  /** Returns the plan of the last steps, or the default one. */
  #plan({ rows }: WebGpuDataset): StepPlan {
    const { tuning } = this.#settings;
    if (typeof tuning === "object") return tuning;
    return this.#tuning?.choice ?? defaultPlan(this.#context.shape, this.#context.gpu.traits, rows);
  }

  /** Returns the workspace of a data set, made anew if the plan is another one. */
  async #workspace(data: WebGpuDataset): Promise<Workspace> {
    const plan = this.#plan(data);
    const known = this.#workspaces.get(data);
    if (known && JSON.stringify(known.workspace.plan) === JSON.stringify(plan)) return known.workspace;
    known?.workspace.dispose();
    known?.forget();
    this.#workspaces.delete(data);
    const workspace = await Workspace.create(this.#context, data, plan);
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

  async #momentsOf(data: WebGpuDataset): Promise<SecondMoments> {
    const known = this.#moments.get(data);
    if (known) return known.moments;
    const moments = await SecondMoments.create(this.#context, data);
    const forget = data.onDispose(() => {
      moments.dispose();
      this.#moments.delete(data);
    });
    this.#moments.set(data, { moments, forget });
    return moments;
  }
}
