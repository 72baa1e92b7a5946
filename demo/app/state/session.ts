/**
 * One model being trained: start, pause, one round, reset, and what is seen meanwhile. A pause is an abort, and going
 * on is the library's own resumption, so a paused run ends with the same bits as one that was not.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { readModel } from "../../../src/formats/read-model.ts";
import {
  DeviceError,
  type DeviceInfo,
  type EpochRecord,
  type IterationRecord,
  type Label,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../../src/index.ts";
import type { DemoDataset } from "../data/demo-dataset.ts";
import { type Choices, choicesOf, DEFAULT_CHOICES, optionsOf } from "./choices.ts";

/** `"failed"`: an error ended it; `message` says which. */
export type Status = "idle" | "training" | "paused" | "done" | "failed";

/** What a round (an epoch or an iteration) showed. */
export interface Round {
  /** Counted from 1 for epochs, from 0 (the start) for iterations. */
  readonly index: number;
  /** Mean cross-entropy of an epoch's batches; the whole objective of an iteration. */
  readonly loss: number;
  /** Of the training rows, while SGD saw them; null for iterations. */
  readonly accuracy: number | null;
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
}

/** Time after which a speed says something, ms. */
const LEAST_TIME = 50;

/** The state of a run, for everyone to see, and what can be done with it. */
export class Session {
  readonly dataset: Signal<DemoDataset>;
  readonly choices: Signal<Choices> = signal(DEFAULT_CHOICES);
  readonly status: Signal<Status> = signal<Status>("idle");
  readonly rounds: Signal<readonly Round[]> = signal<readonly Round[]>([]);
  readonly snapshot: Signal<Snapshot | null> = signal<Snapshot | null>(null);
  readonly speed: Signal<Speed | null> = signal<Speed | null>(null);
  readonly device: Signal<DeviceInfo | null> = signal<DeviceInfo | null>(null);
  readonly message: Signal<Message | null> = signal<Message | null>(null);
  /** Rises with every change of the parameters: what depends on the model is to be asked for again. */
  readonly version: Signal<number> = signal(0);
  readonly isTraining: ReadonlySignal<boolean> = computed(() => this.status.value === "training");
  #model: SoftmaxRegression | null = null;
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
    this.#model?.dispose();
    this.#model = null;
    batch(() => {
      this.status.value = "idle";
      this.rounds.value = [];
      this.snapshot.value = null;
      this.speed.value = null;
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

  /** Takes over a model that was saved, for the data set at hand. @throws FormatError, and what a model for other features is */
  async adopt(source: Blob): Promise<void> {
    if (source instanceof File && source.name.endsWith(".onnx"))
      throw new Error("ONNX files are for predicting elsewhere; open safetensors or JSON here.");
    const model = await SoftmaxRegression.load(source, { device: this.choices.value.device });
    const { cols } = this.dataset.value.train.x;
    if (model.weights.length !== model.classes.length * cols) {
      const features = model.weights.length / model.classes.length;
      model.dispose();
      throw new Error(
        `This model is for ${features} features; the data set has ${cols}. Open its data set first.`,
      );
    }
    const unknown = this.dataset.value.train.y.find((label) => !model.classes.includes(label));
    if (unknown !== undefined) {
      const classes = model.classes.join(", ");
      model.dispose();
      throw new Error(`This model knows ${classes}, but not “${unknown}”. Open its data set first.`);
    }
    await this.reset();
    this.#model = model;
    const { options } = readModel(model.toSafetensors());
    this.choices.value = choicesOf(options as SoftmaxRegressionOptions, this.choices.value.device);
    this.#show();
    this.status.value = model.isResumable ? "paused" : "done";
  }

  /** Frees the device. */
  dispose(): void {
    this.pause();
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
    // A lost device is replaced once; where that fails too, WebAssembly takes over with what was learnt.
    for (const fallback of [null, null, "wasm", "stop"] as const) {
      try {
        controller.signal.throwIfAborted();
        await this.#fit(rounds, controller);
        return;
      } catch (error) {
        if (controller.signal.aborted) {
          this.status.value = "paused";
          return;
        }
        if (!(error instanceof DeviceError) || fallback === "stop") {
          this.#fail(error);
          return;
        }
        this.message.value = { kind: "notice", text: `${error.message}. Going on with what was learnt.` };
        if (fallback === "wasm") await this.#moveTo("wasm");
      }
    }
  }

  #begin(): void {
    this.#model?.dispose();
    this.#model = null;
    this.rounds.value = [];
    this.snapshot.value = null;
  }

  async #fit(rounds: number, controller: AbortController): Promise<void> {
    this.#model ??= new SoftmaxRegression(optionsOf(this.choices.value));
    const model = this.#model;
    const { train, validation } = this.dataset.value;
    const measure = this.#stopwatch();
    let left = rounds;
    const onRound = (round: Round) => {
      batch(() => {
        if (this.rounds.value.at(-1)?.index !== round.index)
          this.rounds.value = [...this.rounds.value, round];
        this.#show();
      });
      // The last round that was planned ends the run by itself.
      if (--left <= 0 && round.index < this.choices.value.rounds) controller.abort();
    };
    const history = await model.fit(train.x, train.y as string[], {
      resume: model.isResumable,
      validation: [validation.x, validation.y as string[]],
      signal: controller.signal,
      onEpoch: (record) => onRound(roundOfEpoch(record)),
      // The first iteration is the start, where nothing has moved.
      onIteration: (record) => (record.iteration > 0 ? onRound(roundOfIteration(record)) : undefined),
      onProgress: ({ phase, rows }) => {
        if (phase === "training") measure(rows);
      },
    });
    this.status.value = "done";
    this.#show();
    if (history.stopReason === "tolerance")
      this.message.value = { kind: "notice", text: "The optimum is reached: the gradient is as good as 0." };
    if (history.stopReason === "precision") {
      const text = "The optimum is reached, as near as this device's rounding allows.";
      this.message.value = { kind: "notice", text };
    }
  }

  /** The same model, as far as it was trained, on another device. */
  async #moveTo(device: "wasm"): Promise<void> {
    const options = { ...optionsOf(this.choices.value), device };
    const old = this.#model;
    this.#model =
      old && this.snapshot.value ? await SoftmaxRegression.load(old.toSafetensors(), options) : null;
    old?.dispose();
    this.#model ??= new SoftmaxRegression(options);
  }

  /** Takes the rows visited so far, and shows the speed since the first time. */
  #stopwatch(): (rows: number) => void {
    const { solver, batchSize } = this.choices.value;
    const rowsOfStep = solver === "lbfgs" ? this.dataset.value.train.x.rows : batchSize;
    let first: { readonly rows: number; readonly time: number } | null = null;
    return (rows) => {
      const time = performance.now();
      first ??= { rows, time };
      if (time - first.time < LEAST_TIME) return;
      const rowsPerSecond = (1000 * (rows - first.rows)) / (time - first.time);
      this.speed.value = { rowsPerSecond, stepsPerSecond: rowsPerSecond / rowsOfStep };
    };
  }

  #show(): void {
    const model = this.#model;
    if (!model) return;
    const { weights, bias, classes, device } = model;
    batch(() => {
      this.snapshot.value = { weights, bias, classes };
      this.device.value = device;
      this.version.value++;
    });
  }

  #fail(error: unknown): void {
    batch(() => {
      this.status.value = "failed";
      this.message.value = { kind: "error", text: error instanceof Error ? error.message : String(error) };
    });
  }
}

function roundOfEpoch({ epoch, loss, accuracy, validation }: EpochRecord): Round {
  return { index: epoch, loss, accuracy, ...validationOf(validation) };
}

function roundOfIteration({ iteration, objective, validation }: IterationRecord): Round {
  return { index: iteration, loss: objective, accuracy: null, ...validationOf(validation) };
}

function validationOf(validation: EpochRecord["validation"]) {
  return {
    validationLoss: validation?.loss ?? Number.NaN,
    validationAccuracy: validation?.accuracy ?? Number.NaN,
  };
}
