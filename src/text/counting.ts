/** Goes through texts and counts the terms of each, with pauses, however many or long they are. */

import { isPauseDue, pause } from "../pause.ts";
import type { Analyzer } from "./analyzer.ts";
import { ChunkedNumbers } from "./chunked-numbers.ts";
import { enlarged, ROW_PIECE, type RowCounts } from "./row-counts.ts";
import { openTexts, type TextsLike } from "./texts.ts";

/** How a call that goes through texts is watched and stopped. */
export interface TextOptions {
  /** Aborting rejects with the signal's reason; nothing is changed then. */
  readonly signal?: AbortSignal;
  /** Called now and then with the number of texts that were read so far. */
  readonly onProgress?: (progress: TextProgress) => void;
}

/** How far a call has come. */
export interface TextProgress {
  readonly texts: number;
}

/** What a pass over texts works with. */
export interface Pass extends TextOptions {
  readonly analyzer: Analyzer;
  /** Called between two steps: makes room for terms that are new. */
  readonly makeRoom?: () => Promise<void> | undefined;
}

/**
 * Gives the terms of each text to the pass's analyzer, and calls `endRow` behind each text.
 *
 * @returns the number of texts
 * @throws DataError, ShapeError as {@link openTexts}; the signal's reason
 */
export async function countTexts(
  texts: TextsLike,
  { analyzer, makeRoom, signal, onProgress }: Pass,
  endRow: () => Iterable<void>,
): Promise<number> {
  signal?.throwIfAborted();
  let count = 0;
  for await (const text of openTexts(texts, "texts", signal)) {
    for (const _ of analyzer.steps(text)) {
      if (makeRoom) await makeRoom();
      if (isPauseDue()) await pause(signal);
    }
    if (makeRoom) await makeRoom();
    await inSteps(endRow(), signal);
    count++;
    if (!isPauseDue()) continue;
    onProgress?.({ texts: count });
    await pause(signal);
  }
  onProgress?.({ texts: count });
  return count;
}

/** Takes all steps of a piece of work, with pauses. @throws the signal's reason */
export async function inSteps(steps: Iterable<void>, signal?: AbortSignal): Promise<void> {
  for (const _ of steps) if (isPauseDue()) await pause(signal);
}

/** In how many texts each term is, and how often it occurs in all of them. */
export class DocumentCounts {
  documents = new Uint32Array(2 ** 10);
  /** At most 2³² − 1. */
  totals = new Uint32Array(2 ** 10);

  /** Counts a row; yields while it has many terms. */
  *add({ columns, counts, size }: RowCounts): Generator<void, void> {
    for (let i = 0; i < size; i++) {
      const column = columns[i];
      this.documents[column]++;
      this.totals[column] = Math.min(0xffffffff, this.totals[column] + Math.abs(counts[column]));
      if (i % ROW_PIECE === ROW_PIECE - 1) yield;
    }
  }

  /** Makes room for columns below `length`, in pieces. @throws LimitError; the signal's reason */
  async reserve(length: number, signal?: AbortSignal): Promise<void> {
    if (length <= this.documents.length) return;
    this.documents = await enlarged(Uint32Array, this.documents, length, signal);
    this.totals = await enlarged(Uint32Array, this.totals, length, signal);
  }
}

/** Counted rows, kept until it is known which of their terms become columns. */
export class CountedRows {
  readonly #terms = new ChunkedNumbers(Uint32Array);
  readonly #counts = new ChunkedNumbers(Int32Array);
  readonly #ends = new ChunkedNumbers(Uint32Array);

  /** Keeps a row; yields while it has many terms. */
  *add({ columns, counts, size }: RowCounts): Generator<void, void> {
    for (let i = 0; i < size; i++) {
      this.#terms.push(columns[i]);
      this.#counts.push(counts[columns[i]]);
      if (i % ROW_PIECE === ROW_PIECE - 1) yield;
    }
    this.#ends.push(this.#terms.length);
  }

  /**
   * Counts the kept rows once more, each term by its column, and frees them; calls `endRow` behind each.
   *
   * @param columnOf column of each term, −1 for those that have none
   */
  *recount(
    columnOf: (term: number) => number,
    row: RowCounts,
    endRow: () => Iterable<void>,
  ): Generator<void, void> {
    let at = 0;
    for (let i = 0; i < this.#ends.length; i++) {
      for (const end = this.#ends.at(i); at < end; at++) {
        const column = columnOf(this.#terms.at(at));
        if (column >= 0) row.add(column, this.#counts.at(at));
        if (at % ROW_PIECE === 0) yield;
      }
      yield* endRow();
      this.#terms.dropBefore(at);
      this.#counts.dropBefore(at);
      yield;
    }
  }
}
