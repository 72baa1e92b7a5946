/**
 * Live training. At full speed every change trains again from zero, which takes milliseconds for a few hundred points
 * in the plane; changes during a training are combined, and the last result stays until the next one. A training that
 * is watched waits between epochs as its pace says, and takes changes over on its way.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { DivergenceError } from "../../../../src/index.ts";
import { Course, type Task, type Trained } from "./course.ts";

/** `"slow"`, `"paused"`: a training is watched. `"full"`: none is, and nothing waits. */
export type Pace = "slow" | "paused" | "full";

/** Time that an epoch or iteration is shown in slow motion, ms. */
const GLANCE = 100;

export class LiveTraining {
  /** Null if there are fewer than two classes. */
  readonly trained: Signal<Trained | null> = signal<Trained | null>(null);
  readonly problem: Signal<string | null> = signal<string | null>(null);
  readonly #pace: Signal<Pace> = signal<Pace>("full");
  /** Points and settings of the current training, or of the next one. */
  #task: Task | null = null;
  #course: Course | null = null;
  /** Whether a training from zero is asked for. */
  #startsOver = false;
  #isBusy = false;
  /** Epochs to train although it is paused. */
  #steps = 0;
  #controller = new AbortController();
  /** Ends the wait between two epochs. */
  #wake = () => {};

  get pace(): ReadonlySignal<Pace> {
    return this.#pace;
  }

  /**
   * Trains from zero. A training that is watched goes on with the task instead if it can, from the next epoch on;
   * else it starts over, slowly.
   */
  train(task: Task): Promise<void> {
    if (this.#pace.value === "full") return this.#begin(task, "full");
    if (!this.#course?.canTakeOver(task)) return this.#begin(task, "slow");
    this.#task = task;
    return Promise.resolve();
  }

  /** Trains from zero, slowly enough to watch. */
  watch(task: Task): Promise<void> {
    return this.#begin(task, "slow");
  }

  /** Trains one epoch or iteration, and pauses; begins from zero if no training is watched. */
  step(task: Task): Promise<void> {
    if (this.#pace.value === "full") return this.#begin(task, "paused");
    this.#steps++;
    this.setPace("paused");
    return Promise.resolve();
  }

  /** Changes the pace of a training that is watched; `"full"` takes it to its end. */
  setPace(pace: Pace): void {
    if (this.#pace.value === "full") return;
    this.#pace.value = pace;
    this.#wake();
  }

  /** Stops, and frees the device; the result stays. The next call begins again. */
  stop(): void {
    this.#startsOver = false;
    this.#task = null;
    this.#pace.value = "full";
    this.#controller.abort();
    this.#wake();
  }

  /** Resolves when nothing is left to train; at once if a training is under way, which looks for the new task itself. */
  async #begin(task: Task, pace: Pace): Promise<void> {
    this.#task = task;
    this.#startsOver = true;
    this.#steps = 0;
    this.#pace.value = pace;
    this.#wake();
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#startsOver && this.#task) {
      this.#startsOver = false;
      this.#course = new Course(this.#task);
      await this.#follow(this.#course);
      this.#course.dispose();
      // A change after the last epoch.
      if (this.#task && this.#task !== this.#course.task) this.#startsOver = true;
    }
    this.#isBusy = false;
  }

  /** Trains to the end, unless it is stopped or starts over. */
  async #follow(course: Course): Promise<void> {
    let isDone = course.present.length < 2;
    try {
      while (!isDone && this.#task && !this.#startsOver) {
        this.#controller = new AbortController();
        isDone = await course.fit(this.#controller.signal, () => this.#onRound(course));
      }
      if (isDone) this.#show(course);
    } catch (error) {
      this.trained.value = null;
      this.problem.value = wordsOf(error);
      isDone = true;
    }
    if (isDone && !this.#startsOver) this.#pace.value = "full";
  }

  /** Shows an epoch or iteration that is watched, waits, and takes over what has changed. */
  async #onRound(course: Course): Promise<void> {
    if (this.#pace.value === "full") return;
    if (!this.#startsOver) {
      this.#show(course);
      if (!course.isOver) await this.#wait();
    }
    const task = this.#task;
    if (this.#startsOver || !task) this.#controller.abort();
    else if (task !== course.task) {
      if (course.needsNewFit(task)) this.#controller.abort();
      course.task = task;
    }
  }

  async #wait(): Promise<void> {
    if (this.#pace.value === "slow") await this.#rest(GLANCE);
    while (this.#pace.value === "paused" && this.#steps === 0 && !this.#startsOver) await this.#rest(null);
    this.#steps = Math.max(0, this.#steps - 1);
  }

  /** Resolves after so many ms, or when it is woken. */
  #rest(milliseconds: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === null ? undefined : setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #show(course: Course): void {
    this.trained.value = course.trained;
    this.problem.value = null;
  }
}

/** Returns an error in words that fit the settings. */
function wordsOf(error: unknown): string {
  if (error instanceof DivergenceError) return "Training diverged: the learning rate η is too high.";
  return error instanceof Error ? error.message : String(error);
}
