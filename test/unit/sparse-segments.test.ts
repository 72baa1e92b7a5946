/** Host arithmetic of sparse rows on WebGPU: chunks, segments, lists of columns, packed parameters and constants. */
import { describe, expect, test } from "vitest";
import { ColumnLister, SHORT } from "../../src/backends/webgpu/column-lists.ts";
import { NO_UPDATE } from "../../src/backends/webgpu/segments.ts";
import { specialise } from "../../src/backends/webgpu/shader.ts";
import { sparseRangesOf } from "../../src/backends/webgpu/sparse-dataset.ts";
import { type SparseOperation, sparseDispatchOf } from "../../src/backends/webgpu/sparse-dispatches.ts";
import { sparsePacking } from "../../src/backends/webgpu/sparse-parameters.ts";
import {
  passCuts,
  type SparseRules,
  type SparseSegment,
  sparsePass,
  sparseSteps,
} from "../../src/backends/webgpu/sparse-segments.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";
import { LimitError } from "../../src/errors.ts";
import { shuffled } from "../support/kernel-problems.ts";
import { randomProblem, sgdSteps } from "../support/problems.ts";
import { HOSTILE, randomPattern, sparseMatrix } from "../support/sparse-cases.ts";

const CASES = HOSTILE.map((pattern) => [pattern.name, pattern] as const);

function listerOf(x: SparseMatrix, bias = true): ColumnLister {
  return new ColumnLister({ x, isValued: x.data !== undefined, valueAt: (at) => x.data?.[at] ?? 1 }, bias);
}

describe("a list of columns", () => {
  test.each(CASES)("%s: each value once, by columns with ever more entries", (_, pattern) => {
    for (const isValued of [true, false]) {
      const x = sparseMatrix(pattern, isValued);
      const lister = listerOf(x);
      const order = shuffled(x.rows);
      // The second list must not depend on the first.
      for (const rows of [order, order.subarray(0, Math.ceil(x.rows / 2))]) {
        const list = lister.list(rows.length, (at) => rows[at]);
        const { columns, positions, values, shortColumns, longColumns } = list;
        const seen = new Set<string>();
        let before = 1;
        for (let c = 0; c < shortColumns + longColumns; c++) {
          const [column, begin, end] = [columns[2 * c], columns[2 * c + 1], columns[2 * c + 3]];
          expect(end - begin > SHORT, "long").toBe(c >= shortColumns);
          if (c < shortColumns) expect(end - begin).toBeGreaterThanOrEqual(before);
          before = end - begin;
          for (let e = begin; e < end; e++) {
            if (e > begin) expect(positions[e]).toBeGreaterThan(positions[e - 1]);
            seen.add(`${rows[positions[e]]} ${column} ${values ? values[e] : 1}`);
          }
        }
        const expected = [...rows].flatMap((row) => [`${row} ${x.cols} 1`, ...valuesOf(x, row)]);
        expect(seen).toEqual(new Set(expected));
        expect(positions).toHaveLength(expected.length);
      }
    }
  });

  test("without a bias or a value is empty", () => {
    const x = sparseMatrix({ name: "", rows: 3, cols: 2, isStored: () => false }, true);
    const { columns, positions, shortColumns, longColumns } = listerOf(x, false).list(3, (at) => at);
    expect([...columns]).toEqual([0, 0]);
    expect([positions.length, shortColumns, longColumns]).toEqual([0, 0, 0]);
  });
});

/** Returns the values of a row in words. */
function valuesOf({ indptr, indices, data }: SparseMatrix, row: number): string[] {
  return [...indices.subarray(indptr[row], indptr[row + 1])].map(
    (j, i) => `${row} ${j} ${data ? data[indptr[row] + i] : 1}`,
  );
}

describe("chunks", () => {
  test.each(CASES)("%s: all rows in order, none of more bytes than allowed", (_, pattern) => {
    const { indptr, rows } = sparseMatrix(pattern, true);
    const bytesOf = (first: number, count: number) =>
      Math.max(8 * (indptr[first + count] - indptr[first]) + 16 * count, 40 * count);
    for (const most of [64, 512, 4096, 2 ** 20]) {
      const x = { indptr, indices: new Uint32Array(), data: undefined, rows, cols: pattern.cols };
      let next = 0;
      for (const range of sparseRangesOf(x, { targets: 40 }, most, 2 ** 20)) {
        expect(range.first).toBe(next);
        if (range.rows > 1) expect(bytesOf(range.first, range.rows)).toBeLessThanOrEqual(most);
        next += range.rows;
      }
      expect(next).toBe(rows);
    }
  });

  test("a row that no buffer takes is refused with its number", () => {
    const x = sparseMatrix({ name: "", rows: 9, cols: 300, isStored: (i) => i === 5 }, true);
    const cut = () => sparseRangesOf(x, { targets: 0 }, 512, 512);
    expect(cut).toThrow(LimitError);
    expect(cut).toThrow(/row 5 takes 2416 bytes/);
  });
});

describe("segments", () => {
  const x = sparseMatrix(randomPattern(131, 97, 0.1), true);
  const rules: SparseRules = {
    chunks: [
      { first: 0, rows: 50 },
      { first: 50, rows: 1 },
      { first: 51, rows: 80 },
    ],
    indptr: x.indptr,
    sampleWeights: undefined,
    meanWeight: 1,
    labelSmoothing: 0.25,
    segmentRows: 7,
    segmentEntries: 60,
  };

  /** Returns the rows of a segment, counted over all chunks, and checks its size. */
  const rowsOf = ({ chunk, rows, first, count, entries }: SparseSegment) => {
    const all = Array.from({ length: count }, (_, i) => rules.chunks[chunk].first + (rows?.[i] ?? first + i));
    const counted = all.reduce((sum, row) => sum + x.indptr[row + 1] - x.indptr[row] + 1, 0);
    expect(entries).toBe(counted);
    expect(count).toBeLessThanOrEqual(rules.segmentRows);
    if (count > 1) expect(entries).toBeLessThanOrEqual(rules.segmentEntries);
    return all;
  };

  test("of a pass: all rows in order, one batch", () => {
    const cuts = passCuts(rules);
    const batch = { index: 0, weight: 131, scale: 1 / 131, update: NO_UPDATE };
    const fields = cuts.map((_, i) => ({ columns: i, shortColumns: 1, longColumns: 2 }));
    const segments = [...sparsePass(cuts, batch, rules, fields)];
    expect(segments.flatMap(rowsOf)).toEqual(Array.from({ length: 131 }, (_, i) => i));
    expect(segments.map(({ isFirst }) => isFirst).indexOf(true, 1)).toBe(-1);
    expect(segments.map(({ isLast }) => isLast).indexOf(true)).toBe(segments.length - 1);
    expect(segments.map((segment) => segment.fields)).toEqual(fields);
    expect(segments[0].batch).toEqual({ ...batch, labelSmoothing: 0.25, unit: 1, splits: 1 });
  });

  test("of steps: the rows of each batch, with a list of their columns", () => {
    const order = shuffled(131);
    const segments = [...sparseSteps(sgdSteps([order], 40), rules, listerOf(x))];
    for (const index of [0, 1, 2, 3]) {
      const own = segments.filter(({ batch }) => batch.index === index);
      const rows = own.flatMap(rowsOf);
      expect(rows.toSorted((a, b) => a - b)).toEqual(
        [...order.subarray(40 * index, 40 * index + 40)].sort((a, b) => a - b),
      );
      expect(own.filter(({ isFirst }) => isFirst)).toEqual([own[0]]);
      expect(own.filter(({ isLast }) => isLast)).toEqual([own[own.length - 1]]);
    }
    for (const segment of segments) {
      const { list, fields, entries } = segment;
      expect(list?.positions).toHaveLength(entries);
      const { shortColumns, longColumns } = list ?? {};
      expect(fields).toEqual({ columns: 0, shortColumns, longColumns });
    }
  });

  test("a row with more entries than a segment may have is one of its own", () => {
    const one = { ...rules, segmentEntries: 1 };
    expect(passCuts(one).every(({ count }) => count === 1)).toBe(true);
  });
});

describe("packed parameters", () => {
  test("lie feature by feature, padded to vectors, the bias last", () => {
    const weights = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    const bias = Float64Array.of(-1, -2, -3, -4, -5);
    const packed = sparsePacking({ features: 2, classes: 5, bias: true }).pack({ weights, bias });
    const rows = [
      [1, 3, 5, 7, 9, 0, 0, 0],
      [2, 4, 6, 8, 10, 0, 0, 0],
      [-1, -2, -3, -4, -5, 0, 0, 0],
    ];
    expect([...packed]).toEqual(rows.flat());
  });

  test.each([1, 2, 4, 5, 33])("%s classes survive packing, in float32", (classes) => {
    for (const features of [1, 3, 130]) {
      for (const hasBias of [true, false]) {
        const { parameters } = randomProblem({ rows: 1, features, classes });
        const { pack, unpack, bytes } = sparsePacking({ features, classes, bias: hasBias });
        const packed = pack(parameters);
        expect(packed.byteLength).toBe(bytes);
        const bias = hasBias ? parameters.bias : new Float64Array(classes);
        expect(unpack(packed)).toEqual({ weights: parameters.weights, bias });
      }
    }
  });
});

test("every kernel gets all of its constants, and no others", () => {
  /** All operations: the compiler misses one that is not here. */
  const every: Readonly<Record<SparseOperation, true>> = {
    scores: true,
    softmax: true,
    probabilities: true,
    outcomes: true,
    clear: true,
    shortColumns: true,
    longColumns: true,
    directionScores: true,
    curvature: true,
    ownCurvature: true,
    squaredShortColumns: true,
    squaredLongColumns: true,
    sgd: true,
    reduceGradient: true,
    adamw: true,
    average: true,
  };
  const ofRows = { targetKind: "labels", isWeighted: true, isSmoothed: true, isValued: true } as const;
  for (const isSoftware of [true, false]) {
    const kind = { ...ofRows, meanRow: 40, longestRow: 90, isSoftware };
    for (const operation of Object.keys(every) as SparseOperation[]) {
      const shape = { features: 6, classes: 21, bias: true, sparse: true };
      const { shader, constants } = sparseDispatchOf(operation, shape, kind);
      expect(Object.keys(constants).sort(), operation).toEqual(Object.keys(shader.constants).sort());
      expect(() => specialise(shader, constants)).not.toThrow();
    }
  }
});
