/**
 * The evaluation of a model on the validation rows: the true and the predicted class of each, and the mistakes.
 * Computed once for all panels, in time that grows with the number of probabilities and not with pairs of classes.
 */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type ClassificationReport,
  DeviceError,
  type Label,
  type Matrix,
  type SoftmaxRegression,
  StateError,
} from "../../../src/index.ts";
import { inBlocks } from "../data/arrays.ts";
import type { DemoDataset, Samples } from "../data/demo-dataset.ts";
import type { Run } from "./run.ts";
import type { ModelInUse } from "./run-records.ts";

/** A cell of the confusion matrix, by the indices of its classes. */
export interface Cell {
  readonly truth: number;
  readonly predicted: number;
}

/** A cell off the diagonal with its number of rows. */
interface Mistake extends Cell {
  readonly count: number;
}

/** The evaluation of a model on some rows. */
export interface Evaluation {
  readonly dataset: DemoDataset;
  readonly samples: Samples;
  readonly report: ClassificationReport;
  /** P `[N,K]`, columns in the order of `report.classes`. */
  readonly probabilities: Matrix<Float32Array>;
  /** Index of each row's class, `[N]`. */
  readonly truth: Uint32Array;
  /** Index of the most probable class of each row, `[N]`; the first if several are equal. */
  readonly predicted: Uint32Array;
  /** Number of rows of each cell, by truth · K + predicted; empty cells are absent. */
  readonly counts: ReadonlyMap<number, number>;
  /** All mistakes, the most frequent first. */
  readonly mistakes: readonly Mistake[];
  /** The model as it was; null if it is not known. */
  readonly of: ModelInUse | null;
}

export type ModelOutputs = Pick<Evaluation, "dataset" | "samples" | "report" | "probabilities">;

/** Computes an evaluation from a model's outputs. @throws the signal's reason, once it is aborted */
export async function evaluationOf(
  answers: ModelOutputs,
  signal: AbortSignal,
  of: ModelInUse | null = null,
): Promise<Evaluation> {
  const { samples, report, probabilities } = answers;
  const { classes } = report;
  const [N, K] = [samples.y.length, classes.length];
  const positions = new Map<Label, number>(classes.map((label, k) => [label, k]));
  const truth = new Uint32Array(N);
  const predicted = new Uint32Array(N);
  const counts = new Map<number, number>();
  const judgeRow = (row: number) => {
    truth[row] = positions.get(samples.y[row]) ?? 0;
    predicted[row] = likeliest(probabilities, row);
    const cell = truth[row] * K + predicted[row];
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  };
  await inBlocks(N, signal, judgeRow, K);
  return { ...answers, truth, predicted, counts, mistakes: mistakesAmong(counts, K), of };
}

/** Returns the rows of a cell, ascending. */
export function rowsOfCell(
  { truth, predicted }: Pick<Evaluation, "truth" | "predicted">,
  cell: Cell,
): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < truth.length; row++) {
    if (truth[row] === cell.truth && predicted[row] === cell.predicted) rows.push(row);
  }
  return Uint32Array.from(rows);
}

function likeliest({ data, cols }: Matrix<Float32Array>, row: number): number {
  let best = row * cols;
  for (let at = best + 1; at < (row + 1) * cols; at++) if (data[at] > data[best]) best = at;
  return best - row * cols;
}

function mistakesAmong(counts: ReadonlyMap<number, number>, K: number): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [cell, count] of counts) {
    const [truth, predicted] = [Math.floor(cell / K), cell % K];
    if (truth !== predicted) mistakes.push({ truth, predicted, count });
  }
  const place = ({ truth, predicted }: Cell) => truth * K + predicted;
  return mistakes.sort((a, b) => b.count - a.count || place(a) - place(b));
}

/** A row and its prediction. */
export interface SamplePrediction {
  readonly row: number;
  readonly label: Label;
  /** Probability of its own label, 0 to 1. */
  readonly probability: number;
  readonly predicted: Label;
  /** Probability of the predicted label. */
  readonly confidence: number;
}

export function predictionOf(evaluation: Evaluation, row: number): SamplePrediction {
  const { samples, report, predicted, truth } = evaluation;
  return {
    row,
    label: samples.y[row],
    probability: probabilityOf(evaluation, row, truth[row]),
    predicted: report.classes[predicted[row]],
    confidence: probabilityOf(evaluation, row, predicted[row]),
  };
}

/** Returns the mistakes with the lowest probability of the true label, the lowest first. */
export function mostWrong(evaluation: Evaluation, count: number): SamplePrediction[] {
  const { truth, predicted } = evaluation;
  const own = (row: number) => probabilityOf(evaluation, row, truth[row]);
  const worst: number[] = [];
  for (let row = 0; row < truth.length; row++) {
    if (truth[row] === predicted[row]) continue;
    if (worst.length === count && own(row) >= own(worst[count - 1])) continue;
    const place = worst.findIndex((other) => own(row) < own(other));
    worst.splice(place < 0 ? worst.length : place, 0, row);
    worst.length = Math.min(worst.length, count);
  }
  return worst.map((row) => predictionOf(evaluation, row));
}

function probabilityOf({ probabilities: { data, cols } }: Evaluation, row: number, k: number): number {
  return data[row * cols + k];
}

/** Least time between two evaluations, ms; and the pause after one, by its own duration, which leaves time to train. */
const INTERVAL = 1000;
const REST = 4;

/** Keeps an evaluation of the model up to date as it learns. */
export class Evaluator {
  /** The latest evaluation; null without a model. */
  readonly latest: Signal<Evaluation | null> = signal<Evaluation | null>(null);
  /** Whether the model in use has been evaluated as it is. */
  readonly isUpToDate: ReadonlySignal<boolean>;
  /** The model that was evaluated last, as it was. */
  readonly #evaluated: Signal<ModelInUse | null> = signal<ModelInUse | null>(null);
  readonly #dataset: ReadonlySignal<DemoDataset>;
  readonly #run: Run;

  constructor(dataset: ReadonlySignal<DemoDataset>, run: Run) {
    this.#dataset = dataset;
    this.#run = run;
    this.isUpToDate = computed(() => this.#evaluated.value === run.inUse.value);
  }

  /** Evaluates after changes of the model, never twice at once, until the returned function is called. */
  follow(): () => void {
    const controller = new AbortController();
    const { signal } = controller;
    let timer = 0;
    let isBusy = false;
    let isStale = false;
    let next = 0;
    const evaluate = async () => {
      timer = 0;
      isBusy = true;
      isStale = false;
      const began = performance.now();
      const evaluated = this.#run.inUse.peek();
      const evaluation = await this.#evaluate(signal);
      if (signal.aborted) return;
      isBusy = false;
      next = began + Math.max(INTERVAL, REST * (performance.now() - began));
      batch(() => {
        this.#evaluated.value = evaluated;
        if (this.#run.model === null) this.latest.value = null;
        else if (evaluation?.dataset === this.#dataset.peek()) this.latest.value = evaluation;
      });
      if (isStale) plan();
    };
    const plan = () => {
      isStale = true;
      if (isBusy) return;
      clearTimeout(timer);
      // Nothing is left to train after a run, and people wait for its result.
      const wait = this.#run.isTraining.peek() ? next - performance.now() : 0;
      timer = window.setTimeout(() => void evaluate(), wait);
    };
    const stop = effect(() => {
      void this.#run.isTraining.value;
      if (this.#run.inUse.value === null) this.latest.value = null;
      plan();
    });
    return () => {
      stop();
      controller.abort();
      clearTimeout(timer);
    };
  }

  /** Returns null without a model or rows, or if that fails. */
  async #evaluate(signal: AbortSignal): Promise<Evaluation | null> {
    const of = this.#run.inUse.peek();
    if (!of) return null;
    const { model } = of;
    const dataset = this.#dataset.peek();
    const samples = dataset.validation;
    const { x, y } = samples;
    // A project may have been saved without its rows.
    if (y.length === 0) return null;
    try {
      // Both calls begin with the current parameters.
      const [report, probabilities] = await Promise.all([
        model.report(x, y as string[]),
        model.predictProba(x),
      ]);
      return await evaluationOf({ dataset, samples, report, probabilities }, signal, of);
    } catch (error) {
      if (!signal.aborted) this.#report(error, model);
      return null;
    }
  }

  /** Shows why an evaluation failed, unless its model was replaced, or loses a device that the run replaces. */
  #report(error: unknown, model: SoftmaxRegression): void {
    const run = this.#run;
    if (error instanceof StateError || run.model !== model) return;
    if (error instanceof DeviceError && run.isTraining.peek()) return;
    const reason = error instanceof Error ? error.message : String(error);
    const text = `The model was not evaluated: ${reason}`;
    run.message.value = { kind: "error", text, cause: error };
  }
}
