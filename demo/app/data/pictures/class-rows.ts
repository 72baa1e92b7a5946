/** The number of rows of each class, and its first rows, to show what a class looks like. */
import type { Label } from "../../../../src/index.ts";
import { inBlocks } from "../arrays.ts";

export interface ClassRows {
  readonly count: number;
  /** Ascending; the first few. */
  readonly first: readonly number[];
}

/** Returns the rows of each label; of each at most `most`. @throws the signal's reason, once it is aborted */
export async function rowsOfClasses(
  y: readonly Label[],
  most: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<Label, ClassRows>> {
  const found = new Map<Label, { count: number; first: number[] }>();
  await inBlocks(y.length, signal, (row) => {
    const own = found.get(y[row]);
    if (!own) found.set(y[row], { count: 1, first: [row] });
    else if (own.count++ < most) own.first.push(row);
  });
  return found;
}
