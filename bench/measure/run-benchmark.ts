/**
 * Carries out a plan, part by part: ceilings, then for each shape the kernels and the steps. The record names a part
 * that fails, with the reason, and the next part begins; an abort ends the run between two parts or rounds.
 */
import { GpuDevice } from "../../src/backends/webgpu/index.ts";
import { measureCeilings } from "../ceilings/ceilings.ts";
import type { Contender } from "../contenders/contender.ts";
import { loadContenders } from "../contenders/load.ts";
import { measureKernels } from "../kernels/measure-kernels.ts";
import { type BenchHooks, type BenchPlan, Progress, type RunBenchmark } from "../plan.ts";
import {
  type BenchRecord,
  type BenchShape,
  type BenchStorage,
  type CeilingsRecord,
  type FailureRecord,
  type KernelRecord,
  type MachineRecord,
  RECORD_VERSION,
  type StepRecord,
} from "../record.ts";
import { describeMachine } from "./machine.ts";
import { messageOf, shapeText } from "./text.ts";
import { measureSteps } from "./training-steps.ts";

/** Measures a plan. @throws RangeError for a plan without a round */
export const runBenchmark: RunBenchmark = async (plan, hooks = {}) => {
  if (!(plan.rounds >= 1)) throw new RangeError(`a plan needs at least one round, got ${plan.rounds}`);
  hooks.signal?.throwIfAborted();
  return new BenchmarkRun(plan, hooks, await describeMachine()).carryOut();
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

  async carryOut(): Promise<BenchRecord> {
    const { shapes, storages, ceilings, kernels } = this.#plan;
    await this.#load();
    const progress = new Progress(this.#parts(), this.#hooks.onProgress);
    if (ceilings) {
      progress.begin("ceilings of the adapter");
      await this.#part("ceilings", () => this.#measureCeilings());
    }
    for (const shape of shapes) {
      for (const storage of kernels ? storages : []) {
        const what = `kernels at ${shapeText(shape)}, ${storage}`;
        progress.begin(what);
        await this.#part(what, () => this.#measureKernels(shape, storage));
      }
      if (this.#contenders.length > 0)
        await this.#part(`steps at ${shapeText(shape)}`, () => this.#measureSteps(shape, progress));
    }
    progress.end();
    return this.#record();
  }

  /** Loads all contenders first, so that the number of parts is known. */
  async #load(): Promise<void> {
    for (const id of this.#plan.contenders) {
      try {
        this.#contenders.push(...(await loadContenders(id, this.#plan.storages)));
      } catch (error) {
        this.#fail(id, error);
      }
    }
  }

  #parts(): number {
    const { shapes, storages, ceilings, kernels, rounds } = this.#plan;
    const kernelParts = kernels ? storages.length : 0;
    const stepParts = this.#contenders.length > 0 ? this.#contenders.length + rounds : 0;
    return (ceilings ? 1 : 0) + shapes.length * (kernelParts + stepParts);
  }

  /** Runs one part, records its failure if it fails, and reports the record so far. */
  async #part(what: string, work: () => Promise<void>): Promise<void> {
    this.#hooks.signal?.throwIfAborted();
    try {
      await work();
    } catch (error) {
      this.#hooks.signal?.throwIfAborted();
      this.#fail(what, error);
    }
    this.#hooks.onRecord?.(this.#record());
  }

  #fail(what: string, error: unknown): void {
    this.#failures.push({ what, message: messageOf(error) });
  }

  async #measureCeilings(): Promise<void> {
    const { rounds } = this.#plan;
    this.#ceilings = await withGpu((gpu) => measureCeilings(gpu, rounds, this.#hooks.signal));
  }

  async #measureKernels(shape: BenchShape, storage: BenchStorage): Promise<void> {
    const { rounds } = this.#plan;
    const onFailure = (kernel: string, error: unknown) =>
      this.#fail(`${kernel} at ${shapeText(shape)}, ${storage}`, error);
    const records = await withGpu((gpu) =>
      measureKernels(gpu, shape, storage, rounds, this.#hooks.signal, onFailure),
    );
    this.#kernels.push(...records);
  }

  async #measureSteps(shape: BenchShape, progress: Progress): Promise<void> {
    const { steps, failures } = await measureSteps(shape, this.#contenders, {
      rounds: this.#plan.rounds,
      signal: this.#hooks.signal,
      onPart: (doing) => progress.begin(doing),
    });
    this.#steps.push(...steps);
    this.#failures.push(...failures);
  }

  #record(): BenchRecord {
    return {
      version: RECORD_VERSION,
      date: this.#date,
      machine: this.#machine,
      versions: Object.fromEntries(this.#contenders.map(({ library }) => [library.name, library.version])),
      ceilings: this.#ceilings,
      kernels: [...this.#kernels],
      steps: [...this.#steps],
      failures: [...this.#failures],
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
