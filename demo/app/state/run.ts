/**
 * The training of one model. A pause aborts the fit, and a later start resumes it, with the bits of a run without pause.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  DeviceError,
  type DeviceInfo,
  type EpochRecord,
  type IterationRecord,
  type Label,
  type ModelEvaluation,
  SoftmaxRegression,
  type StopReason,
} from "../../../src/index.ts";
import type { DemoDataset } from "../data/demo-dataset.ts";
import { type Choices, optionsOf } from "./choices.ts";

/** `"failed"`: an error ended the run; `message` says which. */
export type Status = "idle" | "training" | "paused" | "done" | "failed";

/** The metrics of an epoch, or of an iteration of L-BFGS. */
export interface EpochMetrics {
  /** Counted from 1 for epochs, from 0 (the start) for iterations. */
  readonly index: number;
  /**
   * Mean cross-entropy of the training rows: of an epoch, batch by batch while it trained; else after the iteration.
   */
  readonly loss: number;
  /** Accuracy on the training rows, likewise. */
  readonly accuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** The parameters after the latest epoch. */
export interface Snapshot {
  /** W `[K·D]`, row after row, for rows that are not standardised. */
  readonly weights: Float32Array;
  /** b `[K]` */
  readonly bias: Float32Array;
  readonly classes: readonly Label[];
}

interface Speed {
  readonly rowsPerSecond: number;
  /** Steps of SGD, or iterations. */
  readonly stepsPerSecond: number;
}

export interface Message {
  readonly kind: "error" | "notice";
  readonly text: string;
  /** The error itself, for views that explain it in other words. */
  readonly cause?: unknown;
}

/** A run on the current data set with the current choices. */
export class Run {
  readonly status: Signal<Status> = signal<Status>("idle");
  /** Why the run is done; null before, and for a model that was done when its file was opened. */
  readonly stopReason: Signal<StopReason | null> = signal<StopReason | null>(null);
  readonly history: Signal<readonly EpochMetrics[]> = signal<readonly EpochMetrics[]>([]);
  readonly snapshot: Signal<Snapshot | null> = signal<Snapshot | null>(null);
  /** The evaluation of a model from a file on the validation rows, until it is trained on. */
  readonly opened: Signal<ModelEvaluation | null> = signal<ModelEvaluation | null>(null);
  readonly speed: Signal<Speed | null> = signal<Speed | null>(null);
  readonly device: Signal<DeviceInfo | null> = signal<DeviceInfo | null>(null);
  readonly message: Signal<Message | null> = signal<Message | null>(null);
  /** Rises with every change of the parameters. */
  readonly version: Signal<number> = signal(0);
  readonly isTraining: ReadonlySignal<boolean> = computed(() => this.status.value === "training");
  readonly #dataset: ReadonlySignal<DemoDataset>;
  readonly #choices: ReadonlySignal<Choices>;
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

  /** The model with the latest parameters; null before the first epoch. */
  get model(): SoftmaxRegression | null {
    return this.snapshot.value ? this.#model : null;
  }

  /** Begins, or continues after a pause. Resolves when the run is done or paused. */
  start(): Promise<void> {
    return this.#train(Infinity);
  }

  /** Trains one epoch, then pauses. */
  step(): Promise<void> {
    return this.#train(1);
  }

  /** Stops as soon as the submitted work is done; the parameters stay. */
  pause(): void {
    this.#controller?.abort();
  }

  /** Discards the model. */
  async reset(): Promise<void> {
    this.pause();
    await this.#running;
    batch(() => {
      this.#clear();
      this.status.value = "idle";
      this.device.value = null;
      this.message.value = null;
      this.version.value++;
    });
  }

  /** Takes over a model from a file, after a reset. */
  adopt(model: SoftmaxRegression, evaluation: ModelEvaluation): void {
    this.#model = model;
    batch(() => {
      this.opened.value = evaluation;
      this.#show();
      this.status.value = model.isResumable ? "paused" : "done";
    });
  }

  dispose(): void {
    this.pause();
    this.#model?.dispose();
  }

  #train(epochs: number): Promise<void> {
    if (this.isTraining.value) return this.#running;
    this.#running = this.#fitOnSomeDevice(epochs);
    return this.#running;
  }

  /** Fits; replaces a lost GPU once, and moves to WebAssembly with the same parameters if that one fails too. */
  async #fitOnSomeDevice(epochs: number): Promise<void> {
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
        await this.#fit(epochs, controller);
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
        const text = `${what}. Continuing${goesTo}${this.snapshot.value ? " from the last epoch" : ""}.`;
        this.message.value = { kind: "notice", text };
        if (goesTo) await this.#moveToWasm(what);
      }
    }
  }

  #clear(): void {
    this.#model?.dispose();
    this.#model = null;
    this.#reason = null;
    this.history.value = [];
    this.snapshot.value = null;
    this.opened.value = null;
    this.stopReason.value = null;
    this.speed.value = null;
  }

  async #fit(epochs: number, controller: AbortController): Promise<void> {
    this.#model ??= new SoftmaxRegression(optionsOf(this.#choices.value));
    const model = this.#model;
    const isResumed = model.isResumable;
    const { train, validation } = this.#dataset.value;
    const { solver, batchSize } = this.#choices.value;
    const rowsOfStep = solver === "lbfgs" ? train.x.rows : batchSize;
    const stopwatch = new Stopwatch();
    let left = epochs;
    const add = (metrics: EpochMetrics) => {
      batch(() => {
        this.opened.value = null;
        if (this.history.value.at(-1)?.index !== metrics.index)
          this.history.value = [...this.history.value, metrics];
        this.#show();
      });
      // The last planned epoch ends the run without an abort.
      if (--left <= 0 && metrics.index < this.#choices.value.epochs) controller.abort();
    };
    const history = await model.fit(train.x, train.y as string[], {
      resume: isResumed,
      validation: [validation.x, validation.y as string[]],
      signal: controller.signal,
      onEpoch: (record) => add(metricsOf(record.epoch, record)),
      // Iteration 0 is the start, before any parameter has moved.
      onIteration: (record) => (record.iteration > 0 ? add(metricsOf(record.iteration, record)) : undefined),
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
      this.#show();
    });
  }

  /** Loads the parameters into a model on WebAssembly. */
  async #moveToWasm(reason: string): Promise<void> {
    const options = { ...optionsOf(this.#choices.value), device: "wasm" } as const;
    const old = this.#model;
    this.#model =
      old && this.snapshot.value ? await SoftmaxRegression.load(await old.toSafetensors(), options) : null;
    old?.dispose();
    this.#reason = reason;
    this.#model ??= new SoftmaxRegression(options);
  }

  #show(): void {
    const model = this.#model;
    if (!model) return;
    const { weights, bias, classes, device } = model;
    batch(() => {
      this.snapshot.value = { weights, bias, classes };
      this.device.value = device && this.#reason ? { ...device, reason: this.#reason } : device;
      this.version.value++;
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

function metricsOf(
  index: number,
  { loss, accuracy, validation }: EpochRecord | IterationRecord,
): EpochMetrics {
  return {
    index,
    loss,
    accuracy,
    validationLoss: validation?.loss ?? Number.NaN,
    validationAccuracy: validation?.accuracy ?? Number.NaN,
  };
}

/** Least time between two reports that gives a speed, ms. */
const LEAST_TIME = 5;

interface Mark {
  readonly rows: number;
  readonly time: number;
}

/** Measures the speed of training from the first report on; for runs that end with it, from their start. */
export class Stopwatch {
  #start: Mark | null = null;
  #first: Mark | null = null;

  /** Marks the time at which no row has been visited. */
  start(): void {
    this.#start = { rows: 0, time: performance.now() };
  }

  /** Returns rows per second after `rows` visited rows; null while too little time has passed. */
  report(rows: number): number | null {
    const now = { rows, time: performance.now() };
    const from = this.#first ?? this.#start;
    this.#first ??= now;
    if (!from || now.time - from.time < LEAST_TIME) return null;
    return (1000 * (now.rows - from.rows)) / (now.time - from.time);
  }
}
