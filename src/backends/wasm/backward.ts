/**
 * The gradient of a batch: takes rows through the kernels block by block, and cuts the data set into shares, each of
 * which has a partial gradient. A worker runs the same code as the trainer's own thread, so the bits are equal.
 */
import { allocate } from "../../data/matrix.ts";
import { isPauseDue, pause } from "../../pause.ts";
import type { Workspace } from "./workspace.ts";

/** Σ s·CE, and the number of rows whose highest score is the target's. */
export interface Sums {
  readonly loss: number;
  readonly correct: number;
}

/** Runs `work` on `rows` block by block, and yields to the event loop and checks for an abort in between. */
export async function eachBlock(
  workspace: Workspace,
  rows: Uint32Array,
  signal: AbortSignal | undefined,
  work: (block: Uint32Array) => void,
): Promise<void> {
  signal?.throwIfAborted();
  for (let first = 0; first < rows.length; first += workspace.blockRows) {
    if (isPauseDue()) await pause(signal);
    work(rows.subarray(first, first + workspace.blockRows));
  }
}

/**
 * What a way over rows adds to a partial gradient: the gradient itself, or for a Newton step (newton.ts) the diagonal of
 * the Hessian, which keeps the probabilities, or its product with a direction, which needs them.
 */
export type Pass = "gradient" | "diagonal" | "product";

/** The work of each on a block of rows. */
const WORK: Readonly<
  Record<Pass, (workspace: Workspace, block: Uint32Array, scale: number, split: number) => void>
> = {
  gradient: (workspace, block, scale, split) => {
    workspace.forward(block); // rows → logits
    workspace.softmax(block.length, scale); // logits → softmax, loss and dLogits
    workspace.gradient(block.length, split); // dLogits → gradient
  },
  diagonal: (workspace, block, scale, split) => {
    workspace.forward(block); // rows → logits
    workspace.keepProbabilities(block.length); // logits → probabilities
    workspace.diagonal(block.length, scale, split); // probabilities → diagonal
  },
  product: (workspace, block, scale, split) => {
    workspace.forward(block, workspace.direction); // rows → u
    workspace.curvature(block.length, scale); // u → p ∘ (u − pᵀu)
    workspace.gradient(block.length, split); // → product
  },
};

/**
 * Adds what a pass makes of `rows` to the partial gradient `split`. Rows with s = 0 are skipped: their dLogits would be 0,
 * but 0 times a value that overflowed is NaN.
 */
export function passOver(
  workspace: Workspace,
  pass: Pass,
  rows: Uint32Array,
  scale: number,
  split: number,
  signal?: AbortSignal,
): Promise<void> {
  return eachBlock(workspace, workspace.weighted(rows), signal, (block) =>
    WORK[pass](workspace, block, scale, split),
  );
}

/** Consecutive rows of a data set that one thread works on. */
export interface Share {
  readonly first: number;
  readonly rows: number;
}

/** Cuts `rows` into `count` shares of nearly equal size, or into fewer if there are fewer rows. */
export function sharesOf(rows: number, count: number): Share[] {
  const size = Math.ceil(rows / count);
  return Array.from({ length: Math.ceil(rows / size) }, (_, s) => ({
    first: s * size,
    rows: Math.min(size, rows - s * size),
  }));
}

/** Groups the rows of a batch by share, in the order of the batch; with `isLocal`, counts them within the share. */
export function partition(
  rows: Uint32Array,
  shares: readonly Share[],
  isLocal: boolean,
): Uint32Array<ArrayBuffer>[] {
  const size = shares[0].rows;
  const ends = new Uint32Array(shares.length);
  for (let i = 0; i < rows.length; i++) ends[Math.floor(rows[i] / size)]++;
  const parts = Array.from(ends, (count) => new Uint32Array(count));
  ends.fill(0);
  for (let i = 0; i < rows.length; i++) {
    const s = Math.floor(rows[i] / size);
    parts[s][ends[s]++] = isLocal ? rows[i] - s * size : rows[i];
  }
  return parts;
}

/** Returns the numbers of all rows, in order. */
export function allRows({ rows }: { readonly rows: number }): Uint32Array {
  const all = allocate(Uint32Array, rows, "x");
  for (let i = 0; i < rows; i++) all[i] = i;
  return all;
}
