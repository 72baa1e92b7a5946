/**
 * Carries out a plan, part by part: the steps of each shape, then ceilings and kernels. The record names a part that
 * fails, with the reason, and the next part begins; an abort ends the run between two parts or rounds. After the loss of
 * the GPU, only what needs none goes on.
 */
import { GpuDevice } from "../../src/backends/webgpu/index.ts";
import { measureCeilings } from "../ceilings/ceilings.ts";
import type { Contender } from "../contenders/contender.ts";
import { loadContenders } from "../contenders/load.ts";
import { measureKernels } from "../kernels/measure-kernels.ts";
import { type BenchHooks, type BenchPlan, type PartKind, Progress, type RunBenchmark } from "../plan.ts";
import {
  type BenchRecord,
  type BenchShape,
  type BenchStorage,
  type CeilingsRecord,
  type FailureRecord,
  type KernelRecord,
  LOST_GPU,
  type MachineRecord,
  RECORD_VERSION,
  type StepRecord,
} from "../record.ts";
import { GpuWatch } from "./gpu-watch.ts";
import { describeMachine } from "./machine.ts";
import { messageOf, shapeText } from "./text.ts";
import { measureSteps, type StepResults } from "./training-steps.ts";
import { UNDISTURBED, undisturbed } from "./undisturbed.ts";

/** Measures a plan. @throws RangeError for a plan without a round */
export const runBenchmark: RunBenchmark = async (plan, hooks = {}) => {
  if (!(plan.rounds >= 1)) throw new RangeError(`a plan needs at least one round, got ${plan.rounds}`);
  hooks.signal?.throwIfAborted();
  const run = new BenchmarkRun(plan, hooks, await describeMachine());
  const watch = await GpuWatch.open();
  try {
    return await run.carryOut(watch);
  } finally {
    watch.dispose();
  }
};

/** A run in progress and its results so far. */
class BenchmarkRun {
  readonly #plan: BenchPlan;
  readonly #hooks: BenchHooks;
  readonly #machine: MachineRecord;
  readonly #date = new Date().toISOString();
  readonly #contenders: Contender[] = [];
  #ceilings: CeilingsRecord | null = null;
  readonly #kernels: KernelRecord[] = [];
  readonly #steps: StepRecord[] = [];
  readonly #failures: FailureRecord[] = [];

  constructor(plan: BenchPlan, hooks: BenchHooks, machine: MachineRecord) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#machine = machine;
  }

  async carryOut(watch: GpuWatch): Promise<BenchRecord> {
    const { shapes, storages, ceilings, kernels } = this.#plan;
    await this.#load();
    const progress = new Progress(this.#parts(), this.#hooks.onProgress);
    for (const shape of this.#contenders.length > 0 ? shapes : [])
      await this.#part(`steps at ${shapeText(shape)}`, watch, () =>
        this.#measureSteps(shape, progress, watch),
      );
    if (ceilings && !watch.isLost) {
      progress.begin("ceilings", "ceilings of the adapter");
      await this.#part("ceilings", watch, () => this.#measureCeilings());
    }
    for (const shape of shapes) {
      for (const storage of kernels && !watch.isLost ? storages : []) {
        const what = `kernels at ${shapeText(shape)}, ${storage}`;
        progress.begin("kernels", what);
        await this.#part(what, watch, () => this.#measureKernels(shape, storage));
      }
    }
    progress.end();
    return this.#record();
  }

  /** Loads all contenders first, so that the number of parts is known. */
  async #load(): Promise<void> {
    for (const id of this.#plan.contenders) {
      this.#hooks.signal?.throwIfAborted();
      try {
        this.#contenders.push(...(await loadContenders(id, this.#plan.storages)));
      } catch (error) {
        this.#fail(id, error);
      }
    }
  }

  #parts(): Partial<Record<PartKind, number>> {
    const { shapes, storages, ceilings, kernels, rounds } = this.#plan;
    const contenders = this.#contenders.length;
    return {
      "first steps": shapes.length * contenders,
      round: contenders > 0 ? shapes.length * rounds : 0,
      ceilings: ceilings ? 1 : 0,
      kernels: kernels ? shapes.length * storages.length : 0,
    };
  }

  /** Runs one part, records its failure or the loss of the GPU, and reports the record so far. */
  async #part(what: string, watch: GpuWatch, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#hooks;
    signal?.throwIfAborted();
    const wasLost = watch.isLost;
    try {
      await work();
    } catch (error) {
      signal?.throwIfAborted();
      this.#fail(what, error);
    }
    if (watch.isLost && !wasLost)
      this.#failures.push({ what: LOST_GPU, message: `it was lost during ${what}` });
    this.#hooks.onRecord?.(this.#record());
  }

  #fail(what: string, error: unknown): void {
    this.#failures.push({ what, message: messageOf(error) });
  }

  async #measureCeilings(): Promise<void> {
    const { rounds } = this.#plan;
    this.#ceilings = await this.#undisturbed(() =>
      withGpu((gpu) => measureCeilings(gpu, rounds, this.#hooks.signal)),
    );
  }

  async #measureKernels(shape: BenchShape, storage: BenchStorage): Promise<void> {
    const { rounds } = this.#plan;
    const { records, failures } = await this.#undisturbed(async () => {
      const failures: FailureRecord[] = [];
      const onFailure = (kernel: string, error: unknown) =>
        failures.push({ what: `${kernel} at ${shapeText(shape)}, ${storage}`, message: messageOf(error) });
      const records = await withGpu((gpu) =>
        measureKernels(gpu, shape, storage, rounds, this.#hooks.signal, onFailure),
      );
      return { records, failures };
    });
    this.#kernels.push(...records);
    this.#failures.push(...failures);
  }

  #undisturbed<T>(work: () => Promise<T>): Promise<T> {
    return undisturbed(work, this.#hooks.attention ?? UNDISTURBED, this.#hooks.signal);
  }

  async #measureSteps(shape: BenchShape, progress: Progress, watch: GpuWatch): Promise<void> {
    const { signal, attention, onRecord } = this.#hooks;
    const { steps, failures } = await measureSteps(
      shape,
      this.#contenders.filter(({ device }) => device === "wasm" || !watch.isLost),
      {
        rounds: this.#plan.rounds,
        signal,
        attention,
        watch,
        onPart: (kind, doing) => progress.begin(kind, doing),
        onRound: (results) => onRecord?.(this.#record(results)),
      },
    );
    this.#steps.push(...steps);
    this.#failures.push(...failures);
  }

  /** Returns the record so far. @param pending results of the shape that is being measured. Default none */
  #record({ steps, failures }: StepResults = { steps: [], failures: [] }): BenchRecord {
    return {
      version: RECORD_VERSION,
      date: this.#date,
      machine: this.#machine,
      versions: Object.fromEntries(this.#contenders.map(({ library }) => [library.name, library.version])),
      ceilings: this.#ceilings,
      kernels: [...this.#kernels],
      steps: [...this.#steps, ...steps],
      failures: [...this.#failures, ...failures],
    };
  }
}

/**
 * Runs `work` with a device of the measurement's own, apart from any contender's, with timestamps if the adapter has
 * them. Destroys the device with everything on it, however `work` ends.
 *
 * @throws DeviceError
 */
async function withGpu<T>(work: (gpu: GpuDevice) => Promise<T>): Promise<T> {
  const gpu = await GpuDevice.acquire(true, "measured", ["timestamp-query"]);
  try {
    return await work(gpu);
  } finally {
    gpu.dispose();
  }
}
