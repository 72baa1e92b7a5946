/**
 * Work for the kernels as a list of segments: rows of one chunk that one round of dispatches takes. A batch
 * is one segment or more; the last one of a batch is followed by the update. Pure host arithmetic.
 */
import type { SgdSteps } from "../backend.ts";
import { averagedAfter, batchesOf, divisorOf, sumOfWeights } from "../steps.ts";
import type { Chunk } from "./dataset.ts";

/** The update that ends a batch, as the kernels' uniform fields of the same names have it. */
export interface Update {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly l2: number;
  readonly l1: number;
  /** n of the average's W̄ ← W̄ + (W − W̄)/n; 0: none. */
  readonly averaged: number;
  /** Null: SGD. */
  readonly adamw: AdamwRates | null;
}

/** What a step of AdamW takes beside its learning rate, see adamw.wgsl. */
export interface AdamwRates {
  readonly gain1: number;
  readonly gain2: number;
  readonly epsilon: number;
  readonly decay: number;
}

/** What the segments of a batch have in common. */
export interface Batch {
  /** Counted from 0. */
  readonly index: number;
  /** Σ s. */
  readonly weight: number;
  /** What kernels multiply each s by: 1 / Σ s, in an SGD step 1 / (B · mean s); 0 if Σ s is 0. */
  readonly scale: number;
  /** Partial gradients. */
  readonly splits: number;
  /** ε of the labels. */
  readonly labelSmoothing: number;
  /** Factor from stored bytes or halves to values. */
  readonly unit: number;
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
  /** Σ s / N over all rows. */
  readonly meanWeight: number;
  readonly labelSmoothing: number;
  readonly unit: number;
  /** Most rows in a segment. */
  readonly segmentRows: number;
  /**
   * The same in a pass over all rows, in which no step ends, for an abort not to wait long. Default: as many.
   */
  readonly passRows?: number;
  readonly splitsFor: (rows: number) => number;
}

/** Rows of one chunk that belong to a batch. */
type Run = Pick<Segment, "chunk" | "rows" | "first" | "count">;

/** Segments of SGD steps. Within a batch, rows are taken chunk by chunk: their order does not matter there. */
export function* segmentSteps(steps: SgdSteps, rules: SegmentRules): Generator<Segment> {
  let index = 0;
  for (const rows of batchesOf(steps)) {
    const update = updateOf(steps, index);
    const weight = sumOfWeights(rules.sampleWeights, rows);
    const scale = weight > 0 ? 1 / divisorOf(steps, rules, rows.length) : 0;
    yield* segmentsOf(groupByChunk(rows, rules.chunks), { index, weight, scale, update }, rules);
    index++;
  }
}

/** The update of step `index`. AdamW's corrections of its moments go into η and ε, in double precision. */
function updateOf(steps: SgdSteps, index: number): Update {
  const { learningRates, momentum, nesterov, l2, l1 = 0, adamw, firstStep = 0 } = steps;
  const learningRate = learningRates[index];
  const update = { learningRate, momentum, nesterov, l2, l1, averaged: averagedAfter(steps, index) };
  if (!adamw) return { ...update, adamw: null };
  const { beta1, beta2, epsilon } = adamw;
  const t = firstStep + index + 1;
  const root = Math.sqrt(1 - beta2 ** t);
  return {
    ...update,
    learningRate: (learningRate * root) / (1 - beta1 ** t),
    adamw: {
      gain1: 1 - beta1,
      gain2: 1 - beta2,
      epsilon: epsilon * root,
      decay: 2 * learningRate * l2,
    },
  };
}

/** Segments of one batch that is the whole data set, in order. */
export function* segmentAll(update: Update | null, rules: SegmentRules): Generator<Segment> {
  const runs = rules.chunks.map(({ rows: count }, chunk) => ({ chunk, rows: null, first: 0, count }));
  const weight = rules.meanWeight * countOf(runs);
  const segmentRows = Math.min(rules.segmentRows, rules.passRows ?? Infinity);
  const scale = weight > 0 ? 1 / weight : 0;
  yield* segmentsOf(runs, { index: 0, weight, scale, update }, { ...rules, segmentRows });
}

/** What turns the sum of a batch's losses as kernels leave them, ½ Σ s·scale·CE, into Σ s·CE / Σ s; 0 if Σ s is 0. */
export function lossUnit({ weight, scale }: Pick<Batch, "weight" | "scale">): number {
  const scaled = Math.fround(scale) * weight;
  return scaled > 0 ? 2 / scaled : 0;
}

function* segmentsOf(
  runs: readonly Run[],
  common: Omit<Batch, "splits" | "labelSmoothing" | "unit">,
  rules: SegmentRules,
): Generator<Segment> {
  const { segmentRows, splitsFor, labelSmoothing, unit } = rules;
  const batch = { ...common, labelSmoothing, unit, splits: splitsFor(Math.min(countOf(runs), segmentRows)) };
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
