/** How work is cut up for the GPU: batches, segments and packed parameters, over seeded random cases. */
import { describe, expect, test } from "vitest";
import type { SgdSteps } from "../../src/backends/backend.ts";
import { batchesOf, sumOfWeights } from "../../src/backends/steps.ts";
import { layoutOf, packParameters, unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import {
  NO_UPDATE,
  type Segment,
  type SegmentRules,
  segmentAll,
  segmentSteps,
} from "../../src/backends/webgpu/segments.ts";
import { createRandom, type Random, shuffle } from "../../src/data/random.ts";
import { expectClose } from "../support/expect-close.ts";
import { sum } from "../support/sum.ts";

const RATES = { momentum: 0.5, nesterov: true, l2: 0.01 };
const UPDATE = { ...NO_UPDATE, learningRate: 0.25, ...RATES, nesterov: 1 };

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function ascending(rows: Iterable<number>): number[] {
  return [...rows].sort((a, b) => a - b);
}

/** Chunks of `sizes` rows, one after the other. */
function chunksOf(sizes: readonly number[]): SegmentRules["chunks"] {
  let first = 0;
  return sizes.map((rows) => {
    first += rows;
    return { first: first - rows, rows };
  });
}

/** Returns rules whose `splits` encode the number of rows. */
function rulesOf(sizes: readonly number[], segmentRows: number, sampleWeights?: Float32Array): SegmentRules {
  const splitsFor = (rows: number) => 1000 + rows;
  const meanWeight = sampleWeights ? sum(sampleWeights) / sampleWeights.length : 1;
  const ofRows = { sampleWeights, meanWeight, labelSmoothing: 0.25, unit: 0.5 };
  return { chunks: chunksOf(sizes), segmentRows, ...ofRows, splitsFor };
}

function stepsOf(epochs: readonly Uint32Array[], batchSize: number): SgdSteps {
  const count = epochs.reduce((sum, order) => sum + Math.ceil(order.length / batchSize), 0);
  const learningRates = Float64Array.from({ length: count }, (_, t) => 1 / (1 + t));
  return { epochs, batchSize, learningRates, ...RATES };
}

function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from(range(length));
  shuffle(order, random);
  return order;
}

/** The rows of a segment, counted in the whole data set. */
function rowsOf({ chunk, rows, first, count }: Segment, { chunks }: SegmentRules): number[] {
  const start = chunks[chunk].first;
  return rows ? Array.from(rows, (row) => start + row) : range(count).map((i) => start + first + i);
}

/** Checks the invariants of the segments of a batch of `rows`. */
function expectBatch(segments: readonly Segment[], rows: Iterable<number>, rules: SegmentRules): void {
  const seen = segments.flatMap((segment) => rowsOf(segment, rules));
  expect(ascending(seen), "every row once").toEqual(ascending(rows));
  expect(segments.map(({ isFirst }) => isFirst)).toEqual(segments.map((_, i) => i === 0));
  expect(segments.map(({ isLast }) => isLast)).toEqual(segments.map((_, i) => i === segments.length - 1));
  const { batch } = segments[0];
  expect(batch.splits).toBe(1000 + Math.min(seen.length, rules.segmentRows));
  for (const segment of segments) {
    expect(segment.batch).toBe(batch);
    expect(segment.count).toBeGreaterThanOrEqual(1);
    expect(segment.count).toBeLessThanOrEqual(rules.segmentRows);
    expect(segment.rows?.length ?? segment.count).toBe(segment.count);
    const { first, rows: size } = rules.chunks[segment.chunk];
    for (const row of rowsOf(segment, rules)) {
      expect(row).toBeGreaterThanOrEqual(first);
      expect(row).toBeLessThan(first + size);
    }
  }
}

describe("batches", () => {
  test("cut an epoch's rows in order; the last may be shorter, and none spans two epochs", () => {
    const epochs = [Uint32Array.of(4, 0, 3, 1, 2), Uint32Array.of(2, 1, 0, 4, 3)];
    const batches = [...batchesOf(stepsOf(epochs, 2))].map((rows) => [...rows]);
    expect(batches).toEqual([[4, 0], [3, 1], [2], [2, 1], [0, 4], [3]]);
  });

  test("larger than the epoch take all of its rows", () => {
    const order = Uint32Array.of(2, 0, 1);
    expect([...batchesOf(stepsOf([order], 100))]).toEqual([order]);
    expect([...batchesOf(stepsOf([order], 3))]).toEqual([order]);
  });

  test("have the sum of their rows' weights, or the number of rows without weights", () => {
    expect(sumOfWeights(undefined, Uint32Array.of(7, 7, 9))).toBe(3);
    expect(sumOfWeights(Float32Array.of(0.5, 8, 0, 2), Uint32Array.of(3, 0, 2))).toBe(2.5);
    expect(sumOfWeights([1, 2, 3], [])).toBe(0);
  });
});

/** Sizes of chunks as a data set has them: equal, but for the last. */
function chunkSizes(count: number, rows: number, random: Random): number[] {
  return range(count).map((i) => (i < count - 1 ? rows : 1 + random.integer(rows)));
}

describe("segments of steps", () => {
  test("of one chunk keep the batch's order", () => {
    const rules = rulesOf([5], 2);
    const segments = [...segmentSteps(stepsOf([Uint32Array.of(4, 0, 3, 1, 2)], 3), rules)];
    expect(segments.map(({ rows }) => [...(rows ?? [])])).toEqual([[4, 0], [3], [1, 2]]);
    expect(segments.map(({ batch }) => batch.index)).toEqual([0, 0, 1]);
  });

  test("of two chunks count rows within each, and skip a chunk without rows", () => {
    const rules = rulesOf([3, 2], 2);
    const segments = [...segmentSteps(stepsOf([Uint32Array.of(4, 0, 3, 1, 2)], 4), rules)];
    expect(
      segments.map(({ chunk, rows, count, isFirst, isLast }) => ({ chunk, rows, count, isFirst, isLast })),
    ).toEqual([
      { chunk: 0, rows: Uint32Array.of(0, 1), count: 2, isFirst: true, isLast: false },
      { chunk: 1, rows: Uint32Array.of(1, 0), count: 2, isFirst: false, isLast: true },
      { chunk: 0, rows: Uint32Array.of(2), count: 1, isFirst: true, isLast: true },
    ]);
  });

  const random = createRandom(17);
  for (let round = 0; round < 60; round++) {
    const sizes = chunkSizes(1 + random.integer(5), 1 + random.integer(40), random);
    const total = sizes.reduce((a, b) => a + b, 0);
    const batchSize = 1 + random.integer(total + 3);
    const segmentRows = 1 + random.integer(24);
    const epochs = range(1 + random.integer(3)).map(() => permutation(total, random));
    const isWeighted = random.integer(2) === 1;

    test(`chunks of ${sizes.join(", ")}; batches of ${batchSize}; ${segmentRows} rows at most`, () => {
      const sampleWeights = isWeighted ? Float32Array.from(range(total), (i) => (i % 5) / 4) : undefined;
      const rules = rulesOf(sizes, segmentRows, sampleWeights);
      const steps = stepsOf(epochs, batchSize);
      const segments = [...segmentSteps(steps, rules)];
      const batches = [...batchesOf(steps)];
      const indices = segments.map(({ batch }) => batch.index);
      expect(indices, "batch after batch").toEqual(ascending(indices));
      expect(new Set(indices)).toEqual(new Set(batches.keys()));
      for (const [index, rows] of batches.entries()) {
        const own = segments.filter(({ batch }) => batch.index === index);
        expectBatch(own, rows, rules);
        const { weight, update } = own[0].batch;
        expect(weight).toBe(rows.reduce((sum, row) => sum + (sampleWeights?.[row] ?? 1), 0));
        expect(update).toEqual({ ...UPDATE, learningRate: 1 / (1 + index) });
      }
    });
  }

  const RULES = rulesOf([6], 6);
  const updatesOf = (steps: Partial<SgdSteps>) =>
    [...segmentSteps({ ...stepsOf([Uint32Array.of(0, 1, 2, 3, 4, 5)], 2), ...steps }, RULES)].map(
      ({ batch }) => batch.update,
    );

  test("carry l1 and the labels' smoothing", () => {
    expect(updatesOf({ l1: 0.5 }).map((update) => update.l1)).toEqual([0.5, 0.5, 0.5]);
    const [{ batch }] = segmentSteps(stepsOf([Uint32Array.of(0)], 1), RULES);
    expect(batch.labelSmoothing).toBe(0.25);
  });

  test("count the steps in the average, over all calls", () => {
    const counts = (steps: Partial<SgdSteps>) => updatesOf(steps).map((update) => update.averaged);
    expect(counts({})).toEqual([0, 0, 0]);
    expect(counts({ averageFrom: 0 })).toEqual([1, 2, 3]);
    expect(counts({ averageFrom: 1 })).toEqual([0, 1, 2]);
    expect(counts({ averageFrom: 5, firstStep: 4 })).toEqual([0, 1, 2]);
    expect(counts({ averageFrom: 5, firstStep: 7 })).toEqual([3, 4, 5]);
    expect(counts({ averageFrom: 9, firstStep: 4 })).toEqual([0, 0, 0]);
  });

  test("fold AdamW's bias corrections into η and ε, counting the steps of all calls", () => {
    const adamw = { beta1: 0.5, beta2: 0.75, epsilon: 0.125 };
    for (const firstStep of [0, 6]) {
      for (const [index, update] of updatesOf({ adamw, firstStep }).entries()) {
        const t = firstStep + index + 1;
        const root = Math.sqrt(1 - 0.75 ** t);
        const rate = 1 / (1 + index);
        expect(update).toMatchObject({ averaged: 0, l1: 0 });
        const { learningRate, gain1, gain2, epsilon, decay } = update;
        const actual = [learningRate, gain1, gain2, epsilon, decay];
        const expected = [(rate * root) / (1 - 0.5 ** t), 0.5, 0.25, 0.125 * root, 0.02 * rate];
        expectClose(actual, expected, { absolute: 0, relative: 1e-14 });
      }
    }
  });

  test("may visit a part of the rows, and a row more than once", () => {
    const rules = rulesOf([4, 4, 4], 2);
    const order = Uint32Array.of(9, 0, 9, 8, 0, 9);
    expectBatch([...segmentSteps(stepsOf([order], 6), rules)], order, rules);
  });
});

describe("segments of all rows", () => {
  const random = createRandom(23);
  for (let round = 0; round < 40; round++) {
    const sizes = chunkSizes(1 + random.integer(4), 1 + random.integer(50), random);
    const segmentRows = 1 + random.integer(30);
    const total = sizes.reduce((a, b) => a + b, 0);

    test(`chunks of ${sizes.join(", ")}; ${segmentRows} rows at most: in order, without lists`, () => {
      const rules = rulesOf(sizes, segmentRows);
      const segments = [...segmentAll(UPDATE, rules)];
      expectBatch(segments, range(total), rules);
      expect(segments.flatMap((segment) => rowsOf(segment, rules))).toEqual(range(total));
      expect(segments.every(({ rows }) => rows === null)).toBe(true);
      expect(segments[0].batch).toMatchObject({ index: 0, weight: total, update: UPDATE });
    });
  }

  test("are shorter than those of steps if passRows says so", () => {
    const rules = { ...rulesOf([100], 40), passRows: 30 };
    expect([...segmentAll(UPDATE, rules)].map(({ count }) => count)).toEqual([30, 30, 30, 10]);
    expect([...segmentAll(UPDATE, { ...rules, passRows: 90 })].map(({ count }) => count)).toEqual([
      40, 40, 20,
    ]);
  });

  test("sum weights in double precision, and may have no update", () => {
    const sampleWeights = new Float32Array(3000).fill(Math.fround(0.1));
    const [{ batch }] = [...segmentAll(NO_UPDATE, rulesOf([3000], 4096, sampleWeights))];
    expectClose([batch.weight], [3000 * Math.fround(0.1)], { absolute: 0, relative: 1e-12 });
    expect(batch.update).toEqual(NO_UPDATE);
  });
});

describe("packed parameters", () => {
  const weights = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  const bias = Float64Array.of(-1, -2);

  test("of five features: each row padded to two vectors, its bias leading the next", () => {
    const packed = packParameters({ weights, bias }, { features: 5, classes: 2, bias: true }, 3);
    const expected = [
      [1, 2, 3, 4, 5, 0, 0, 0, -1, 0, 0, 0],
      [6, 7, 8, 9, 10, 0, 0, 0, -2, 0, 0, 0],
    ];
    expect([...packed]).toEqual(expected.flat());
  });

  test("without a bias: no vector for it, whatever it holds, and it comes back as 0", () => {
    const shape = { features: 5, classes: 2, bias: false };
    const packed = packParameters({ weights, bias }, shape, 2);
    expect([...packed]).toEqual([1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 8, 9, 10, 0, 0, 0]);
    expect(unpackParameters(packed, shape, 2)).toEqual({ weights, bias: new Float64Array(2) });
  });

  test("are read without their padding", () => {
    const packed = Float32Array.of(1, 9, 9, 9, 2, 9, 9, 9, 3, 9, 9, 9, 4, 9, 9, 9);
    expect(unpackParameters(packed, { features: 1, classes: 2, bias: true }, 2)).toEqual({
      weights: Float64Array.of(1, 3),
      bias: Float64Array.of(2, 4),
    });
  });

  for (const features of [1, 2, 3, 4, 5, 7, 8, 9, 785]) {
    for (const classes of [2, 3, 10]) {
      test(`${classes} × ${features} survive packing, in float32`, () => {
        const random = createRandom(features);
        const parameters = {
          weights: Float64Array.from(range(classes * features), random.normal),
          bias: Float64Array.from(range(classes), random.normal),
        };
        for (const hasBias of [true, false]) {
          const shape = { features, classes, bias: hasBias };
          const { weights4 } = layoutOf(shape);
          const packed = packParameters(parameters, shape, weights4);
          expect(packed).toHaveLength(classes * weights4 * 4);
          expect(unpackParameters(packed, shape, weights4)).toEqual({
            weights: parameters.weights.map(Math.fround),
            bias: hasBias ? parameters.bias.map(Math.fround) : new Float64Array(classes),
          });
        }
      });
    }
  }
});
