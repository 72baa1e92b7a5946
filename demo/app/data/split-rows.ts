/** Splits rows into training and validation rows by a fixed seed, so that a file is always split alike. */
import { emptyLike } from "../../../src/data/matrix.ts";
import { createRandom } from "../../../src/data/random.ts";
import { isSparse, type SparseMatrix } from "../../../src/data/sparse-matrix.ts";
import { DataError } from "../../../src/errors.ts";
import type { Label, Matrix } from "../../../src/index.ts";
import { inBlocks } from "./arrays.ts";
import type { Origin, Samples } from "./demo-dataset.ts";
import type { TableColumn } from "./tables/columns.ts";

/** Numbers of rows, ascending. */
interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

interface SplitOptions {
  readonly share: number;
  /** `"stratified"` takes the share of each class, `"plain"` of all rows. */
  readonly split: "stratified" | "plain";
  /** Name of the rows in errors. */
  readonly argument: string;
  readonly signal: AbortSignal;
}

const SEED = 0;

/**
 * Splits rows. Every class keeps a training row.
 *
 * @throws DataError no class has a row to spare
 */
export async function splitRows(y: readonly Label[], options: SplitOptions): Promise<Split> {
  const { share, split, argument, signal } = options;
  const order = await shuffledRows(y.length, signal);
  const { classOfRow, sizes } = await classesOf(y, order, signal);
  const isHeld = new Uint8Array(y.length);
  const heldOf = new Uint32Array(sizes.length);
  const hold = (row: number, isBack: 0 | 1) => {
    isHeld[row] = isBack;
    heldOf[classOfRow[row]] += isBack ? 1 : -1;
  };
  const mostOf = sizes.map((size) => Math.round(share * size));
  const most = Math.round(share * y.length);
  await inBlocks(order.length, signal, (i) => {
    const row = order[i];
    const k = classOfRow[row];
    if (split === "stratified" ? heldOf[k] < mostOf[k] : i < most) hold(row, 1);
  });
  const isEmptied = sizes.map((size, k) => heldOf[k] === size);
  await inBlocks(order.length, signal, (i) => {
    const k = classOfRow[order[i]];
    if (!isEmptied[k]) return;
    isEmptied[k] = false;
    hold(order[i], 0);
  });
  if (!heldOf.some((held) => held > 0)) {
    const spare = order.find((row) => sizes[classOfRow[row]] > 1);
    if (spare === undefined)
      throw new DataError(argument, "every row has a label of its own, so none can be held back");
    hold(spare, 1);
  }
  const held = heldOf.reduce((sum, count) => sum + count, 0);
  return partsOf(isHeld, held, signal);
}

/** Returns the indices of rows in the library's seeded order. */
async function shuffledRows(rows: number, signal: AbortSignal): Promise<Uint32Array> {
  const order = new Uint32Array(rows);
  await inBlocks(rows, signal, (row) => {
    order[row] = row;
  });
  const random = createRandom(SEED);
  await inBlocks(rows - 1, signal, (i) => {
    const last = rows - 1 - i;
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  });
  return order;
}

/** Returns the class of each row, and the number of rows of each class, in the order of their first rows. */
async function classesOf(y: readonly Label[], order: Uint32Array, signal: AbortSignal) {
  const places = new Map<Label, number>();
  const classOfRow = new Uint32Array(y.length);
  const sizes: number[] = [];
  await inBlocks(order.length, signal, (i) => {
    const label = y[order[i]];
    let k = places.get(label);
    if (k === undefined) {
      k = sizes.push(0) - 1;
      places.set(label, k);
    }
    classOfRow[order[i]] = k;
    sizes[k]++;
  });
  return { classOfRow, sizes };
}

async function partsOf(isHeld: Uint8Array, held: number, signal: AbortSignal): Promise<Split> {
  const train = new Uint32Array(isHeld.length - held);
  const validation = new Uint32Array(held);
  let [trained, checked] = [0, 0];
  await inBlocks(isHeld.length, signal, (row) => {
    if (isHeld[row]) validation[checked++] = row;
    else train[trained++] = row;
  });
  return { train, validation };
}

/** Returns copies of the rows named, with their labels and where they come from. */
export async function takeRows(samples: Samples, rows: Uint32Array, signal: AbortSignal): Promise<Samples> {
  const { x, y, origin } = samples;
  return {
    x: isSparse(x) ? await takeSparseMatrix(x, rows, signal) : await takeMatrixRows(x, rows, signal),
    y: await takeItems(y, rows, signal),
    ...(origin && { origin: await takeOrigin(origin, rows, signal) }),
  };
}

/** Returns the items of the rows named. */
export async function takeItems<Item>(items: readonly Item[], rows: Uint32Array, signal: AbortSignal) {
  const taken: Item[] = [];
  await inBlocks(rows.length, signal, (i) => taken.push(items[rows[i]]));
  return taken;
}

/** Returns the numbers of the rows named. */
export async function takeNumbers(
  numbers: Uint32Array,
  rows: Uint32Array,
  signal: AbortSignal,
): Promise<Uint32Array> {
  const taken = new Uint32Array(rows.length);
  await inBlocks(rows.length, signal, (i) => {
    taken[i] = numbers[rows[i]];
  });
  return taken;
}

async function takeOrigin(origin: Origin, rows: Uint32Array, signal: AbortSignal): Promise<Origin> {
  if (origin.kind === "pictures") return { ...origin, paths: await takeItems(origin.paths, rows, signal) };
  const columns: TableColumn[] = [];
  for (const column of origin.columns) columns.push(await takeCells(column, rows, signal));
  return { ...origin, numbers: await takeNumbers(origin.numbers, rows, signal), columns };
}

/** Returns a copy of the cells in the rows named. */
export async function takeCells(
  column: TableColumn,
  rows: Uint32Array,
  signal: AbortSignal,
): Promise<TableColumn> {
  if (column.kind === "text") return { ...column, texts: await takeItems(column.texts, rows, signal) };
  if ("codes" in column) return { ...column, codes: await takeNumbers(column.codes, rows, signal) };
  const values = new Float64Array(rows.length);
  await inBlocks(rows.length, signal, (i) => {
    values[i] = column.values[rows[i]];
  });
  return { ...column, values };
}

async function takeSparseMatrix(
  x: SparseMatrix,
  rows: Uint32Array,
  signal: AbortSignal,
): Promise<SparseMatrix> {
  const indptr = new Uint32Array(rows.length + 1);
  await inBlocks(rows.length, signal, (i) => {
    indptr[i + 1] = indptr[i] + x.indptr[rows[i] + 1] - x.indptr[rows[i]];
  });
  const indices = new Uint32Array(indptr[rows.length]);
  const values = x.data && new Float32Array(indices.length);
  await inBlocks(rows.length, signal, (i) => {
    const [begin, end] = [x.indptr[rows[i]], x.indptr[rows[i] + 1]];
    indices.set(x.indices.subarray(begin, end), indptr[i]);
    if (values && x.data) values.set(x.data.subarray(begin, end), indptr[i]);
  });
  return { indptr, indices, data: values, rows: rows.length, cols: x.cols };
}

async function takeMatrixRows(x: Matrix, rows: Uint32Array, signal: AbortSignal): Promise<Matrix> {
  const { data, cols } = x;
  const taken = emptyLike(data, rows.length * cols, "x");
  const copy = (i: number) => taken.set(data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  await inBlocks(rows.length, signal, copy, cols);
  return { ...x, data: taken, rows: rows.length };
}
