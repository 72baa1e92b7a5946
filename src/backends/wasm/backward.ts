/**
 * The partial gradients of a batch, one for each share of the rows: where a batch's rows belong, and the blocks
 * that one share goes through. The same code runs a share here and in a worker, so the bits are the same.
 */
import { isPauseDue, pause } from "../../pause.ts";
import type { Workspace } from "./workspace.ts";

/** Σ s·CE, and rows whose highest score is the target's. */
export interface Sums {
  readonly loss: number;
  readonly correct: number;
}

/** Runs `work` on `rows`, block by block, letting the event loop turn and an abort be noticed in between. */
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
 * rows → logits → softmax, loss and dLogits → gradient: adds to the partial gradient `split`. Rows with s = 0 are
 * passed over: their dLogits would be 0, but 0 times a value that overflowed is not.
 */
export function backward(
  workspace: Workspace,
  rows: Uint32Array,
  scale: number,
  split: number,
  signal?: AbortSignal,
): Promise<void> {
  return eachBlock(workspace, workspace.counted(rows), signal, (block) => {
    workspace.forward(block);
    workspace.loss(block.length, scale);
    workspace.backward(block.length, split);
  });
}

/** Consecutive rows of a data set. */
export interface Share {
  readonly first: number;
  readonly rows: number;
}

/** `rows` cut into `count` shares, as equal as may be; fewer where there are fewer rows. */
export function sharesOf(rows: number, count: number): Share[] {
  const size = Math.ceil(rows / count);
  return Array.from({ length: Math.ceil(rows / size) }, (_, s) => ({
    first: s * size,
    rows: Math.min(size, rows - s * size),
  }));
}

/** The rows of a batch by share, in the order of the batch; counted within the share where `isLocal`. */
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
