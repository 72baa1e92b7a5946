/** Runs one case on a device by each of its plans, and compares every operation with the reference. */
import type { Dataset, Trainer } from "../../src/backends/backend.ts";
import { memoryCache, type TunerSettings } from "../../src/backends/webgpu/choose-plan.ts";
import { uploadDataset } from "../../src/backends/webgpu/dataset.ts";
import type { GpuDevice } from "../../src/backends/webgpu/index.ts";
import { WebGpuRows } from "../../src/backends/webgpu/rows-on-device.ts";
import { uploadSparse } from "../../src/backends/webgpu/sparse-dataset.ts";
import { SparseTrainer } from "../../src/backends/webgpu/sparse-trainer.ts";
import { WebGpuTrainer } from "../../src/backends/webgpu/trainer.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { isSparse } from "../../src/data/sparse-matrix.ts";
import { messageOf } from "../measure/text.ts";
import { type GpuRowsCase, placeRows, rowsChecks } from "./check-gpu-rows.ts";
import { type Comparison, mismatchOf } from "./compare.ts";
import { describeCase } from "./describe-case.ts";
import { type DrawnCase, GROUP, plannedGroupsBefore } from "./draw-case.ts";
import { type Check, OPERATIONS } from "./operations.ts";
import { type NamedPlan, plansToCheck, planText } from "./plans.ts";
import type { Difference } from "./report.ts";
import { type Side, type Truth, truthOf } from "./truth.ts";
import type { WatchedKernels } from "./watched-kernels.ts";

/** The results of a case. */
export interface CaseResult {
  /** Name of the plan; null without a choice. */
  readonly plan: string | null;
  readonly comparisons: number;
  readonly differences: readonly Difference[];
  /** Dispatches by shader. */
  readonly dispatches: ReadonlyMap<string, number>;
}

interface NamedCheck {
  readonly name: string;
  readonly check: Check;
}

/**
 * Runs a case. An operation that fails is a difference, with its message, unless the signal is aborted; then everything
 * is freed and the signal's reason is thrown.
 *
 * @param kernels those of the case's group, compiled already or not
 */
export async function runCase(
  gpu: GpuDevice,
  kernels: WatchedKernels,
  drawn: DrawnCase,
  signal: AbortSignal | undefined,
): Promise<CaseResult> {
  const truth = truthOf(drawn);
  const checks = await prepare(truth, signal);
  return new CaseRun(gpu, kernels, truth, signal).run(checks);
}

/** Computes the reference of every operation that the case has. */
async function prepare(truth: Truth, signal: AbortSignal | undefined): Promise<NamedCheck[]> {
  const { drawn, side } = truth;
  const checks: NamedCheck[] = [];
  for (const { name, kinds, prepare: prepareOne } of OPERATIONS) {
    if (!kinds.includes(drawn.kind)) continue;
    side.trainer.write(drawn.problem.parameters);
    const check = await prepareOne(truth, signal);
    if (check) checks.push({ name, check });
  }
  return checks;
}

/** Plans of a group, which share most of its kernels; the next group with a choice has the next ones. */
const PLANS = 2;

/** Returns the plan of a case; null for sparse rows, which have no choice. */
function planOfCase(drawn: DrawnCase, { traits }: GpuDevice): NamedPlan | null {
  const { kind, index, group, features, classes, bias } = drawn;
  if (kind === "sparse") return null;
  const plans = plansToCheck({ features, classes, bias }, traits);
  const ofGroup = Math.floor(((index % GROUP) * PLANS) / GROUP);
  return plans[(PLANS * plannedGroupsBefore(group) + ofGroup) % plans.length];
}

/** One case on a device. It owns its buffers there and frees them. */
class CaseRun {
  readonly #gpu: GpuDevice;
  readonly #truth: Truth;
  readonly #plan: NamedPlan | null;
  readonly #signal: AbortSignal | undefined;
  readonly #kernels: WatchedKernels;
  readonly #dispatches = new Map<string, number>();
  readonly #differences: Difference[] = [];
  #ran = new Set<string>();
  #comparisons = 0;

  constructor(gpu: GpuDevice, kernels: WatchedKernels, truth: Truth, signal: AbortSignal | undefined) {
    this.#gpu = gpu;
    this.#truth = truth;
    this.#plan = planOfCase(truth.drawn, gpu);
    this.#signal = signal;
    this.#kernels = kernels;
    kernels.onDispatch = (shader) => {
      this.#ran.add(shader);
      this.#dispatches.set(shader, 1 + (this.#dispatches.get(shader) ?? 0));
    };
  }

  async run(checks: readonly NamedCheck[]): Promise<CaseResult> {
    const owned: { dispose(): void }[] = [];
    const keep = <T extends { dispose(): void }>(one: T): T => {
      owned.push(one);
      return one;
    };
    try {
      await this.#attempt("set-up", async () => {
        const trainer = keep(await this.#trainer());
        if (this.#truth.drawn.kind === "on the GPU")
          await this.#runOnRows(trainer, keep(placeRows(this.#gpu.device, this.#truth)), checks[0].check);
        else await this.#runOnData(trainer, keep(await this.#upload()), checks);
        return [];
      });
    } finally {
      for (const one of owned.reverse()) one.dispose();
    }
    return {
      plan: this.#plan?.name ?? null,
      comparisons: this.#comparisons,
      differences: this.#differences,
      dispatches: this.#dispatches,
    };
  }

  async #runOnData(trainer: Trainer, data: Dataset, checks: readonly NamedCheck[]): Promise<void> {
    for (const { name, check } of checks)
      await this.#attempt(name, () => check(this.#side(trainer, data), this.#signal));
  }

  async #runOnRows(trainer: Trainer, placed: GpuRowsCase, ofGradient: Check): Promise<void> {
    const on = new WebGpuRows(this.#gpu, this.#kernels, this.#maxChunkBytes);
    for (const { name, run } of rowsChecks(placed, this.#truth, ofGradient))
      await this.#attempt(name, () => run(on, (data) => this.#side(trainer, data), this.#signal));
  }

  /** Returns the trainer with the parameters of the case. */
  #side(trainer: Trainer, data: Dataset): Side {
    trainer.write(this.#truth.drawn.problem.parameters);
    return { trainer, data };
  }

  /** Runs one operation and keeps its differences. @throws the signal's reason */
  async #attempt(operation: string, work: () => Promise<Comparison[]>): Promise<void> {
    this.#ran = new Set();
    try {
      const comparisons = await work();
      this.#comparisons += comparisons.length;
      const mismatches = comparisons.map(mismatchOf).filter((one) => one !== null);
      if (mismatches.length > 0) this.#differ({ operation, mismatches });
    } catch (error) {
      this.#signal?.throwIfAborted();
      this.#differ({ operation, mismatches: [], message: messageOf(error) });
    }
  }

  #differ(found: Pick<Difference, "operation" | "mismatches" | "message">): void {
    const { drawn } = this.#truth;
    this.#differences.push({
      seed: drawn.seed,
      index: drawn.index,
      what: describeCase(drawn),
      plan: this.#plan && { name: this.#plan.name, text: planText(this.#plan.plan) },
      kernels: [...this.#ran],
      ...found,
    });
  }

  get #maxChunkBytes(): number {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#gpu.device.limits;
    return Math.min(this.#truth.drawn.maxChunkBytes, maxStorageBufferBindingSize - 16, maxBufferSize - 16);
  }

  #trainer(): Promise<Trainer> {
    const { features, classes, bias, kind } = this.#truth.drawn;
    const shape = { features, classes, bias, sparse: kind === "sparse" };
    if (!this.#plan) return SparseTrainer.create(this.#gpu, this.#kernels, shape);
    const tuner: TunerSettings = { tuning: this.#plan.plan, cache: memoryCache(), reports: new Map() };
    return WebGpuTrainer.create(this.#gpu, this.#kernels, shape, tuner);
  }

  #upload(): Promise<Dataset> {
    const { source } = this.#truth.drawn.problem;
    const options = { signal: this.#signal };
    if (isSparse(source.x))
      return uploadSparse(this.#gpu, { ...source, x: source.x }, this.#maxChunkBytes, options);
    return uploadDataset(this.#gpu, { ...source, x: source.x as Matrix }, this.#maxChunkBytes, options);
  }
}
