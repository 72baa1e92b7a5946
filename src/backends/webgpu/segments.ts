/**
 * Cuts work for the kernels into segments: rows of one chunk that one round of dispatches processes. A batch is one
 * segment or more, and the update follows its last one. Pure host arithmetic.
 */
import { rowsThatCount } from "../../data/row-weights.ts";
import type { ModelShape, SgdSteps } from "../backend.ts";
import { adamwRatesOf, type StepBatch, stepBatchesOf } from "../steps.ts";
import type { Chunk } from "./chunks.ts";

/** Most rows of any segment, which bounds the workgroups of softmax at one row each. */
export const MAX_SEGMENT_ROWS = 32_768;

/**
 * Fewest rows of a segment, however large K·D is, on a software adapter and on a real one. Each segment reads W, and
 * reads and writes the partial gradient, so a row of a smaller segment would cost more than K·D operations. The price
 * is time, since nothing interrupts a segment: at K·D = 2²⁶ one takes about two seconds on two cores of a CPU, and an
 * abort waits for it. A GPU computes 17 GFLOP then, which exceeds a watchdog's two seconds only below 9 GFLOP/s.
 */
const MIN_SEGMENT_ROWS = { software: 32, real: 64 } as const;

/**
 * Work of a step's segment, multiply-adds forward and backward: a fraction of a second on a slow adapter of its kind.
 */
const STEP_OPERATIONS = { software: 2 ** 29, real: 2 ** 32 } as const;

/**
 * Share of that work in a segment of a pass over all rows. On software adapters a segment is 1/8 as large, about 30
 * ms of work, so that an abort is prompt. On a GPU the wait is short, and smaller segments would leave most of it
 * idle.
 */
const PASS_SHARE = { software: 1 / 8, real: 1 } as const;

/** Scores kept for one segment, elements. */
export const SEGMENT_LOGITS = 2 ** 22;

/** Work and rows of a first submit, before anything is measured: some milliseconds, unless one segment is more. */
const FIRST_OPERATIONS = 2 ** 26;
const FIRST_ROWS = 2 ** 12;

/** Fields of the shaders' `Segment` that only updates read, with the values that move nothing. */
export const NO_UPDATE = {
  learningRate: 0,
  momentum: 0,
  /** 1 for Nesterov's momentum, else 0. */
  nesterov: 0,
  l2: 0,
  l1: 0,
  /** n of the average's W̄ ← W̄ + (W − W̄)/n; 0 for none. */
  averaged: 0,
  /** 1 − β₁ and 1 − β₂ of AdamW. */
  gain1: 0,
  gain2: 0,
  /** ε̂ of AdamW, see adamw.wgsl. */
  epsilon: 0,
  /** 2λη of AdamW. */
  decay: 0,
};

/** The update that ends a batch, by the shaders' names. */
export type Update = Readonly<typeof NO_UPDATE>;

/** Properties that all segments of a batch share; the numbers are uniform fields of the same names. */
export interface Batch {
  /** Position of the batch in its call, from 0. */
  readonly index: number;
  /** Σ s. */
  readonly weight: number;
  /** Factor of each s: 1 / Σ s, in an SGD step 1 / (B · mean s); 0 if Σ s is 0. */
  readonly scale: number;
  /** Number of partial gradients. */
  readonly splits: number;
  /** ε of the labels. */
  readonly labelSmoothing: number;
  /** Factor from stored bytes or halves to values. */
  readonly unit: number;
  readonly update: Update;
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

/** Properties of the data and the tiling that decide how rows are cut into segments. */
export interface SegmentRules {
  readonly chunks: readonly Pick<Chunk, "first" | "rows">[];
  readonly sampleWeights: Float32Array | undefined;
  /** Σ s / N over all rows. */
  readonly meanWeight: number;
  readonly labelSmoothing: number;
  readonly unit: number;
  /** Most rows of a segment. */
  readonly segmentRows: number;
  /** Most rows of a segment in a pass over all rows; fewer make an abort prompt. Default: `segmentRows`. */
  readonly passRows?: number;
  readonly splitsFor: (rows: number) => number;
}

/** Part of a batch before its data and tiling are known. */
export type BatchOfRows = Omit<Batch, "splits" | "labelSmoothing" | "unit">;

/** Rows of one chunk that belong to a batch. */
export type ChunkRows = Pick<Segment, "chunk" | "rows" | "first" | "count">;

/** Cuts SGD steps into segments. Within a batch, rows are grouped by chunk: their order does not matter there. */
export function* segmentSteps(steps: SgdSteps, rules: SegmentRules): Generator<Segment> {
  for (const batch of stepBatchesOf(steps, rules)) {
    const { index, rows, weight, scale } = batch;
    const update = updateOf(steps, batch);
    yield* segmentsOf(groupByChunk(rows, rules.chunks), { index, weight, scale, update }, rules);
  }
}

/** Returns the update that ends the batch of a step. */
export function updateOf(steps: SgdSteps, { index, averaged }: StepBatch): Update {
  const { learningRates, momentum, nesterov, l2, l1 = 0, adamw } = steps;
  const sgd = { learningRate: learningRates[index], momentum, nesterov: Number(nesterov), l2, l1 };
  const update = { ...NO_UPDATE, ...sgd, averaged };
  if (!adamw) return update;
  const { beta1, beta2 } = adamw;
  return { ...update, gain1: 1 - beta1, gain2: 1 - beta2, ...adamwRatesOf(steps, adamw, index) };
}

/** Cuts one batch that is the whole data set into segments, in order. */
export function* segmentAll(update: Update, rules: SegmentRules): Generator<Segment> {
  const weight = rules.meanWeight * rules.chunks.reduce((sum, { rows }) => sum + rows, 0);
  yield* wholeSegments(rules, { index: 0, weight, scale: weight > 0 ? 1 / weight : 0, update });
}

/** Cuts the whole data set into segments whose per-row results no weight scales, such as probabilities. */
export function* segmentUnscaled(rules: SegmentRules): Generator<Segment> {
  yield* wholeSegments(rules, { index: 0, weight: 0, scale: 1, update: NO_UPDATE });
}

/** Cuts the rows with w > 0, as one batch, into segments whose results no further weight scales. */
export function* segmentChosen(weights: Float32Array, rules: SegmentRules): Generator<Segment> {
  const rows = rowsThatCount(weights);
  if (rows.length === 0) return;
  const batch = { index: 0, weight: 0, scale: 1, update: NO_UPDATE };
  yield* segmentsOf(groupByChunk(rows, rules.chunks), batch, passRulesOf(rules));
}

function* wholeSegments(rules: SegmentRules, batch: BatchOfRows): Generator<Segment> {
  const all = rules.chunks.map(({ rows: count }, chunk) => ({ chunk, rows: null, first: 0, count }));
  yield* segmentsOf(all, batch, passRulesOf(rules));
}

function passRulesOf(rules: SegmentRules): SegmentRules {
  return { ...rules, segmentRows: Math.min(rules.segmentRows, rules.passRows ?? Infinity) };
}

/**
 * Returns the factor from the sum that kernels leave, ½ Σ s·scale·CE, to a batch's loss Σ s·CE / Σ s; 0 if Σ s is 0.
 */
export function lossUnit({ weight, scale }: Pick<Batch, "weight" | "scale">): number {
  const scaled = Math.fround(scale) * weight;
  return scaled > 0 ? 2 / scaled : 0;
}

function* segmentsOf(
  parts: readonly ChunkRows[],
  batchOfRows: BatchOfRows,
  rules: SegmentRules,
): Generator<Segment> {
  const { segmentRows, splitsFor, labelSmoothing, unit } = rules;
  const batchRows = parts.reduce((sum, { count }) => sum + count, 0);
  const splits = splitsFor(Math.min(batchRows, segmentRows));
  const batch = { ...batchOfRows, labelSmoothing, unit, splits };
  for (const [p, { chunk, rows, first, count }] of parts.entries()) {
    for (let done = 0; done < count; done += segmentRows) {
      yield {
        batch,
        chunk,
        rows: rows?.subarray(done, done + segmentRows) ?? null,
        first: first + done,
        count: Math.min(segmentRows, count - done),
        isFirst: p === 0 && done === 0,
        isLast: p === parts.length - 1 && done + segmentRows >= count,
      };
    }
  }
}

/** Groups the rows of a batch by chunk and counts them within it. */
export function groupByChunk(rows: Uint32Array, chunks: SegmentRules["chunks"]): ChunkRows[] {
  if (chunks.length === 1) return [{ chunk: 0, rows, first: 0, count: rows.length }];
  const groups = chunks.map((): number[] => []);
  for (const row of rows) {
    const chunk = chunkOf(row, chunks);
    groups[chunk].push(row - chunks[chunk].first);
  }
  return groups
    .map((group, chunk) => ({ chunk, rows: Uint32Array.from(group), first: 0, count: group.length }))
    .filter(({ count }) => count > 0);
}

/** Returns the index of the chunk that a row lies in, by bisection. */
function chunkOf(row: number, chunks: SegmentRules["chunks"]): number {
  let [low, high] = [0, chunks.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (chunks[middle].first <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Numbers of rows that are processed without a pause. */
export interface RowCounts {
  /** Most rows in a segment of a step. */
  readonly segmentRows: number;
  /** Most rows in a segment of a pass over all rows. */
  readonly passRows: number;
  /** Rows of the first submit, which takes one segment even if that has more rows. */
  readonly firstRows: number;
}

/** Returns the row counts of a shape on an adapter. */
export function rowCountsOf({ features, classes }: ModelShape, isSoftware: boolean): RowCounts {
  const kind = isSoftware ? "software" : "real";
  const products = 2 * features * classes;
  const most = Math.min(MAX_SEGMENT_ROWS, Math.floor(SEGMENT_LOGITS / classes));
  const rowsOf = (operations: number) =>
    Math.max(MIN_SEGMENT_ROWS[kind], Math.min(most, Math.floor(operations / products)));
  return {
    segmentRows: rowsOf(STEP_OPERATIONS[kind]),
    passRows: rowsOf(STEP_OPERATIONS[kind] * PASS_SHARE[kind]),
    firstRows: Math.max(1, Math.min(FIRST_ROWS, Math.floor(FIRST_OPERATIONS / products))),
  };
}
