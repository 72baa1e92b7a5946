/** The state of the page, which outlives its views: the data set, the choices, the run, the state of views. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { toClasses } from "../../../src/data/labels.ts";
import type { Label, SoftmaxRegression } from "../../../src/index.ts";
import type { DemoDataset } from "../data/demo-dataset.ts";
import type { NamedFile } from "../data/open-context.ts";
import type { Collection } from "../views/collect/collection.ts";
import type { Playground } from "../views/playground/playground.ts";
import type { Drawing } from "../views/try/drawing.ts";
import type { RecordTrial } from "../views/try/record/record-trial.ts";
import { type Choices, choicesFor, DEFAULT_CHOICES } from "./choices.ts";
import { CrossCheck } from "./cross-check.ts";
import { Evaluator } from "./evaluation.ts";
import { KeptState } from "./kept/kept-state.ts";
import type { RunRecord } from "./kept/run-record.ts";
import { LikenessWatch } from "./likeness-watch.ts";
import { Opening } from "./opening.ts";
import type { PenaltySweep } from "./penalty-sweep.ts";
import { Run } from "./run.ts";
import type { RestoredRun, Threshold } from "./run-records.ts";

/** Work with a data set that was kept or saved. */
export interface SavedWork {
  readonly record: RunRecord;
  readonly run: RestoredRun;
}

/** The state of the page. Created once; every view reads it. */
export class Session {
  readonly dataset: Signal<DemoDataset>;
  /** The classes of the training rows, ascending, as a model has them. */
  readonly classes: ReadonlySignal<readonly Label[]> = computed(() => {
    const { y } = this.dataset.value.train;
    // A project may have been saved without its rows.
    return y.length > 0 ? toClasses(new Set(y)) : (this.run.inUse.value?.snapshot.classes ?? []);
  });
  readonly choices: Signal<Choices> = signal(DEFAULT_CHOICES);
  readonly run: Run;
  readonly evaluator: Evaluator;
  readonly likeness: LikenessWatch;
  readonly crossCheck: CrossCheck;
  /** Opens data sets, and begins a run on each. */
  readonly opening: Opening = new Opening(async (dataset) => {
    await this.open(dataset);
    void this.run.start();
  });
  /** The model that was opened from a file, and the file's name. */
  readonly modelFile: Signal<{ readonly model: SoftmaxRegression; readonly name: string } | null> =
    signal(null);
  /** Rows whose most probable class is less probable than this get no answer. 0 answers all. */
  readonly minProbability: Signal<number> = signal(0);
  /** Of two classes, the one that is looked for, and the probability that it takes. Null: not chosen. */
  readonly threshold: Signal<Threshold | null> = signal<Threshold | null>(null);
  /** The search for λ, from its panel's first opening on. */
  sweep: PenaltySweep | null = null;
  /** Whether the panel that collects pictures is open. */
  readonly isCollecting: Signal<boolean> = signal(false);
  /** The collected pictures, from the panel's first opening on. */
  collection: Collection | null = null;
  /** Takes files that are dropped or pasted, if the view has a use for them; returns whether it does. Null: none. */
  taker: ((files: readonly NamedFile[]) => boolean) | null = null;
  /** Notices about the session that this browser keeps. */
  readonly kept: KeptState = new KeptState();
  /** The drawing of the view "Try", from its first opening on. */
  drawing: Drawing | null = null;
  /** The row in the form of the view "Try", from its first opening on. */
  record: RecordTrial | null = null;
  /** The points and settings of the view "Playground", from its first opening on. */
  playground: Playground | null = null;

  /** Resolves once the latest change of the data set or the run has ended. */
  #latest: Promise<void> = Promise.resolve();

  constructor(dataset: DemoDataset) {
    this.dataset = signal(dataset);
    this.run = new Run(this.dataset, this.choices);
    this.evaluator = new Evaluator(this.dataset, this.run);
    this.likeness = new LikenessWatch(this.dataset);
    this.crossCheck = new CrossCheck(this.dataset, this.choices, this.run);
  }

  /**
   * Replaces the data set, and discards the model.
   *
   * @param work the options and the run to continue with. Default: the options that suit the data, and no model
   */
  open(dataset: DemoDataset, work: SavedWork | null = null): Promise<void> {
    return this.#inTurn(async () => {
      await this.run.reset();
      batch(() => {
        // What it says is about the data before.
        this.kept.close();
        this.dataset.value = dataset;
        this.choices.value = work?.record.choices ?? choicesFor(dataset, this.choices.value.device);
        this.minProbability.value = work?.record.minProbability ?? 0;
        this.threshold.value = work?.record.threshold ?? null;
        const [model, name] = [work?.run.model, work?.record.modelFile];
        this.modelFile.value = model && typeof name === "string" ? { model, name } : null;
        if (work) this.run.restore(work.run);
      });
    });
  }

  /** Replaces the choices. The model stays in use; a run that is on begins anew with them. */
  choose(choices: Choices): Promise<void> {
    // At once: the next change of an option is made to these.
    this.choices.value = choices;
    return this.#inTurn(async () => {
      // Later choices, or other data with their own, have a turn of their own.
      if (this.choices.peek() !== choices) return;
      const wasTraining = this.run.isTraining.peek();
      await this.run.end();
      if (wasTraining) void this.run.start();
    });
  }

  /**
   * Takes over a saved model for the data set.
   *
   * @throws FormatError the file is no model
   * @throws Error       the model is for other rows
   */
  adopt(file: Blob): Promise<void> {
    return this.#inTurn(async () => {
      const { openModel } = await import("./open-model.ts");
      const { device } = this.choices.value;
      const { model, choices, evaluation } = await openModel(file, this.dataset.value, device);
      await this.run.reset();
      batch(() => {
        this.choices.value = choices;
        this.modelFile.value = file instanceof File ? { model, name: file.name } : null;
        this.run.adopt(model, evaluation);
      });
    });
  }

  /** Changes the data set or the run once the changes before have ended, which would mix otherwise. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#latest.then(change);
    // Whoever asked for a change hears of its error.
    this.#latest = turn.catch(() => {});
    return turn;
  }

  dispose(): void {
    this.opening.cancel();
    this.sweep?.dispose();
    this.crossCheck.dispose();
    this.run.dispose();
  }
}
