/** The form for a row in the view "Try": its columns, usual cells, and the way to a model's input. */

import type { RowsInMemory } from "../../../../../src/data/rows.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import { type RowTerms, termsOfRow } from "../../../data/row-terms.ts";
import { rowValues } from "../../../data/rows.ts";
import { PLAIN_READING } from "../../../data/tables/cells.ts";
import { cellText } from "../../../data/tables/columns.ts";
import type { EncoderColumn, RecordCells, TableEncoder } from "../../../data/tables/encoder.ts";

/** A row as a model's input, and what is wrong with its cells by column name. */
export interface EncodedRow {
  readonly x: RowsInMemory;
  readonly problems: ReadonlyMap<string, string>;
}

/** The columns of a row, and where its features come from. */
export interface RecordForm {
  readonly columns: readonly EncoderColumn[];
  /** The usual value of each column. */
  readonly usual: RecordCells;
  /** Null if features are the columns themselves. */
  readonly encoder: TableEncoder | null;
  /** Averages of features that are no deviations from them, `[D]`; null if all are. */
  readonly averages: Float32Array | null;
  encode(cells: RecordCells): Promise<EncodedRow>;
  /** Returns the cells of a validation row. */
  cellsOf(row: number): RecordCells;
}

/** Features that have a field each at most, if they are plain numbers. */
export const MOST_FIELDS = 32;
/** Rows whose average is taken at most, and significant digits of a number in a field. */
const AVERAGED = 2000;
const DIGITS = 6;

export function recordFormOf(dataset: DemoDataset): RecordForm {
  return dataset.encoder ? formOfTable(dataset, dataset.encoder) : formOfNumbers(dataset);
}

function formOfTable({ validation }: DemoDataset, encoder: TableEncoder): RecordForm {
  const { columns } = encoder;
  return {
    columns,
    usual: new Map(columns.map(({ name, usual }) => [name, usual])),
    encoder,
    averages: null,
    encode: (cells) => encoder.transformRecord(cells),
    cellsOf(row) {
      const { origin } = validation;
      if (origin?.kind !== "table") return new Map();
      return new Map(origin.columns.map((column) => [column.name, cellText(column, row)]));
    },
  };
}

function formOfNumbers({ train: { x }, validation, features }: DemoDataset): RecordForm {
  const averages = averagesOf(x);
  const names = features ?? Array.from(averages, (_, j) => `Feature ${j + 1}`);
  const columns = names.map((name, j): EncoderColumn => {
    return { name, kind: "number", values: [], usual: inField(averages[j]), reading: PLAIN_READING };
  });
  const cellsOfValues = (values: Float32Array) => new Map(names.map((name, j) => [name, inField(values[j])]));
  return {
    columns,
    usual: cellsOfValues(averages),
    encoder: null,
    averages,
    async encode(cells) {
      const problems = new Map<string, string>();
      const data = Float32Array.from(names, (name, j) => {
        const cell = (cells.get(name) ?? "").trim();
        const value = cell === "" ? Number.NaN : Number(cell);
        if (Number.isFinite(Math.fround(value))) return value;
        const instead = x.rows > 0 ? `the average, ${inField(averages[j])},` : inField(averages[j]);
        problems.set(name, `is no number; ${instead} counts instead`);
        return averages[j];
      });
      return { x: { data, rows: 1, cols: names.length }, problems };
    },
    cellsOf: (row) => cellsOfValues(rowValues(validation.x, row)),
  };
}

function inField(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}

/** Returns the mean of each feature over the first rows; 0 without rows, since a project may have been saved so. */
function averagesOf(x: RowsInMemory): Float32Array {
  const sums = new Float64Array(x.cols);
  const count = Math.min(AVERAGED, Math.max(1, Math.floor(2 ** 22 / x.cols)), x.rows);
  for (let row = 0; row < count; row++) {
    const { indices, values } = termsOfRow(x, row);
    for (const [i, j] of indices.entries()) sums[j] += values[i];
  }
  return Float32Array.from(sums, (sum) => sum / Math.max(1, count));
}

/** Returns the deviations from the averages as terms, if there are averages; else the terms themselves. */
export function deviationsOf(terms: RowTerms, averages: Float32Array | null): RowTerms {
  if (!averages) return terms;
  const values = averages.map((average) => -average);
  for (const [i, j] of terms.indices.entries()) values[j] += terms.values[i];
  return { indices: Uint32Array.from(values.keys()), values };
}
