/**
 * Cross-validation of a table: each fifth of the rows is predicted by a model, with its own encoding of the columns,
 * that learnt from the other rows alone. Loaded when the first table is tested.
 */
import { createRandom, shuffle } from "../../../src/data/random.ts";
import { type Label, SoftmaxRegression, type SoftmaxRegressionOptions } from "../../../src/index.ts";
import { pause } from "../../../src/pause.ts";
import type { DemoDataset, Origin, Samples } from "../data/demo-dataset.ts";
import { takeCells } from "../data/split-rows.ts";
import { MISSING, type TableColumn } from "../data/tables/columns.ts";
import { TableEncoder } from "../data/tables/encoder.ts";

/** Parts that the rows are divided into. */
export const FOLDS = 5;
/** The rows are always divided alike. */
const SEED = 0;

/** Rows, and how many of them were predicted right. */
export interface CrossCheckFigure {
  readonly right: number;
  readonly rows: number;
}

/**
 * Predicts every row of a table by a model that has not seen it.
 *
 * @param onFold called after each fold with the number of folds that are done
 * @throws SoftmaxError what the library refuses; the signal's reason
 */
export async function checkFolds(
  dataset: DemoDataset,
  options: SoftmaxRegressionOptions,
  signal: AbortSignal,
  onFold: (done: number) => void = () => {},
): Promise<CrossCheckFigure> {
  const table = await joined(dataset, signal);
  const folds = foldsOf(table.y);
  let right = 0;
  for (const [fold, held] of folds.entries()) {
    const others = folds.flatMap((rows, other) => (other === fold ? [] : rows)).sort((a, b) => a - b);
    right += await rightIn(table, Uint32Array.from(others), Uint32Array.from(held), options, signal);
    onFold(fold + 1);
  }
  return { right, rows: table.y.length };
}

/** Divides rows: those of each class are shuffled and dealt out in turn. Returns the rows of each fold. */
export function foldsOf(y: readonly Label[]): number[][] {
  const rowsOf = new Map<Label, number[]>();
  for (const [row, label] of y.entries()) {
    const known = rowsOf.get(label);
    if (known) known.push(row);
    else rowsOf.set(label, [row]);
  }
  const random = createRandom(SEED);
  const folds = Array.from({ length: FOLDS }, (): number[] => []);
  let dealt = 0;
  for (const rows of rowsOf.values()) {
    const order = Uint32Array.from(rows);
    shuffle(order, random);
    // A class goes on with the fold after the last one's, so that folds are of nearly equal size.
    for (const row of order) folds[dealt++ % FOLDS].push(row);
  }
  return folds.map((rows) => rows.sort((a, b) => a - b));
}

/** Cells and labels of all rows. */
interface Table {
  readonly columns: readonly TableColumn[];
  readonly y: readonly Label[];
}

/** Puts the training rows and the validation rows together again. */
async function joined({ train, validation }: DemoDataset, signal: AbortSignal): Promise<Table> {
  const [first, second] = [columnsOf(train), columnsOf(validation)];
  const columns: TableColumn[] = [];
  for (const [i, column] of first.entries()) {
    columns.push(joinCells(column, second[i]));
    await pause(signal);
  }
  return { columns, y: [...train.y, ...validation.y] };
}

/** Returns the cells that rows were encoded from; none if they are no table. */
export function columnsOf({ origin }: { readonly origin?: Origin | null }): readonly TableColumn[] {
  return origin?.kind === "table" ? origin.columns : [];
}

/** Returns the cells of two parts of one column, one after the other. */
function joinCells(one: TableColumn, other: TableColumn): TableColumn {
  if (one.kind === "text" && other.kind === "text") return { ...one, texts: [...one.texts, ...other.texts] };
  if ("codes" in one && "codes" in other) {
    const values = [...new Set([...one.values, ...other.values])];
    const places = new Map(values.map((value, place) => [value, place]));
    const placed = other.codes.map((code) =>
      code === MISSING ? MISSING : (places.get(other.values[code]) ?? MISSING),
    );
    return { ...one, values, codes: Uint32Array.of(...one.codes, ...placed) };
  }
  if ("values" in one && !("codes" in one) && "values" in other && !("codes" in other))
    return { ...one, values: Float64Array.of(...one.values, ...other.values) };
  throw new Error(`The parts of the column ${one.name} are of different kinds.`);
}

/** Learns from some rows, and returns how many of the held ones are predicted right. */
async function rightIn(
  table: Table,
  others: Uint32Array,
  held: Uint32Array,
  options: SoftmaxRegressionOptions,
  signal: AbortSignal,
): Promise<number> {
  const part = async (rows: Uint32Array): Promise<Pick<Samples, "y"> & { columns: TableColumn[] }> => {
    const columns: TableColumn[] = [];
    for (const column of table.columns) columns.push(await takeCells(column, rows, signal));
    return { columns, y: Array.from(rows, (row) => table.y[row]) };
  };
  const context = { signal, onProgress: () => {} };
  const [train, unseen] = [await part(others), await part(held)];
  const encoder = await TableEncoder.fit(train.columns, context);
  const model = new SoftmaxRegression(options);
  try {
    await model.fit(await encoder.transform(train.columns, context), train.y as string[], { signal });
    const predicted = await model.predict(await encoder.transform(unseen.columns, context));
    return predicted.reduce((sum: number, label, i) => sum + (label === unseen.y[i] ? 1 : 0), 0);
  } finally {
    model.dispose();
  }
}
