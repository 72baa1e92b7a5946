/**
 * What a model makes of the validation rows: for each its own class and the one that is predicted, and the mistakes.
 * Worked out once for all panels, in time that grows with the probabilities there are and not with pairs of classes.
 */
import type { ClassificationReport, Label, Matrix } from "../../../../src/index.ts";
import type { DemoDataset, Samples } from "../../data/demo-dataset.ts";
import { inBlocks } from "../../data/in-blocks.ts";

/** A cell, by the positions of its classes. */
export interface Cell {
  readonly truth: number;
  readonly predicted: number;
}

/** A mistake and how often it was made. */
export interface Mistake extends Cell {
  readonly count: number;
}

/** What was found, and for which rows. */
export interface Findings {
  readonly dataset: DemoDataset;
  readonly samples: Samples;
  readonly report: ClassificationReport;
  /** P `[N,K]`, columns in the order of `report.classes`. */
  readonly probabilities: Matrix<Float32Array>;
  /** The position of each row's own class, `[N]`. */
  readonly truth: Uint32Array;
  /** The position of the most probable class of each row, the first of equal ones, `[N]`. */
  readonly predicted: Uint32Array;
  /** How many rows each cell of the confusion matrix has, by truth · K + predicted; cells without rows are absent. */
  readonly counts: ReadonlyMap<number, number>;
  /** All mistakes that were made, the most frequent first. */
  readonly mistakes: readonly Mistake[];
}

/** What the model said. */
export type Answers = Pick<Findings, "dataset" | "samples" | "report" | "probabilities">;

/** Works the rest out. @throws the signal's reason, once it is aborted */
export async function findingsOf(answers: Answers, signal: AbortSignal): Promise<Findings> {
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
  return { ...answers, truth, predicted, counts, mistakes: mistakesAmong(counts, K) };
}

/** The rows of a cell, ascending. */
export function rowsOfCell(
  { truth, predicted }: Pick<Findings, "truth" | "predicted">,
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
