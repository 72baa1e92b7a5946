/** Holds rows back: a seeded share of them, so that the same file is split the same way every time. */
import { emptyLike } from "../../../src/data/matrix.ts";
import { createRandom, shuffle } from "../../../src/data/random.ts";
import { DataError, type Label, type Matrix } from "../../../src/index.ts";
import type { Samples } from "./demo-dataset.ts";

/** Numbers of rows, ascending. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

const SEED = 0;

/**
 * Splits rows by label. `"stratified"` takes the share of each class, `"plain"` of all rows; either way every class
 * keeps a row to train on.
 *
 * @throws DataError no class has a row to spare
 */
export function splitRows(
  y: readonly Label[],
  share: number,
  kind: "stratified" | "plain",
  argument: string,
): Split {
  const random = createRandom(SEED);
  const order = Uint32Array.from(y, (_, i) => i);
  shuffle(order, random);
  const rowsOfClass = groupByLabel(order, y);
  const groups = kind === "stratified" ? [...rowsOfClass.values()] : [[...order]];
  const held = new Set(groups.flatMap((rows) => rows.slice(0, Math.round(share * rows.length))));
  for (const [first] of withoutTraining(rowsOfClass, held)) held.delete(first);
  if (held.size === 0) {
    const spare = [...rowsOfClass.values()].find((rows) => rows.length > 1);
    if (!spare) throw new DataError(argument, "every row has a label of its own, so none can be held back");
    held.add(spare[0]);
  }
  const rows = order.toSorted();
  return { train: rows.filter((row) => !held.has(row)), validation: rows.filter((row) => held.has(row)) };
}

function groupByLabel(order: Uint32Array, y: readonly Label[]): Map<Label, number[]> {
  const groups = new Map<Label, number[]>();
  for (const row of order) {
    const group = groups.get(y[row]);
    if (group) group.push(row);
    else groups.set(y[row], [row]);
  }
  return groups;
}

/** The rows of the classes all of whose rows are held back. */
function withoutTraining(rowsOfClass: Map<Label, number[]>, held: ReadonlySet<number>): number[][] {
  return [...rowsOfClass.values()].filter((rows) => rows.every((row) => held.has(row)));
}

/** Copies of the rows named, with their labels. */
export function takeRows({ x, y }: Samples, rows: Uint32Array): Samples {
  return { x: takeMatrixRows(x, rows), y: Array.from(rows, (row) => y[row]) };
}

function takeMatrixRows({ data, cols, scale }: Matrix, rows: Uint32Array): Matrix {
  const taken = emptyLike(data, rows.length * cols, "x");
  for (const [i, row] of rows.entries()) taken.set(data.subarray(row * cols, (row + 1) * cols), i * cols);
  return { data: taken, rows: rows.length, cols, scale };
}
