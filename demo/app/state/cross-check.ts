/**
 * The test of a table on all of its rows, after a run: five models with the run's options, each of which predicts the
 * fifth of the rows that it has not seen. The validation rows alone are too few in a small table to tell models apart.
 */
import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from "@preact/signals";
import type { DemoDataset } from "../data/demo-dataset.ts";
import { type Choices, optionsOf } from "./choices.ts";
import type { CrossCheckFigure } from "./cross-check-folds.ts";
import type { Run } from "./run.ts";

/** Rows of a table that can be tested. */
const MOST_ROWS = 5000;
/** Rows and features up to which the test takes about a second, and begins by itself. */
const FEW_ROWS = 2000;
const FEW_FEATURES = 1000;

export type CrossCheckStatus = "idle" | "testing" | "done" | "failed";

/** The test of the current data set with the current options. */
export class CrossCheck {
  readonly status: Signal<CrossCheckStatus> = signal<CrossCheckStatus>("idle");
  /** Null before the end of a test. */
  readonly figure: Signal<CrossCheckFigure | null> = signal<CrossCheckFigure | null>(null);
  /** Reason of the failure if `status` is `"failed"`. */
  readonly error: Signal<string> = signal("");
  /** Rows that the test would use; 0 if there is nothing to test: other data than tables, many rows, no own run. */
  readonly rows: ReadonlySignal<number>;
  /** Whether the test is short enough to begin by itself. */
  readonly isQuick: ReadonlySignal<boolean>;
  readonly #dataset: ReadonlySignal<DemoDataset>;
  readonly #choices: ReadonlySignal<Choices>;
  readonly #run: Run;
  #controller: AbortController | null = null;
  /** Data set and options of the latest test. */
  #tested: readonly [DemoDataset, Choices] | null = null;

  constructor(dataset: ReadonlySignal<DemoDataset>, choices: ReadonlySignal<Choices>, run: Run) {
    this.#dataset = dataset;
    this.#choices = choices;
    this.#run = run;
    this.rows = computed(() => {
      // A model from a file may have learnt otherwise than the options say.
      const isOwn = run.status.value === "done" && run.opened.value === null;
      return isOwn ? testableRows(dataset.value) : 0;
    });
    this.isQuick = computed(
      () => this.rows.value <= FEW_ROWS && (dataset.value.features?.length ?? 0) <= FEW_FEATURES,
    );
  }

  /** Tests small tables after each run, until the returned function is called; ends a test when its run is no more. */
  follow(): () => void {
    return effect(() => {
      const rows = this.rows.value;
      const [dataset, choices] = [this.#dataset.value, this.#choices.value];
      untracked(() => {
        const isTested = this.#tested?.[0] === dataset && this.#tested[1] === choices;
        if (rows === 0 || isTested) return;
        this.#clear("idle");
        if (this.isQuick.peek()) void this.start();
      });
      return () => this.cancel();
    });
  }

  /** Tests all rows. Resolves in the end, whatever it is. */
  async start(): Promise<void> {
    if (this.rows.peek() === 0 || this.status.peek() === "testing") return;
    const controller = new AbortController();
    const { signal: aborted } = controller;
    this.#controller = controller;
    const [dataset, choices] = [this.#dataset.peek(), this.#choices.peek()];
    // A run that had to leave the chosen device knows the one that works.
    const device = this.#run.device.peek()?.kind ?? choices.device;
    this.#clear("testing");
    try {
      const { checkFolds } = await import("./cross-check-folds.ts");
      const figure = await checkFolds(dataset, optionsOf({ ...choices, device }), aborted);
      aborted.throwIfAborted();
      this.#tested = [dataset, choices];
      batch(() => {
        this.figure.value = figure;
        this.status.value = "done";
      });
    } catch (error) {
      if (aborted.aborted) return;
      batch(() => {
        this.error.value = error instanceof Error ? error.message : String(error);
        this.status.value = "failed";
      });
    }
  }

  /** Ends a test. Nothing of it is kept. */
  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
    if (this.status.peek() === "testing") this.status.value = "idle";
  }

  dispose(): void {
    this.cancel();
  }

  #clear(status: CrossCheckStatus): void {
    this.#tested = null;
    batch(() => {
      this.status.value = status;
      this.figure.value = null;
      this.error.value = "";
    });
  }
}

/** Returns the number of rows of a table whose cells are at hand; 0 of other data, and of too many rows. */
function testableRows({ encoder, train, validation }: DemoDataset): number {
  const areHere = [train, validation].every(
    ({ origin, y }) => origin?.kind === "table" && origin.columns.length > 0 && y.length > 0,
  );
  const rows = train.y.length + validation.y.length;
  return encoder && areHere && rows <= MOST_ROWS ? rows : 0;
}
