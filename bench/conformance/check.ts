/**
 * Checks every kernel, plan and storage of the WebGPU backend on random problems against the float64 reference, on the
 * adapter that the library would take. For a page, a command or a test; nothing here reads files or prints.
 */
import { name, version } from "../../package.json";
import { settlesWithin } from "../../src/backends/waiting.ts";
import { GpuDevice } from "../../src/backends/webgpu/index.ts";
import { WANTED_FEATURES } from "../../src/backends/webgpu/request-device.ts";
import { pause } from "../../src/pause.ts";
import { describeMachine } from "../measure/machine.ts";
import { messageOf } from "../measure/text.ts";
import { type DrawnCase, drawCase } from "./draw-case.ts";
import { CASES, type ConformanceReport, type Counts, type Ending, REPORT_VERSION } from "./report.ts";
import { runCase } from "./run-case.ts";
import { Tally } from "./tally.ts";
import { WatchedKernels } from "./watched-kernels.ts";

/** How much is checked, and how a caller follows or stops it. */
export interface CheckOptions {
  /** Number of cases. Default {@link CASES}. */
  readonly cases?: number;
  /** Seconds after which no further case begins. Default: no limit. */
  readonly seconds?: number;
  /** Fixes the cases. Default 1. */
  readonly seed?: number;
  /** Number of the first case, or of the only one with `cases: 1`. Default 0. */
  readonly first?: number;
  /** Stops the check, which then resolves with a report of the cases that have run. */
  readonly signal?: AbortSignal | undefined;
  /** Awaited before each case, for example until a tab is in front. Its time does not count against `seconds`. */
  readonly ready?: () => Promise<void>;
  /** Called after each case. */
  readonly onProgress?: (counts: Counts) => void;
}

/** Longest wait for the report of a loss, ms. */
const LOSS_TIME = 1000;

/**
 * Runs the check and resolves with its report: after an abort, a lost device or the end of the time with what there is by
 * then. Nothing stays allocated.
 *
 * @throws DeviceError no WebGPU or no adapter; the signal's reason if it is aborted before the device is there
 */
export async function checkConformance(options: CheckOptions = {}): Promise<ConformanceReport> {
  options.signal?.throwIfAborted();
  const machine = await describeMachine();
  const run = new CheckRun(options, await acquire());
  try {
    const outcome = await run.toItsEnd();
    const { tally, used } = run;
    return {
      version: REPORT_VERSION,
      date: new Date().toISOString(),
      library: `${name} ${version}`,
      machine,
      used,
      seed: run.seed,
      ...outcome,
      ...tally.counts,
      kinds: tally.kinds,
      storages: tally.storages,
      plans: tally.plans,
      kernels: tally.kernels,
      differences: tally.differences,
    };
  } finally {
    run.dispose();
  }
}

function acquire(): Promise<GpuDevice> {
  return GpuDevice.acquire(true, "checked");
}

/** A check on a device, which is replaced after an error that is no loss. */
class CheckRun {
  readonly seed: number;
  readonly tally = new Tally();
  readonly used: readonly string[];
  readonly #options: CheckOptions;
  readonly #started = performance.now();
  #waited = 0;
  #gpu: GpuDevice;
  #kernels: { readonly group: number; readonly cache: WatchedKernels } | null = null;

  constructor(options: CheckOptions, gpu: GpuDevice) {
    this.#options = options;
    this.seed = options.seed ?? 1;
    this.#gpu = gpu;
    this.used = WANTED_FEATURES.filter((feature) => gpu.device.features.has(feature));
  }

  /** Runs case after case until one of the ends comes. */
  async toItsEnd(): Promise<{ ending: Ending; loss?: string; seconds: number }> {
    const { cases = CASES, seconds = Infinity, first = 0, onProgress } = this.#options;
    for (let index = first; index < first + cases; index++) {
      if (this.#seconds >= seconds && index > first) return { ending: "out of time", seconds: this.#seconds };
      if (!(await this.#isReady())) return { ending: "stopped", seconds: this.#seconds };
      const end = await this.#run(drawCase(this.seed, index));
      if (end) return { ...end, seconds: this.#seconds };
      onProgress?.(this.tally.counts);
    }
    return { ending: "done", seconds: this.#seconds };
  }

  dispose(): void {
    this.#gpu.dispose();
  }

  get #seconds(): number {
    return (performance.now() - this.#started - this.#waited) / 1000;
  }

  /** Waits until the caller is ready. Returns whether the check goes on: not after an abort. */
  async #isReady(): Promise<boolean> {
    const { ready, signal } = this.#options;
    const began = performance.now();
    try {
      await ready?.();
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      this.#waited += performance.now() - began;
    }
    return !signal?.aborted;
  }

  /** Runs one case. Returns why the check ends with it, or null. */
  async #run(drawn: DrawnCase): Promise<{ ending: Ending; loss?: string } | null> {
    const { signal } = this.#options;
    try {
      await pause(signal);
      const result = await runCase(this.#gpu, this.#kernelsOf(drawn), drawn, signal);
      const loss = this.#gpu.alive ? null : await this.#lossOf();
      if (loss !== null) return { ending: "device lost", loss };
      this.tally.add(drawn, result);
      return this.#gpu.alive ? null : await this.#replace();
    } catch (error) {
      if (signal?.aborted) return { ending: "stopped" };
      throw error;
    }
  }

  /** Returns the kernels of a case's group; those of the group before are let go. */
  #kernelsOf({ group }: DrawnCase): WatchedKernels {
    if (this.#kernels?.group !== group) this.#kernels = { group, cache: new WatchedKernels(this.#gpu) };
    return this.#kernels.cache;
  }

  /** Returns the device's words if it is lost, and not only the reporter of an error. */
  async #lossOf(): Promise<string | null> {
    const { lost } = this.#gpu.device;
    if (!(await settlesWithin(lost, LOSS_TIME))) return null;
    const { reason, message } = await lost;
    return `${reason}: ${message || "no message"}`;
  }

  /** Opens a new device. Returns how the check ends if there is none, so that its findings are not lost. */
  async #replace(): Promise<{ ending: Ending; loss: string } | null> {
    this.#gpu.dispose();
    this.#kernels = null;
    try {
      this.#gpu = await acquire();
      return null;
    } catch (error) {
      return { ending: "device lost", loss: messageOf(error) };
    }
  }
}
