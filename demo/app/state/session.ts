/**
 * One model being trained: start, pause, one round, reset, and what is seen meanwhile. A pause is an abort, and going
 * on is the library's own resumption, so a paused run ends with the same bits as one that was not.
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
import { type Choices, DEFAULT_CHOICES, optionsOf } from "./choices.ts";
import { openModel } from "./open-model.ts";
import { Opening } from "./opening.ts";
import { Stopwatch } from "./stopwatch.ts";

/** `"failed"`: an error ended it; `message` says which. */
export type Status = "idle" | "training" | "paused" | "done" | "failed";

/** What a round (an epoch or an iteration) showed. */
export interface Round {
  /** Counted from 1 for epochs, from 0 (the start) for iterations. */
  readonly index: number;
  /** Mean cross-entropy of the training rows: as an epoch saw them, batch after batch, or after an iteration. */
  readonly loss: number;
  /** Of the training rows, likewise. */
  readonly accuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** The parameters after the latest round. */
export interface Snapshot {
  /** W `[K·D]`, row after row, for rows as they come. */
  readonly weights: Float32Array;
  /** b `[K]` */
  readonly bias: Float32Array;
  readonly classes: readonly Label[];
}

/** How fast it goes. */
export interface Speed {
  readonly rowsPerSecond: number;
  /** Steps of SGD, or iterations. */
  readonly stepsPerSecond: number;
}

/** Something the user should read. */
export interface Message {
  readonly kind: "error" | "notice";
  readonly text: string;
  /** The error itself, for those who say it in words of their own. */
  readonly cause?: unknown;
}

/** The state of a run, for everyone to see, and what can be done with it. */
export class Session {
  readonly dataset: Signal<DemoDataset>;
  readonly choices: Signal<Choices> = signal(DEFAULT_CHOICES);
  readonly status: Signal<Status> = signal<Status>("idle");
  /** Why the run is done; null before, and for a model that came done from a file. */
  readonly stopReason: Signal<StopReason | null> = signal<StopReason | null>(null);
  readonly rounds: Signal<readonly Round[]> = signal<readonly Round[]>([]);
  readonly snapshot: Signal<Snapshot | null> = signal<Snapshot | null>(null);
  /** What a model from a file makes of the validation rows; null once it is trained on, and for others. */
  readonly opened: Signal<ModelEvaluation | null> = signal<ModelEvaluation | null>(null);
  readonly speed: Signal<Speed | null> = signal<Speed | null>(null);
  readonly device: Signal<DeviceInfo | null> = signal<DeviceInfo | null>(null);
  readonly message: Signal<Message | null> = signal<Message | null>(null);
  /** Rises with every change of the parameters: what depends on the model is to be asked for again. */
  readonly version: Signal<number> = signal(0);
  /** What becomes another data set. */
  readonly opening: Opening = new Opening((dataset) => this.open(dataset));
  readonly isTraining: ReadonlySignal<boolean> = computed(() => this.status.value === "training");
  #model: SoftmaxRegression | null = null;
  /** Why the model left the device that was chosen. */
  #reason: string | null = null;
  #controller: AbortController | null = null;
  /** The fit that runs, to be waited for before another begins. */
  #running: Promise<void> = Promise.resolve();

  constructor(dataset: DemoDataset) {
    this.dataset = signal(dataset);
  }

  /** The model with the latest parameters; null before the first round. */
  get model(): SoftmaxRegression | null {
    return this.snapshot.value ? this.#model : null;
  }

  /** Begins, or goes on after a pause. Ends when the run is done or paused. */
  start(): Promise<void> {
    return this.#train(Infinity);
  }

  /** One round, then a pause. */
  step(): Promise<void> {
    return this.#train(1);
  }

  /** Stops after the rows in flight; what was learnt stays. */
  pause(): void {
    this.#controller?.abort();
  }

  /** Forgets everything that was learnt. */
  async reset(): Promise<void> {
    this.pause();
    await this.#running;
    batch(() => {
      this.#begin();
      this.status.value = "idle";
      this.device.value = null;
      this.message.value = null;
      this.version.value++;
    });
  }

  /** Another data set: what was learnt of the old one goes. */
  async open(dataset: DemoDataset): Promise<void> {
    await this.reset();
    this.dataset.value = dataset;
  }

  /** Other choices count from the next start from zero on. */
  async choose(choices: Choices): Promise<void> {
    this.choices.value = choices;
    await this.reset();
  }

  /** Takes over a model that was saved, for the data set at hand. @throws FormatError what is none, Error one for other rows */
  async adopt(source: Blob): Promise<void> {
    const dataset = this.dataset.value;
    const { model, choices, evaluation } = await openModel(source, dataset, this.choices.value.device);
    await this.reset();
    if (this.dataset.value !== dataset) {
      model.dispose();
      throw new Error("Another data set was opened meanwhile. Open the model again.");
    }
    this.#model = model;
    batch(() => {
      this.choices.value = choices;
      this.opened.value = evaluation;
      this.#show();
      this.status.value = model.isResumable ? "paused" : "done";
    });
  }

  /** Frees the device. */
  dispose(): void {
    this.pause();
    this.opening.cancel();
    this.#model?.dispose();
  }

  #train(rounds: number): Promise<void> {
    if (this.isTraining.value) return this.#running;
    this.#running = this.#run(rounds);
    return this.#running;
  }

  async #run(rounds: number): Promise<void> {
    // One for the whole run, whatever device it moves to: a pause is never lost.
    const controller = new AbortController();
    this.#controller = controller;
    const isGoingOn = this.status.value === "paused" && this.#model !== null;
    batch(() => {
      this.status.value = "training";
      this.message.value = null;
      if (!isGoingOn) this.#begin();
    });
    // A lost GPU is replaced once; where that fails too, WebAssembly takes over with what was learnt.
    for (const next of ["again", "wasm", "stop"] as const) {
      try {
        controller.signal.throwIfAborted();
        await this.#fit(rounds, controller);
        return;
      } catch (error) {
        if (controller.signal.aborted) {
          this.status.value = "paused";
          return;
        }
        const isLost = this.#model?.device?.kind === "webgpu";
        const isMissing = this.choices.value.device === "webgpu" && !isLost;
        if (!(error instanceof DeviceError) || next === "stop" || !(isLost || isMissing)) {
          this.#fail(error);
          return;
        }
        const what = isLost ? "The GPU was lost" : "This browser has no WebGPU to train on";
        const goesTo = next === "wasm" || isMissing ? " in WebAssembly" : "";
        const text = `${what}. Going on${goesTo}${this.snapshot.value ? " with what was learnt" : ""}.`;
        this.message.value = { kind: "notice", text };
        if (goesTo) await this.#moveToWasm(what);
      }
    }
  }

  #begin(): void {
    this.#model?.dispose();
    this.#model = null;
    this.#reason = null;
    this.rounds.value = [];
    this.snapshot.value = null;
    this.opened.value = null;
    this.stopReason.value = null;
    this.speed.value = null;
  }

  async #fit(rounds: number, controller: AbortController): Promise<void> {
    this.#model ??= new SoftmaxRegression(optionsOf(this.choices.value));
    const model = this.#model;
    const isResumed = model.isResumable;
    const { train, validation } = this.dataset.value;
    const { solver, batchSize } = this.choices.value;
    const rowsOfStep = solver === "lbfgs" ? train.x.rows : batchSize;
    const stopwatch = new Stopwatch();
    let left = rounds;
    const onRound = (round: Round) => {
      batch(() => {
        this.opened.value = null;
        if (this.rounds.value.at(-1)?.index !== round.index)
          this.rounds.value = [...this.rounds.value, round];
        this.#show();
      });
      // The last round that was planned ends the run by itself.
      if (--left <= 0 && round.index < this.choices.value.rounds) controller.abort();
    };
    const history = await model.fit(train.x, train.y as string[], {
      resume: isResumed,
      validation: [validation.x, validation.y as string[]],
      signal: controller.signal,
      onEpoch: (record) => onRound(roundOfEpoch(record)),
      // The first iteration is the start, where nothing has moved.
      onIteration: (record) => (record.iteration > 0 ? onRound(roundOfIteration(record)) : undefined),
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

  /** The same model, as far as it was trained, without a GPU. */
  async #moveToWasm(reason: string): Promise<void> {
    const options = { ...optionsOf(this.choices.value), device: "wasm" } as const;
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

function roundOfEpoch({ epoch, loss, accuracy, validation }: EpochRecord): Round {
  return { index: epoch, loss, accuracy, ...validationOf(validation) };
}

function roundOfIteration({ iteration, loss, accuracy, validation }: IterationRecord): Round {
  return { index: iteration, loss, accuracy, ...validationOf(validation) };
}

function validationOf(validation: EpochRecord["validation"]) {
  return {
    validationLoss: validation?.loss ?? Number.NaN,
    validationAccuracy: validation?.accuracy ?? Number.NaN,
  };
}
