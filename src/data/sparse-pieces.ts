/** Runs long loops over sparse rows in pieces of about as many stored values, however long single rows are. */
import { pause } from "../pause.ts";
import type { SparseMatrix } from "./sparse-matrix.ts";

/** Stored values, and rows, visited between two pauses: some milliseconds of work. */
const PIECE = 2 ** 18;

/**
 * Calls `work` for one range of rows after another, with a pause before each range.
 *
 * @throws the signal's reason, once it is aborted
 */
export async function inPiecesOfValues(
  { indptr, rows }: Pick<SparseMatrix, "indptr" | "rows">,
  work: (first: number, end: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let first = 0, end = 0; first < rows; first = end) {
    end = first + 1;
    while (end < rows && end - first < PIECE && indptr[end + 1] - indptr[first] <= PIECE) end++;
    await pause(signal);
    work(first, end);
  }
}
