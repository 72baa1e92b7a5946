/**
 * The search for the weight penalty: fits for λ from 1 down to 1e-6, each to the optimum, scored on the validation
 * rows. It trains a model of its own, and never beside a run, which it pauses.
 */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Label, SoftmaxRegression } from "../../../src/index.ts";
import { logSteps } from "../../ui/fields.tsx";
import { inBlocks } from "../data/arrays.ts";
import type { DemoDataset, Samples } from "../data/demo-dataset.ts";
import { sampleRows, workOfRow } from "../data/sample-rows.ts";
import { CHOICE_NAMES } from "./choice-rules.ts";
import { type Choices, optionsOf } from "./choices.ts";
import type { Run } from "./run.ts";

/** λ to compare, the largest first, as they are fitted. */
export const L2S: readonly number[] = logSteps([1, 3], -6, 0).reverse();

/** Most multiply-adds of a pass over the rows; more rows are sampled, so that a sweep takes some seconds. */
const BUDGET = 6e7;
/** Most iterations of a fit: several times the need of fits that begin where the last one ended. */
const MOST_ITERATIONS = 200;

/** Options that change no result: the search sets λ, solver and iterations, and L-BFGS has no rate or batches. */
const WITHOUT_EFFECT: readonly (keyof Choices)[] = [
  "l2",
  "solver",
  "epochs",
  "device",
  "learningRate",
  "batchSize",
  "momentum",
];
/** Options whose change makes a result stale. */
const WITH_EFFECT = CHOICE_NAMES.filter((name) => !WITHOUT_EFFECT.includes(name));

/** The least normal float32, for a probability that was rounded to 0. */
const LEAST_PROBABILITY = 2 ** -126;

/** Loss and accuracy on some rows. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** The fit for a λ. */
export interface SweepPoint {
  readonly l2: number;
  readonly training: Score;
  readonly validation: Score;
}

/** Rows that are used, and how many there are. */
export interface SweepRows {
  readonly training: readonly [used: number, all: number];
  readonly validation: readonly [used: number, all: number];
}

/** `"pausing"`: until the run has paused. `"stopped"`: before its end, by a person or by a new run. */
export type SweepStatus = "idle" | "pausing" | "fitting" | "done" | "stopped" | "failed";

/** A sweep on the current data set, with the current options but λ and the solver. */
export class PenaltySweep {
  readonly status: Signal<SweepStatus> = signal<SweepStatus>("idle");
  /** Fits that have begun; a fit that begins at its optimum may be missing. */
  readonly begun: Signal<number> = signal(0);
  /** The fits, the largest λ first; none before all are done. */
  readonly points: Signal<readonly SweepPoint[]> = signal<readonly SweepPoint[]>([]);
  readonly rows: Signal<SweepRows | null> = signal<SweepRows | null>(null);
  /** Standard error of the least validation loss, a mean over rows; 0 before the end. */
  readonly standardError: Signal<number> = signal(0);
  /** Text of the error if `status` is `"failed"`, else empty. */
  readonly error: Signal<string> = signal("");
  readonly isBusy: ReadonlySignal<boolean> = computed(
    () => this.status.value === "pausing" || this.status.value === "fitting",
  );
  readonly #dataset: ReadonlySignal<DemoDataset>;
  readonly #choices: ReadonlySignal<Choices>;
  readonly #run: Run;
  readonly #stopFollowing: () => void;
  #controller: AbortController | null = null;
  #isDisposed = false;

  constructor(dataset: ReadonlySignal<DemoDataset>, choices: ReadonlySignal<Choices>, run: Run) {
    this.#dataset = dataset;
    this.#choices = choices;
    this.#run = run;
    let known = [dataset.peek(), choices.peek()] as const;
    this.#stopFollowing = effect(() => {
      if (run.isTraining.value && this.status.peek() === "fitting") this.cancel();
      const current = [dataset.value, choices.value] as const;
      const isStale =
        current[0] !== known[0] || WITH_EFFECT.some((name) => current[1][name] !== known[1][name]);
      known = current;
      if (isStale) this.#forget();
    });
  }

  /** Pauses a run that is on, fits for every λ, and lets the run go on. Resolves also if it was stopped or failed. */
  async start(): Promise<void> {
    if (this.isBusy.peek()) return;
    const controller = new AbortController();
    const { signal: aborted } = controller;
    this.#controller = controller;
    const dataset = this.#dataset.peek();
    const wasTraining = this.#run.isTraining.peek();
    this.#clear(wasTraining ? "pausing" : "fitting");
    try {
      if (wasTraining) await paused(this.#run);
      aborted.throwIfAborted();
      this.status.value = "fitting";
      await this.#fit(dataset, aborted);
    } catch (error) {
      // A search that was forgotten has no controller any more.
      if (this.#controller === controller) this.#end(aborted.aborted ? null : error);
    }
    const isWaiting = this.#run.status.peek() === "paused" && this.#dataset.peek() === dataset;
    if (wasTraining && isWaiting && !this.#isDisposed) void this.#run.start();
  }

  /** Ends the sweep. Nothing of it is kept. */
  cancel(): void {
    this.#controller?.abort();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stopFollowing();
    this.cancel();
  }

  /** Ends the sweep, and drops what it has found: it is not about the current data set and options. */
  #forget(): void {
    this.cancel();
    this.#controller = null;
    this.#clear("idle");
  }

  /** Drops the last result. */
  #clear(status: SweepStatus): void {
    batch(() => {
      this.status.value = status;
      this.begun.value = 0;
      this.points.value = [];
      this.rows.value = null;
      this.standardError.value = 0;
      this.error.value = "";
    });
  }

  /** Notes the end before the last λ. @param error null after an abort */
  #end(error: unknown): void {
    batch(() => {
      this.status.value = error === null ? "stopped" : "failed";
      if (error !== null) this.error.value = error instanceof Error ? error.message : String(error);
    });
  }

  /** Fits for every λ. @throws the signal's reason, once it is aborted: nothing is kept then */
  async #fit(dataset: DemoDataset, aborted: AbortSignal): Promise<void> {
    const K = new Set(dataset.train.y).size;
    const train = await withinBudget(dataset.train, K, aborted);
    const validation = await withinBudget(dataset.validation, K, aborted);
    aborted.throwIfAborted();
    this.rows.value = {
      training: [train.y.length, dataset.train.y.length],
      validation: [validation.y.length, dataset.validation.y.length],
    };
    const choices = { ...this.#choices.peek(), solver: "lbfgs", epochs: MOST_ITERATIONS } as const;
    // A run that had to leave the chosen device knows the one that works.
    const device = this.#run.device.peek()?.kind ?? choices.device;
    const model = new SoftmaxRegression(optionsOf({ ...choices, device }));
    try {
      const entries = await model.fitPath(train.x, train.y as string[], L2S, {
        validation: [validation.x, validation.y as string[]],
        signal: aborted,
        onIteration: ({ iteration }) => {
          if (iteration === 1 && !aborted.aborted) this.begun.value++;
        },
      });
      // The model has the fit with the least validation loss.
      const { data } = await model.predictProba(validation.x);
      const standardError = await standardErrorOf(data, model.classes, validation.y, aborted);
      aborted.throwIfAborted();
      batch(() => {
        this.standardError.value = standardError;
        this.points.value = entries.flatMap(({ l2, training, validation: score }) =>
          score ? [{ l2, training, validation: score }] : [],
        );
        this.status.value = "done";
      });
    } finally {
      model.dispose();
    }
  }
}

/** Returns the standard error of the mean of −log p over rows, p `[N,K]` the probability of each row's class. */
export async function standardErrorOf(
  probabilities: Float32Array,
  classes: readonly Label[],
  y: readonly Label[],
  aborted: AbortSignal,
): Promise<number> {
  const positions = new Map<Label, number>(classes.map((label, k) => [label, k]));
  let [sum, squares] = [0, 0];
  await inBlocks(y.length, aborted, (row) => {
    const p = probabilities[row * classes.length + (positions.get(y[row]) ?? 0)];
    const loss = -Math.log(Math.max(p, LEAST_PROBABILITY));
    sum += loss;
    squares += loss ** 2;
  });
  const mean = sum / y.length;
  return Math.sqrt(Math.max(0, squares / y.length - mean ** 2) / Math.max(1, y.length - 1));
}

/** Returns all rows, or a sample if they are too many for the budget. */
async function withinBudget(samples: Samples, K: number, aborted: AbortSignal): Promise<Samples> {
  const most = Math.floor(BUDGET / Math.max(1, workOfRow(samples.x, K)));
  return samples.y.length <= most ? samples : sampleRows(samples, Math.max(most, K), aborted);
}

/** Pauses a run. Resolves when it no longer trains. */
function paused(run: Run): Promise<void> {
  run.pause();
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (run.isTraining.value) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}
