/**
 * Cuts work on sparse rows into segments, as segments.ts does for dense rows, but by the number of stored values. Pure
 * host arithmetic.
 */
import type { SgdSteps } from "../backend.ts";
import { stepBatchesOf } from "../steps.ts";
import type { RowRange } from "./chunks.ts";
import type { ColumnList, ColumnLister } from "./column-lists.ts";
import { type ColumnFields, NO_COLUMNS } from "./records.ts";
import {
  type Batch,
  type BatchOfRows,
  type ChunkRows,
  groupByChunk,
  MAX_SEGMENT_ROWS,
  SEGMENT_LOGITS,
  type Segment,
  updateOf,
} from "./segments.ts";

/** Stored values × K of a segment: about 30 ms of work on a slow adapter of its kind, unless one row is more. */
const SEGMENT_PRODUCTS = { software: 2 ** 22, real: 2 ** 29 } as const;

/** Most entries of a segment, whose columns the host lists without a pause, and of a segment of a step. */
const MOST_ENTRIES = { pass: 2 ** 18, step: 2 ** 17 } as const;

/** Work of a first submit, before anything is measured, stored values × K. */
const FIRST_PRODUCTS = { software: 2 ** 21, real: 2 ** 25 } as const;

/** A segment of sparse rows. */
export interface SparseSegment extends Segment {
  /** Stored values of its rows, and one more a row, for the bias. */
  readonly entries: number;
  /** Its columns as they go up with a submit; null if they are on the device, or if there is no gradient. */
  readonly list: ColumnList | null;
  /** Its columns by the shaders' names. `columns` of those that go up is 0 before. */
  readonly fields: ColumnFields;
}

/** Properties of a data set that decide how its rows are cut. */
export interface SparseRules {
  readonly chunks: readonly RowRange[];
  /** Where rows begin, over all chunks. */
  readonly indptr: Uint32Array;
  readonly sampleWeights: Float32Array | undefined;
  /** Σ s / N over all rows. */
  readonly meanWeight: number;
  readonly labelSmoothing: number;
  /** Most rows and entries of a segment that has more than one row. */
  readonly segmentRows: number;
  readonly segmentEntries: number;
}

/** Consecutive rows of a part that form a segment. */
export interface Cut extends ChunkRows {
  readonly entries: number;
}

/** Returns the most rows and entries of a segment, and the entries of the first submit. */
export function sparseCountsOf(classes: number, isSoftware: boolean) {
  const kind = isSoftware ? "software" : "real";
  return {
    segmentRows: Math.max(1, Math.min(MAX_SEGMENT_ROWS, Math.floor(SEGMENT_LOGITS / classes))),
    segmentEntries: Math.min(MOST_ENTRIES.pass, Math.floor(SEGMENT_PRODUCTS[kind] / classes)),
    firstEntries: Math.max(1, Math.floor(FIRST_PRODUCTS[kind] / classes)),
  };
}

/** Returns the most entries of a segment of a step. */
export function stepEntriesOf({ segmentEntries }: Pick<SparseRules, "segmentEntries">): number {
  return Math.min(segmentEntries, MOST_ENTRIES.step);
}

/** Cuts SGD steps into segments, and lists their columns. */
export function* sparseSteps(
  steps: SgdSteps,
  rules: SparseRules,
  lister: ColumnLister,
): Generator<SparseSegment> {
  const limits = { ...rules, segmentEntries: stepEntriesOf(rules) };
  for (const stepBatch of stepBatchesOf(steps, rules)) {
    const { index, weight, scale, rows } = stepBatch;
    const batch = batchOf({ index, weight, scale, update: updateOf(steps, stepBatch) }, rules);
    const cuts = groupByChunk(rows, rules.chunks).flatMap((part) => [...cutsOf(part, limits)]);
    for (const [i, cut] of cuts.entries()) {
      const { first } = rules.chunks[cut.chunk];
      const { rows: chosen } = cut;
      const list = lister.list(cut.count, (at) => first + (chosen ? chosen[at] : cut.first + at));
      const { shortColumns, longColumns } = list;
      const fields = { columns: 0, shortColumns, longColumns };
      yield { batch, ...cut, list, fields, isFirst: i === 0, isLast: i === cuts.length - 1 };
    }
  }
}

/** Cuts all rows, in order. */
export function passCuts(rules: SparseRules): Cut[] {
  return rules.chunks.flatMap(({ rows: count }, chunk) => [
    ...cutsOf({ chunk, rows: null, first: 0, count }, rules),
  ]);
}

/** Makes one batch of all rows. @param columns where those of each cut lie. Default: no gradient is computed */
export function* sparsePass(
  cuts: readonly Cut[],
  ofRows: BatchOfRows,
  rules: SparseRules,
  columns?: readonly ColumnFields[],
): Generator<SparseSegment> {
  const batch = batchOf(ofRows, rules);
  for (const [i, cut] of cuts.entries()) {
    const fields = columns?.[i] ?? NO_COLUMNS;
    yield { batch, ...cut, list: null, fields, isFirst: i === 0, isLast: i === cuts.length - 1 };
  }
}

function batchOf(ofRows: BatchOfRows, { labelSmoothing }: SparseRules): Batch {
  return { ...ofRows, labelSmoothing, unit: 1, splits: 1 };
}

/** Cuts rows of one chunk so that no segment has too many rows or entries, unless it has one row. */
function* cutsOf(
  part: ChunkRows,
  { chunks, indptr, segmentRows, segmentEntries }: SparseRules,
): Generator<Cut> {
  const { chunk, rows, first, count } = part;
  const entriesOf = (at: number) => {
    const row = chunks[chunk].first + (rows ? rows[at] : first + at);
    return indptr[row + 1] - indptr[row] + 1;
  };
  let begin = 0;
  let entries = 0;
  const cutAt = (end: number): Cut => ({
    chunk,
    rows: rows?.subarray(begin, end) ?? null,
    first: first + begin,
    count: end - begin,
    entries,
  });
  for (let at = 0; at < count; at++) {
    const own = entriesOf(at);
    if (at > begin && (at - begin >= segmentRows || entries + own > segmentEntries)) {
      yield cutAt(at);
      [begin, entries] = [at, 0];
    }
    entries += own;
  }
  if (count > begin) yield cutAt(count);
}
