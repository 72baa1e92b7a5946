/**
 * The training of one model after another. A pause aborts the fit, and a later start resumes it, with the bits of a run
 * without pause. A new run begins a new model; the one before stays in use until the new one is better, or done.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  DeviceError,
  type DeviceInfo,
  type ModelEvaluation,
  SoftmaxRegression,
  type StopReason,
} from "../../../src/index.ts";
import type { DemoDataset } from "../data/demo-dataset.ts";
import { type Choices, optionsOf, unitOf } from "./choices.ts";
import {
  type EpochMetrics,
  type Message,
  type ModelInUse,
  metricsOf,
  type RestoredRun,
  type Snapshot,
  type Speed,
  snapshotOf,
} from "./run-records.ts";
import { Stopwatch } from "./stopwatch.ts";

/** `"failed"`: an error ended the run; `message` says which. */
export type Status = "idle" | "training" | "paused" | "done" | "failed";

/** A run on the current data set with the current choices. */
export class Run {
  readonly status: Signal<Status> = signal<Status>("idle");
  /** Why the run is done; null before, and for a model that was done when its file was opened. */
  readonly stopReason: Signal<StopReason | null> = signal<StopReason | null>(null);
  readonly history: Signal<readonly EpochMetrics[]> = signal<readonly EpochMetrics[]>([]);
  /** The parameters of the model in training, else of the last one. */
  readonly snapshot: Signal<Snapshot | null> = signal<Snapshot | null>(null);
  /** Null before the first epoch of the first run. */
  readonly inUse: Signal<ModelInUse | null> = signal<ModelInUse | null>(null);
  /** Time that the run has trained, seconds, without pauses and without what slows it down to be watched. */
  readonly seconds: Signal<number> = signal(0);
  /** The evaluation of a model from a file on the validation rows, until it is trained on. */
  readonly opened: Signal<ModelEvaluation | null> = signal<ModelEvaluation | null>(null);
  readonly speed: Signal<Speed | null> = signal<Speed | null>(null);
  readonly device: Signal<DeviceInfo | null> = signal<DeviceInfo | null>(null);
  readonly message: Signal<Message | null> = signal<Message | null>(null);
  readonly isTraining: ReadonlySignal<boolean> = computed(() => this.status.value === "training");
  readonly #dataset: ReadonlySignal<DemoDataset>;
  readonly #choices: ReadonlySignal<Choices>;
  /** The model in training; after its run, the model in use. */
  #model: SoftmaxRegression | null = null;
  /** Why the model left the chosen device. */
  #reason: string | null = null;
  #controller: AbortController | null = null;
  /** The current fit, which must end before another begins. */
  #running: Promise<void> = Promise.resolve();

  constructor(dataset: ReadonlySignal<DemoDataset>, choices: ReadonlySignal<Choices>) {
    this.#dataset = dataset;
    this.#choices = choices;
  }

  /** The model in use; null before the first epoch. */
  get model(): SoftmaxRegression | null {
    return this.inUse.value?.model ?? null;
  }

  /** The model of a run that is not the one in use yet; null if there is none. */
  get candidate(): SoftmaxRegression | null {
    return this.#model === this.model ? null : this.#model;
  }

  /**
   * Begins, or continues after a pause. Resolves when the run is done or paused.
   *
   * @param seconds time that the whole run is to take at least, so that it can be watched. Default 0
   */
  start(seconds = 0): Promise<void> {
    return this.#train(Infinity, seconds);
  }

  /** Trains one epoch, then pauses. */
  step(): Promise<void> {
    return this.#train(1, 0);
  }

  /** Stops as soon as the submitted work is done; the parameters stay. */
  pause(): void {
    this.#controller?.abort();
  }

  /** Ends the run, so that the next start begins a new one. The model stays in use. */
  async end(): Promise<void> {
    // Another run may begin while the one before ends.
    do {
      this.pause();
      await this.#running;
    } while (this.isTraining.value);
    this.status.value = "idle";
  }

  /** Discards the models. */
  async reset(): Promise<void> {
    await this.end();
    batch(() => {
      this.#clear();
      this.inUse.value?.model.dispose();
      this.inUse.value = null;
      this.snapshot.value = null;
      this.device.value = null;
      this.message.value = null;
    });
  }

  /** Takes over a model from a file, after a reset. */
  adopt(model: SoftmaxRegression, evaluation: ModelEvaluation): void {
    this.#model = model;
    batch(() => {
      this.opened.value = evaluation;
      this.#show(evaluation.accuracy, true);
      this.status.value = model.isResumable ? "paused" : "done";
    });
  }

  /** Takes over what was kept of a run, in place of the models here. The candidate is the run's model if it is not the one in use. */
  restore(kept: RestoredRun): void {
    const { model, candidate } = kept;
    batch(() => {
      this.#clear();
      this.inUse.value?.model.dispose();
      this.#model = candidate ?? model;
      this.history.value = kept.history;
      this.seconds.value = kept.seconds;
      this.stopReason.value = kept.stopReason;
      this.opened.value = kept.opened;
      const after = candidate ? "" : this.#place;
      this.inUse.value = model && { model, snapshot: snapshotOf(model), accuracy: kept.accuracy, after };
      this.snapshot.value = this.#model && snapshotOf(this.#model);
      this.status.value = kept.status;
    });
  }

  dispose(): void {
    this.pause();
    this.#model?.dispose();
    this.inUse.value?.model.dispose();
  }

  #train(epochs: number, seconds: number): Promise<void> {
    if (this.isTraining.value) return this.#running;
    this.#running = this.#fitOnSomeDevice(epochs, seconds);
    return this.#running;
  }

  /** Fits; replaces a lost GPU once, and moves to WebAssembly with the same parameters if that one fails too. */
  async #fitOnSomeDevice(epochs: number, seconds: number): Promise<void> {
    // One controller for all devices, so that no pause is lost between them.
    const controller = new AbortController();
    this.#controller = controller;
    const isContinued = this.status.value === "paused" && this.#model !== null;
    batch(() => {
      this.status.value = "training";
      this.message.value = null;
      if (!isContinued) this.#clear();
    });
    for (const next of ["again", "wasm", "stop"] as const) {
      try {
        controller.signal.throwIfAborted();
        await this.#fit(epochs, seconds, controller);
        return;
      } catch (error) {
        if (controller.signal.aborted) {
          this.status.value = "paused";
          return;
        }
        const isLost = this.#model?.device?.kind === "webgpu";
        const isMissing = this.#choices.value.device === "webgpu" && !isLost;
        if (!(error instanceof DeviceError) || next === "stop" || !(isLost || isMissing)) {
          this.#fail(error);
          return;
        }
        const what = isLost ? "The GPU was lost" : "This browser has no WebGPU to train on";
        const goesTo = next === "wasm" || isMissing ? " in WebAssembly" : "";
        const text = `${what}. Continuing${goesTo}${this.history.value.length > 0 ? " from the last epoch" : ""}.`;
        this.message.value = { kind: "notice", text };
        if (goesTo) await this.#moveToWasm(what);
      }
    }
  }

  /** Forgets the run. The model in use stays. */
  #clear(): void {
    if (this.#model !== this.inUse.value?.model) this.#model?.dispose();
    this.#model = null;
    this.#reason = null;
    this.history.value = [];
    this.seconds.value = 0;
    this.opened.value = null;
    this.stopReason.value = null;
    this.speed.value = null;
  }

  async #fit(epochs: number, seconds: number, controller: AbortController): Promise<void> {
    this.#model ??= new SoftmaxRegression(optionsOf(this.#choices.value));
    const model = this.#model;
    const isResumed = model.isResumable;
    const { train, validation } = this.#dataset.value;
    const { solver, batchSize } = this.#choices.value;
    const rowsOfStep = solver === "lbfgs" ? train.x.rows : batchSize;
    const planned = this.#choices.value.epochs;
    const stopwatch = new Stopwatch();
    let left = epochs;
    let resumed = performance.now();
    const add = async (metrics: EpochMetrics) => {
      const now = performance.now();
      batch(() => {
        this.opened.value = null;
        this.seconds.value += (now - resumed) / 1000;
        if (this.history.value.at(-1)?.index !== metrics.index)
          this.history.value = [...this.history.value, metrics];
        this.#show(metrics.validationAccuracy, false);
      });
      // The last planned epoch ends the run without an abort.
      if (--left <= 0 && metrics.index < planned) controller.abort();
      else if (seconds > 0) await waited((1000 * seconds) / planned - (now - resumed), controller.signal);
      resumed = performance.now();
    };
    const history = await model.fit(train.x, train.y as string[], {
      resume: isResumed,
      validation: [validation.x, validation.y as string[]],
      signal: controller.signal,
      onEpoch: (record) => add(metricsOf(record.epoch, record)),
      // Iteration 0 is the start, before any parameter has moved.
      onIteration: async (record) => {
        if (record.iteration > 0) await add(metricsOf(record.iteration, record));
      },
      onProgress: ({ phase, rows: visited }) => {
        if (phase === "upload" && !isResumed) stopwatch.start();
        const rowsPerSecond = phase === "training" ? stopwatch.report(visited) : null;
        if (rowsPerSecond !== null)
          this.speed.value = { rowsPerSecond, stepsPerSecond: rowsPerSecond / rowsOfStep };
      },
    });
    batch(() => {
      this.status.value = "done";
      this.stopReason.value = history.stopReason;
      // A run may end at its start, if that is the optimum.
      const [start] = history.iterations;
      if (start && this.history.value.length === 0) this.history.value = [metricsOf(0, start)];
      this.#show(this.history.value.at(-1)?.validationAccuracy ?? Number.NaN, true);
    });
  }

  /** Loads the parameters into a model on WebAssembly. */
  async #moveToWasm(reason: string): Promise<void> {
    const options = { ...optionsOf(this.#choices.value), device: "wasm" } as const;
    const old = this.#model;
    this.#reason = reason;
    if (!old || this.history.value.length === 0) {
      old?.dispose();
      this.#model = new SoftmaxRegression(options);
      return;
    }
    const moved = await SoftmaxRegression.load(await old.toSafetensors(), options);
    this.#model = moved;
    const inUse = this.inUse.value;
    if (inUse?.model === old) this.inUse.value = { ...inUse, model: moved };
    old.dispose();
  }

  /** The latest epoch in words; empty before the first. */
  get #place(): string {
    const last = this.history.peek().at(-1);
    return last ? `${unitOf(this.#choices.peek().solver)} ${last.index}` : "";
  }

  /** Shows the model's parameters, and takes it into use if it is done, or no worse than the one in use. */
  #show(accuracy: number, isDone: boolean): void {
    const model = this.#model;
    if (!model) return;
    const { device } = model;
    const snapshot = snapshotOf(model);
    batch(() => {
      this.snapshot.value = snapshot;
      this.device.value = device && this.#reason ? { ...device, reason: this.#reason } : device;
      const before = this.inUse.value;
      if (before && before.model !== model && !isDone && accuracy < before.accuracy) return;
      this.inUse.value = { model, snapshot, accuracy, after: this.#place };
      if (before?.model !== model) before?.model.dispose();
    });
  }

  #fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    batch(() => {
      this.status.value = "failed";
      this.message.value = { kind: "error", text, cause: error };
    });
  }
}

/** Resolves after some ms, or at once when the signal is aborted. */
function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
