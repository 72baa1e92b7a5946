/**
 * One training from zero to its end. It may take several fits, each of which begins with the parameters of the last.
 *
 * What may change on the way: η is a schedule that reads the setting at each step, so the running fit takes a new one
 * from the next epoch on. λ, the points and the number of epochs are fixed for a fit; a change of these ends it between
 * two epochs, and a model with the same parameters goes on (`warmStart`). Without momentum SGD keeps nothing else;
 * L-BFGS measures its curvature anew, as it must for another objective. `partialFit` would do for SGD alone.
 */
import { DivergenceError, SoftmaxRegression, type SoftmaxRegressionOptions } from "../../../../src/index.ts";
import type { Parameters } from "../../../../src/parameters.ts";
import type { Extra } from "./features.ts";
import { type PlanePoint, presentIn, samplesOf } from "./plane.ts";

export interface Settings {
  /** Features beside x and y. */
  readonly extras: readonly Extra[];
  readonly solver: "lbfgs" | "sgd";
  readonly l2: number;
  /** Of SGD, as `epochs`. */
  readonly learningRate: number;
  readonly epochs: number;
}

/** What is trained on, and how. */
export interface Task {
  readonly points: readonly PlanePoint[];
  readonly settings: Settings;
}

/** The result of a training, also before its end. */
export interface Trained {
  readonly parameters: Parameters;
  /** Features beside x and y. */
  readonly extras: readonly Extra[];
  /** The classes that have points, as indices into CLASSES; row i of W belongs to the i-th. */
  readonly present: readonly number[];
  /** Mean cross-entropy of all points: at the start, then after each epoch or iteration. */
  readonly losses: readonly number[];
  readonly accuracy: number;
  /** The time that training takes at full speed. */
  readonly milliseconds: number;
}

/** The part of a record of the library that is shown; the points are also the validation rows. */
interface Round {
  readonly validation?: { readonly loss: number; readonly accuracy: number };
}

const MOST_ITERATIONS = 500;
const BATCH_SIZE = 16;

export class Course {
  /** The classes that have points, as indices into CLASSES. */
  readonly present: readonly number[];
  /** May be replaced by one that {@link canTakeOver} accepts. */
  task: Task;
  #model: SoftmaxRegression | null = null;
  readonly #losses: number[];
  #accuracy = Number.NaN;
  #milliseconds = 0;

  constructor(task: Task) {
    this.task = task;
    this.present = presentIn(task.points);
    // With parameters of 0 all classes are equally probable.
    this.#losses = [Math.log(this.present.length)];
  }

  /** Epochs or iterations so far. */
  get #rounds(): number {
    return this.#losses.length - 1;
  }

  /** Whether the planned epochs are done. L-BFGS plans none. */
  get isOver(): boolean {
    const { solver, epochs } = this.task.settings;
    return solver === "sgd" && this.#rounds >= epochs;
  }

  /** The result so far, once there was an epoch or iteration. */
  get trained(): Trained | null {
    const model = this.#model;
    if (!model) return null;
    return {
      parameters: { weights: Float64Array.from(model.weights), bias: Float64Array.from(model.bias) },
      extras: this.task.settings.extras,
      present: this.present,
      losses: [...this.#losses],
      accuracy: this.#accuracy,
      milliseconds: this.#milliseconds,
    };
  }

  /** Returns whether the training can go on with a task: it has the same features, solver and classes. */
  canTakeOver({ points, settings }: Task): boolean {
    const { extras, solver } = this.task.settings;
    return (
      settings.extras.join() === extras.join() &&
      settings.solver === solver &&
      presentIn(points).join() === this.present.join()
    );
  }

  /** Returns whether a task needs a new fit: it differs in more than the rate. */
  needsNewFit({ points, settings }: Task): boolean {
    const { l2, epochs } = this.task.settings;
    return points !== this.task.points || settings.l2 !== l2 || settings.epochs !== epochs;
  }

  /**
   * Trains from where the course is.
   *
   * @param onRound awaited after each epoch or iteration; its time does not count
   * @returns whether the training is at its end; false if the signal was aborted
   * @throws DivergenceError and what else a fit throws
   */
  async fit(signal: AbortSignal, onRound: () => Promise<void>): Promise<boolean> {
    if (this.isOver) return true;
    let began = performance.now();
    const isContinued = this.#rounds > 0;
    const follow = async (round: Round) => {
      this.#note(round);
      this.#milliseconds += performance.now() - began;
      await onRound();
      began = performance.now();
    };
    try {
      const model = await this.#nextModel(isContinued);
      const { x, y } = samplesOf(this.task.points, this.task.settings.extras);
      const { iterations } = await model.fit(x, y, {
        warmStart: isContinued,
        validation: [x, y],
        signal,
        onEpoch: follow,
        onIteration: follow,
      });
      this.#milliseconds += performance.now() - began;
      // A start that is the optimum has no further iteration.
      this.#accuracy = iterations.at(-1)?.validation?.accuracy ?? this.#accuracy;
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  dispose(): void {
    this.#model?.dispose();
  }

  /** Returns a model with the settings of the task, and with the parameters so far if it goes on. */
  async #nextModel(isContinued: boolean): Promise<SoftmaxRegression> {
    const before = this.#model;
    const options = this.#options();
    this.#model =
      before && isContinued
        ? await SoftmaxRegression.load(JSON.stringify(before), options)
        : new SoftmaxRegression(options);
    before?.dispose();
    return this.#model;
  }

  #options(): SoftmaxRegressionOptions {
    const { solver, l2, epochs } = this.task.settings;
    const device = typeof WebAssembly === "undefined" ? "reference" : "wasm";
    if (solver === "lbfgs") return { device, solver, l2, maxIterations: MOST_ITERATIONS };
    return {
      ...{ device, solver, l2 },
      batchSize: BATCH_SIZE,
      momentum: 0,
      epochs: epochs - this.#rounds,
      // Another order of the points than in the epochs before.
      seed: this.#rounds,
      learningRate: () => this.task.settings.learningRate,
    };
  }

  /** @throws DivergenceError if parameters that are still finite give scores that are not */
  #note({ validation }: Round): void {
    const loss = validation?.loss ?? Number.NaN;
    if (!Number.isFinite(loss)) throw new DivergenceError("learningRate", "the scores are no longer finite");
    this.#losses.push(loss);
    this.#accuracy = validation?.accuracy ?? Number.NaN;
  }
}
