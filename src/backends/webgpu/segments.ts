/**
 * Work for the kernels as a list of segments: rows of one chunk that one round of dispatches takes. A batch
 * is one segment or more; the last one of a batch is followed by the update. Pure host arithmetic.
 */
import type { SgdSteps } from "../backend.ts";
import { batchesOf, sumOfWeights } from "../steps.ts";
import type { Chunk } from "./dataset.ts";

/** The update that ends a batch. */
export interface Update {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly l2: number;
}

/** What the segments of a batch have in common. */
export interface Batch {
  /** Counted from 0. */
  readonly index: number;
  /** Σ s. */
  readonly weight: number;
  /** Partial gradients. */
  readonly splits: number;
  readonly update: Update | null;
}

/** One round of dispatches. */
export interface Segment {
  readonly batch: Batch;
  /** Index of the chunk the rows lie in. */
  readonly chunk: number;
  /** The rows, counted within the chunk; null: `count` rows from `first` on. */
  readonly rows: Uint32Array | null;
  readonly first: number;
  readonly count: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** What cutting into segments needs to know of the data and the tiling. */
export interface SegmentRules {
  readonly chunks: readonly Pick<Chunk, "first" | "rows">[];
  readonly sampleWeights: Float32Array | undefined;
  /** Most rows in a segment. */
  readonly segmentRows: number;
  readonly splitsFor: (rows: number) => number;
}

/** Rows of one chunk that belong to a batch. */
type Run = Pick<Segment, "chunk" | "rows" | "first" | "count">;

/** Segments of SGD steps. Within a batch, rows are taken chunk by chunk: their order does not matter there. */
export function* segmentSteps(steps: SgdSteps, rules: SegmentRules): Generator<Segment> {
  const { learningRates, momentum, nesterov, l2 } = steps;
  let index = 0;
  for (const rows of batchesOf(steps)) {
    const update = { learningRate: learningRates[index], momentum, nesterov, l2 };
    const weight = sumOfWeights(rules.sampleWeights, rows);
    yield* segmentsOf(groupByChunk(rows, rules.chunks), { index, weight, update }, rules);
    index++;
  }
}

/** Segments of one batch that is the whole data set, in order. */
export function* segmentAll(update: Update | null, rules: SegmentRules): Generator<Segment> {
  const runs = rules.chunks.map(({ rows: count }, chunk) => ({ chunk, rows: null, first: 0, count }));
  const weight = rules.sampleWeights?.reduce((sum, s) => sum + s, 0) ?? countOf(runs);
  yield* segmentsOf(runs, { index: 0, weight, update }, rules);
}

function* segmentsOf(
  runs: readonly Run[],
  common: Omit<Batch, "splits">,
  rules: SegmentRules,
): Generator<Segment> {
  const { segmentRows, splitsFor } = rules;
  const batch = { ...common, splits: splitsFor(Math.min(countOf(runs), segmentRows)) };
  for (const [r, { chunk, rows, first, count }] of runs.entries()) {
    for (let done = 0; done < count; done += segmentRows) {
      yield {
        batch,
        chunk,
        rows: rows?.subarray(done, done + segmentRows) ?? null,
        first: first + done,
        count: Math.min(segmentRows, count - done),
        isFirst: r === 0 && done === 0,
        isLast: r === runs.length - 1 && done + segmentRows >= count,
      };
    }
  }
}

/** The rows of a batch by chunk, counted within it. All chunks but the last have the same number of rows. */
function groupByChunk(rows: Uint32Array, chunks: SegmentRules["chunks"]): Run[] {
  if (chunks.length === 1) return [{ chunk: 0, rows, first: 0, count: rows.length }];
  const chunkRows = chunks[0].rows;
  const groups = chunks.map((): number[] => []);
  for (const row of rows) groups[Math.floor(row / chunkRows)].push(row % chunkRows);
  return groups
    .map((group, chunk) => ({ chunk, rows: Uint32Array.from(group), first: 0, count: group.length }))
    .filter(({ count }) => count > 0);
}

function countOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { count }) => sum + count, 0);
}
