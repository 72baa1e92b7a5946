/** The row to classify that is typed in or taken from the validation rows, its prediction, and the reasons for it. */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Label } from "../../../../../src/index.ts";
import { largestAt } from "../../../data/arrays.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import { answerToTerms, type RowTerms, termsOfRow } from "../../../data/row-terms.ts";
import type { RecordCells } from "../../../data/tables/encoder.ts";
import type { Run } from "../../../state/run.ts";
import { MOST_CLASSES } from "../drawing.ts";
import { likeliest } from "../evidence.ts";
import { type Reasons, reasonsFor } from "./reasons.ts";
import { deviationsOf, type RecordForm, recordFormOf } from "./record-form.ts";

interface RowPrediction {
  readonly logits: Float64Array;
  readonly probabilities: Float64Array;
  readonly classes: readonly Label[];
  /** Positions of the classes to show, ascending: all, or the likeliest of many. */
  readonly shown: readonly number[];
}

/** A row, which the session keeps while other views are open. */
export class RecordTrial {
  readonly dataset: DemoDataset;
  readonly form: RecordForm;
  readonly cells: Signal<RecordCells>;
  /** The validation row that the cells are of; null once one of them is changed. */
  readonly row: Signal<number | null> = signal<number | null>(null);
  /** Sentences about faults of cells, by column name. */
  readonly problems: Signal<ReadonlyMap<string, string>> = signal<ReadonlyMap<string, string>>(new Map());
  /** The encoded cells; null before the first are. */
  readonly terms: Signal<RowTerms | null> = signal<RowTerms | null>(null);
  /** The class whose reasons are shown; null for the most probable one. */
  readonly chosen: Signal<Label | null> = signal<Label | null>(null);
  /** Null before training. */
  readonly prediction: ReadonlySignal<RowPrediction | null>;
  /** The reasons for class `k`; null without a prediction. */
  readonly evidence: ReadonlySignal<(Reasons & { readonly k: number }) | null>;
  /** The validation row that was shown last, from 0. */
  #last = -1;

  constructor(dataset: DemoDataset, run: Run) {
    this.dataset = dataset;
    this.form = recordFormOf(dataset);
    this.cells = signal(this.form.usual);
    this.prediction = computed(() => {
      const [terms, inUse] = [this.terms.value, run.inUse.value];
      if (!terms || !inUse) return null;
      const { classes } = inUse.snapshot;
      const answer = answerToTerms(terms, inUse.snapshot, inUse.model.temperature);
      const shown = largestAt(classes.length, (k) => answer.probabilities[k], MOST_CLASSES);
      return { ...answer, classes, shown };
    });
    this.evidence = computed(() => {
      const [terms, inUse, prediction] = [this.terms.value, run.inUse.value, this.prediction.value];
      if (!terms || !inUse || !prediction) return null;
      const chosen = this.chosen.value === null ? -1 : prediction.classes.indexOf(this.chosen.value);
      const k = chosen < 0 ? likeliest(prediction.probabilities) : chosen;
      const counted = deviationsOf(terms, this.form.averages);
      return { k, ...reasonsFor(k, counted, prediction.logits, inUse.snapshot, (j) => this.groupOf(j)) };
    });
  }

  /** Returns what the amount of a feature is added to: its column, or for a word, behind all columns, the word. */
  groupOf(feature: number): number {
    const { encoder, columns } = this.form;
    if (!encoder) return feature;
    const { column } = encoder.features[feature];
    return columns[column].kind === "text" ? columns.length + feature : column;
  }

  /** Encodes the cells a frame after they change, the latest ones only, until the returned function is called. */
  follow(): () => void {
    let frame = 0;
    let latest = 0;
    const encode = async () => {
      frame = 0;
      const turn = ++latest;
      const { x, problems } = await this.form.encode(this.cells.peek());
      if (turn !== latest) return;
      batch(() => {
        this.terms.value = termsOfRow(x, 0);
        this.problems.value = problems;
      });
    };
    const stop = effect(() => {
      void this.cells.value;
      frame ||= requestAnimationFrame(() => void encode());
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
      latest = -1;
    };
  }

  type(column: string, cell: string): void {
    batch(() => {
      this.cells.value = new Map(this.cells.value).set(column, cell);
      this.row.value = null;
    });
  }

  /** Fills in the usual values. */
  reset(): void {
    batch(() => {
      this.cells.value = this.form.usual;
      this.row.value = null;
      this.chosen.value = null;
    });
  }

  /** Takes the validation row `step` rows after the last one; without rows, none. */
  take(step: 1 | -1): void {
    const { rows } = this.dataset.validation.x;
    if (rows === 0) return;
    this.#last = (Math.max(this.#last + step, this.#last < 0 ? 0 : -1) + rows) % rows;
    batch(() => {
      this.cells.value = this.form.cellsOf(this.#last);
      this.row.value = this.#last;
    });
  }
}
