/**
 * Training that is felt: every change trains anew from zero, which for a few hundred points in the plane takes
 * milliseconds. Changes that come while it trains are taken together, and the last result stays until the next is there.
 */
import { type Signal, signal } from "@preact/signals";
import { DivergenceError, type Label } from "../../../../src/index.ts";
import type { Parameters } from "../../../../src/objective.ts";
import { DEFAULT_CHOICES } from "../../state/choices.ts";
import { Session } from "../../state/session.ts";
import { CLASSES, datasetOf, type PlanePoint } from "./plane.ts";

/** What can be set. */
export interface Settings {
  readonly solver: "lbfgs" | "sgd";
  readonly l2: number;
  /** Of SGD, as `epochs`. */
  readonly learningRate: number;
  readonly epochs: number;
}

/** What training gave, or has given so far. */
export interface Trained {
  readonly parameters: Parameters;
  /** The classes that have points, as their places in CLASSES; row i of W belongs to the i-th. */
  readonly present: readonly number[];
  /** Mean cross-entropy of all points: at the start, then after each round. */
  readonly losses: readonly number[];
  readonly accuracy: number;
  /** What all of it takes when nobody watches. */
  readonly milliseconds: number;
}

/** All at once, or one round after another for the eye. */
export type Pace = "at once" | "watched";

const MOST_ITERATIONS = 500;
const BATCH_SIZE = 16;
/** Least time that an iteration of L-BFGS stays on the screen, ms: there are few, and each goes far. */
const GLANCE = 90;

/** Trains a session of its own. */
export class LiveTraining {
  /** Null where there are fewer than two classes. */
  readonly trained: Signal<Trained | null> = signal<Trained | null>(null);
  readonly problem: Signal<string | null> = signal<string | null>(null);
  readonly isWatched: Signal<boolean> = signal(false);
  readonly #session = new Session(datasetOf([]));
  #wanted: { points: readonly PlanePoint[]; settings: Settings; pace: Pace } | null = null;
  #isBusy = false;
  /** Nobody looks. */
  #isResting = true;

  /** Trains as soon as what is trained now is done; what is watched stops. After a rest it takes a device again. */
  async train(points: readonly PlanePoint[], settings: Settings, pace: Pace): Promise<void> {
    this.#wanted = { points, settings, pace };
    this.#isResting = false;
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

  /** Stops, and frees the device; what was learnt stays. */
  rest(): void {
    this.#wanted = null;
    this.#isResting = true;
    this.#session.dispose();
  }

  async #fit(points: readonly PlanePoint[], settings: Settings, pace: Pace): Promise<void> {
    const session = this.#session;
    if (new Set(points.map(({ k }) => k)).size < 2) {
      this.trained.value = null;
      this.problem.value = null;
      return;
    }
    await session.open(datasetOf(points));
    await session.choose(choicesOf(settings));
    if (this.#isResting) return;
    const began = performance.now();
    await session.start();
    const milliseconds = performance.now() - began;
    if (pace === "watched" && this.#isLearnt() && !this.#wanted) {
      await session.reset();
      await this.#fitSlowly(settings.solver === "lbfgs" ? GLANCE : 0, milliseconds);
    }
    if (this.#isLearnt()) this.#show(milliseconds);
    this.problem.value = this.#problem();
    if (this.problem.value !== null) this.trained.value = null;
  }

  #isLearnt(): boolean {
    return this.#session.status.value === "done" && this.#problem() === null;
  }

  /** In words that fit what can be set here; null where there is none. */
  #problem(): string | null {
    const { status, message, rounds } = this.#session;
    const failure = status.value === "failed" ? message.value : null;
    // Parameters that are still finite may already give scores that are not.
    const hasDiverged =
      failure?.cause instanceof DivergenceError ||
      rounds.value.some(({ validationLoss }) => !Number.isFinite(validationLoss));
    if (hasDiverged) return "Training left the finite numbers: the learning rate η is too high.";
    return failure?.text ?? null;
  }

  /** One round after another, each on the screen for `glance` ms at least. */
  async #fitSlowly(glance: number, milliseconds: number): Promise<void> {
    while (!this.#isOver()) {
      await this.#session.step();
      this.#show(milliseconds);
      await nextFrame(glance);
    }
  }

  #isOver(): boolean {
    const status = this.#session.status.value;
    return this.#wanted !== null || this.#isResting || status === "done" || status === "failed";
  }

  #show(milliseconds: number): void {
    const snapshot = this.#session.snapshot.value;
    const rounds = this.#session.rounds.value;
    if (!snapshot) return;
    const present = snapshot.classes.map((label) => (CLASSES as readonly Label[]).indexOf(label));
    this.trained.value = {
      parameters: {
        weights: Float64Array.from(snapshot.weights),
        bias: Float64Array.from(snapshot.bias),
      },
      present,
      // Parameters of 0 find all classes equally probable.
      losses: [Math.log(present.length), ...rounds.map(({ validationLoss }) => validationLoss)],
      accuracy: rounds.at(-1)?.validationAccuracy ?? Number.NaN,
      milliseconds,
    };
  }
}

function choicesOf({ solver, l2, learningRate, epochs }: Settings) {
  const rounds = solver === "lbfgs" ? MOST_ITERATIONS : epochs;
  const plain = {
    device: typeof WebAssembly === "undefined" ? "reference" : "wasm",
    batchSize: BATCH_SIZE,
    momentum: 0,
  } as const;
  return { ...DEFAULT_CHOICES, ...plain, solver, l2, learningRate, rounds };
}

function nextFrame(least: number): Promise<void> {
  return new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => resolve()), least));
}
