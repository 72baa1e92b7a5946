/**
 * Training on the GPU. A segment of rows goes rows → logits → softmax, loss and dLogits → gradient, and the
 * last one of a batch → update. Which kernels do that is in plan.ts and dispatches.ts; how rows become segments is
 * segments.ts's business, how many segments share a submit is submitter.ts's.
 */
import { allocate } from "../../data/matrix.ts";
import { LimitError } from "../../errors.ts";
import type { Parameters } from "../../objective.ts";
import type {
  Evaluation,
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
import { averagedAfter, checkLabelled, checkShape, checkSteps } from "../steps.ts";
import { choosePlan, type PlanReport, type TunerSettings } from "./choose-plan.ts";
import type { WebGpuDataset } from "./dataset.ts";
import type { Operation } from "./dispatches.ts";
import { geometryOf, rowCountsOf } from "./geometry.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { KernelCache } from "./kernel.ts";
import { ParameterStore } from "./parameter-store.ts";
import { checkPlan, defaultPlan, type StepPlan } from "./plan.ts";
import { type RowResult, readRows } from "./readback.ts";
import { segmentAll, segmentSteps } from "./segments.ts";
import { Submitter } from "./submitter.ts";
import { OUTCOME_BYTES, Workspace, type WorkspaceOwner } from "./workspace.ts";

/** Kernels count the vectors of the parameters in 32 bits. */
const MAX_PARAMETER_BYTES = 2 ** 34;

/** An update that moves nothing. */
const STILL = { learningRate: 0, momentum: 0, nesterov: false, l1: 0, averaged: 0, adamw: null };

/** {@link Trainer} on the GPU. */
export class WebGpuTrainer implements Trainer {
  readonly #owner: WorkspaceOwner;
  readonly #settings: TunerSettings;
  readonly #workspaces = new Map<WebGpuDataset, Workspace>();
  /** What takes back the wish to hear of a data set's end. */
  readonly #forgets = new Map<WebGpuDataset, () => void>();
  #tuning: PlanReport | null = null;

  private constructor(owner: WorkspaceOwner, settings: TunerSettings) {
    this.#owner = owner;
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
    const size = geometryOf(shape).parameterBytes;
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize, MAX_PARAMETER_BYTES);
    if (size > limit) {
      const what = `${shape.classes} classes × ${shape.features} features`;
      throw new LimitError("x", `${what} need a buffer of ${size} bytes, this device allows ${limit}`);
    }
    const parameters = await ParameterStore.create(gpu, shape);
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
    this.#owner.parameters.write(parameters);
  }

  read(): Promise<Parameters> {
    return this.#owner.parameters.read("weights");
  }

  readState(): Promise<OptimiserState> {
    return this.#owner.parameters.readState();
  }

  writeState(state: OptimiserState): void {
    this.#owner.parameters.writeState(state);
  }

  async sgd(data: WebGpuDataset, steps: SgdSteps, options?: RunOptions): Promise<SgdResult> {
    checkSteps(this.#owner.shape, data, steps);
    this.#tuning = await choosePlan(this.#owner, data, steps, this.#settings, options?.signal);
    const { parameters } = this.#owner;
    const averages = averagedAfter(steps, steps.learningRates.length - 1) > 0;
    if (steps.adamw) await parameters.use("secondMoment");
    if (averages) await parameters.use("average");
    const update = steps.adamw ? "adamw" : "sgd";
    const workspace = await this.#workspace(data);
    const program = await workspace.backward(averages ? [update, "average"] : [update]);
    const segments = segmentSteps(steps, workspace.rules);
    return this.#owner.submitter.run(segments, steps.learningRates.length, program, options);
  }

  async lossAndGradient(data: WebGpuDataset, l2: number, options?: RunOptions): Promise<LossAndGradient> {
    checkLabelled(this.#owner.shape, data);
    const workspace = await this.#workspace(data);
    const program = await workspace.backward(["take"]);
    const segments = segmentAll({ ...STILL, l2 }, workspace.rules);
    let gradient: Parameters = { weights: new Float64Array(), bias: new Float64Array() };
    const copy = await this.#owner.parameters.gradientCopy((taken) => {
      gradient = taken;
    });
    const { losses, correct } = await this.#owner.submitter.run(segments, 1, program, options, copy);
    return { loss: losses[0], correct: correct[0], dWeights: gradient.weights, dBias: gradient.bias };
  }

  async evaluate(data: WebGpuDataset, options?: RunOptions): Promise<Evaluation> {
    checkLabelled(this.#owner.shape, data);
    const workspace = await this.#workspace(data);
    const program = await workspace.forward();
    const segments = segmentAll(null, workspace.rules);
    const { losses, correct } = await this.#owner.submitter.run(segments, 1, program, options);
    return { loss: losses[0], correct: correct[0] };
  }

  async logits(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, [], options);
  }

  async probabilities(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    return this.#scores(data, ["probabilities"], options);
  }

  async outcomes(data: WebGpuDataset, options?: RunOptions): Promise<Outcomes> {
    const result = { after: ["outcomes"], from: "ofRows", rowBytes: OUTCOME_BYTES } as const;
    const bytes = await this.#rows(data, result, options);
    const [words, floats] = [new Uint32Array(bytes), new Float32Array(bytes)];
    const predicted = allocate(Uint32Array, data.rows, "x");
    const confidence = allocate(Float32Array, data.rows, "x");
    const rank = allocate(Uint32Array, data.rows, "x");
    for (let i = 0; i < data.rows; i++) {
      predicted[i] = words[3 * i];
      confidence[i] = floats[3 * i + 1];
      rank[i] = words[3 * i + 2];
    }
    return { predicted, confidence, rank };
  }

  dispose(): void {
    for (const workspace of this.#workspaces.values()) workspace.dispose();
    for (const forget of this.#forgets.values()) forget();
    this.#owner.submitter.dispose();
    this.#owner.parameters.dispose();
  }

  async #scores(
    data: WebGpuDataset,
    after: readonly Operation[],
    options?: RunOptions,
  ): Promise<Float32Array> {
    const rowBytes = 4 * this.#owner.shape.classes;
    return new Float32Array(await this.#rows(data, { after, from: "logits", rowBytes }, options));
  }

  async #rows(data: WebGpuDataset, result: RowResult, options?: RunOptions): Promise<ArrayBuffer> {
    checkShape(this.#owner.shape, data);
    return readRows(this.#owner, await this.#workspace(data), data, result, options);
  }

  /** What the last steps were tuned to, or the plan that needs no tuning. */
  #plan({ rows }: WebGpuDataset): StepPlan {
    const { tuning } = this.#settings;
    if (typeof tuning === "object") return tuning;
    return this.#tuning?.choice ?? defaultPlan(this.#owner.shape, this.#owner.gpu.traits, rows);
  }

  async #workspace(data: WebGpuDataset): Promise<Workspace> {
    const known = this.#workspaces.get(data);
    const plan = this.#plan(data);
    if (known && JSON.stringify(known.plan) === JSON.stringify(plan)) return known;
    known?.dispose();
    this.#workspaces.delete(data);
    const workspace = await Workspace.create(this.#owner, data, plan);
    this.#workspaces.set(data, workspace);
    if (!this.#forgets.has(data)) {
      const forget = data.onDispose(() => {
        this.#workspaces.get(data)?.dispose();
        this.#workspaces.delete(data);
        this.#forgets.delete(data);
      });
      this.#forgets.set(data, forget);
    }
    return workspace;
  }
}
