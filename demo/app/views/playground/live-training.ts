/**
 * Live training: every change trains again from zero, which takes milliseconds for a few hundred points in the plane.
 * Changes during a training are combined, and the last result stays until the next one.
 */
import { type Signal, signal } from "@preact/signals";
import { DivergenceError, type Label } from "../../../../src/index.ts";
import type { Parameters } from "../../../../src/parameters.ts";
import { type Choices, DEFAULT_CHOICES } from "../../state/choices.ts";
import { Run } from "../../state/run.ts";
import { CLASSES, datasetOf, type PlanePoint } from "./plane.ts";

export interface Settings {
  readonly solver: "lbfgs" | "sgd";
  readonly l2: number;
  /** Of SGD, as `epochs`. */
  readonly learningRate: number;
  readonly epochs: number;
}

/** The result of a training, also before its end. */
export interface Trained {
  readonly parameters: Parameters;
  /** The classes that have points, as indices into CLASSES; row i of W belongs to the i-th. */
  readonly present: readonly number[];
  /** Mean cross-entropy of all points: at the start, then after each epoch or iteration. */
  readonly losses: readonly number[];
  readonly accuracy: number;
  /** The time that training takes at full speed. */
  readonly milliseconds: number;
}

/** At full speed, or slowly enough that every epoch can be seen. */
export type Pace = "at once" | "watched";

const MOST_ITERATIONS = 500;
const BATCH_SIZE = 16;
/** Least time that an iteration of L-BFGS is shown, ms: there are few, and each changes much. */
const GLANCE = 90;

export class LiveTraining {
  /** Null if there are fewer than two classes. */
  readonly trained: Signal<Trained | null> = signal<Trained | null>(null);
  readonly problem: Signal<string | null> = signal<string | null>(null);
  readonly isWatched: Signal<boolean> = signal(false);
  readonly #dataset = signal(datasetOf([]));
  readonly #choices: Signal<Choices> = signal(DEFAULT_CHOICES);
  readonly #run = new Run(this.#dataset, this.#choices);
  #wanted: { points: readonly PlanePoint[]; settings: Settings; pace: Pace } | null = null;
  #isBusy = false;
  /** The view is closed. */
  #isStopped = true;

  /**
   * Trains as soon as the current training is done; one that is watched stops. After a stop it opens a device again.
   */
  async train(points: readonly PlanePoint[], settings: Settings, pace: Pace): Promise<void> {
    this.#wanted = { points, settings, pace };
    this.#isStopped = false;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#wanted) {
      const { points: rows, settings: set, pace: speed } = this.#wanted;
      this.#wanted = null;
      this.isWatched.value = speed === "watched";
      await this.#fit(rows, set, speed);
    }
    this.isWatched.value = false;
    this.#isBusy = false;
  }

  /** Stops, and frees the device; the result stays. */
  stop(): void {
    this.#wanted = null;
    this.#isStopped = true;
    this.#run.dispose();
  }

  async #fit(points: readonly PlanePoint[], settings: Settings, pace: Pace): Promise<void> {
    const run = this.#run;
    if (new Set(points.map(({ k }) => k)).size < 2) {
      this.trained.value = null;
      this.problem.value = null;
      return;
    }
    await run.reset();
    this.#dataset.value = datasetOf(points);
    this.#choices.value = choicesOf(settings);
    if (this.#isStopped) return;
    const began = performance.now();
    await run.start();
    const milliseconds = performance.now() - began;
    if (pace === "watched" && this.#isLearnt() && !this.#wanted) {
      await run.reset();
      await this.#fitSlowly(settings.solver === "lbfgs" ? GLANCE : 0, milliseconds);
    }
    if (this.#isLearnt()) this.#show(milliseconds);
    this.problem.value = this.#problem();
    if (this.problem.value !== null) this.trained.value = null;
  }

  #isLearnt(): boolean {
    return this.#run.status.value === "done" && this.#problem() === null;
  }

  /** Returns the error in words that fit the settings; null if there is none. */
  #problem(): string | null {
    const { status, message, history } = this.#run;
    const failure = status.value === "failed" ? message.value : null;
    // Parameters that are still finite may already give scores that are not.
    const hasDiverged =
      failure?.cause instanceof DivergenceError ||
      history.value.some(({ validationLoss }) => !Number.isFinite(validationLoss));
    if (hasDiverged) return "Training diverged: the learning rate η is too high.";
    return failure?.text ?? null;
  }

  /** Trains one epoch after another, each shown for at least `glance` ms. */
  async #fitSlowly(glance: number, milliseconds: number): Promise<void> {
    while (!this.#isOver()) {
      await this.#run.step();
      this.#show(milliseconds);
      await nextFrame(glance);
    }
  }

  #isOver(): boolean {
    const status = this.#run.status.value;
    return this.#wanted !== null || this.#isStopped || status === "done" || status === "failed";
  }

  #show(milliseconds: number): void {
    const snapshot = this.#run.snapshot.value;
    const history = this.#run.history.value;
    if (!snapshot) return;
    const present = snapshot.classes.map((label) => (CLASSES as readonly Label[]).indexOf(label));
    this.trained.value = {
      parameters: { weights: Float64Array.from(snapshot.weights), bias: Float64Array.from(snapshot.bias) },
      present,
      // With parameters of 0 all classes are equally probable.
      losses: [Math.log(present.length), ...history.map(({ validationLoss }) => validationLoss)],
      accuracy: history.at(-1)?.validationAccuracy ?? Number.NaN,
      milliseconds,
    };
  }
}

function choicesOf({ solver, l2, learningRate, epochs }: Settings): Choices {
  return {
    ...DEFAULT_CHOICES,
    device: typeof WebAssembly === "undefined" ? "reference" : "wasm",
    batchSize: BATCH_SIZE,
    momentum: 0,
    ...{ solver, l2, learningRate },
    epochs: solver === "lbfgs" ? MOST_ITERATIONS : epochs,
  };
}

function nextFrame(least: number): Promise<void> {
  return new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => resolve()), least));
}
