/** The kernels of sparse rows against the reference's loops, on hostile shapes, with canaries behind what they write. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { softmax } from "../../src/backends/reference/index.ts";
import { gradientSparse, matmulSparse } from "../../src/backends/reference/sparse-operations.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { ColumnLister } from "../../src/backends/webgpu/column-lists.ts";
import {
  type SparseKind,
  type SparseOperation,
  sparseDispatchOf,
} from "../../src/backends/webgpu/sparse-dispatches.ts";
import { sparsePacking } from "../../src/backends/webgpu/sparse-parameters.ts";
import type { SparseSegment } from "../../src/backends/webgpu/sparse-segments.ts";
import { createRandom } from "../../src/data/random.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";
import type { Parameters } from "../../src/parameters.ts";
import { EXACT, expectClose, float32Tolerance } from "../support/expect-close.ts";
import { shuffled } from "../support/kernel-problems.ts";
import { randomProblem } from "../support/problems.ts";
import { runKernel } from "../support/run-kernel.ts";
import { HOSTILE, type Pattern, sparseMatrix } from "../support/sparse-cases.ts";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.open();
});
afterAll(() => backend.dispose());

const CLASSES = [1, 2, 3, 5, 31, 33, 257];

const LABELS = { targetKind: "labels", isWeighted: false, isSmoothed: false } as const;

/** Returns what kernels depend on; `lanes` threads share a vector of scores, with more than one as on a real GPU. */
function kindOf(x: SparseMatrix, lanes: number): SparseKind {
  return {
    ...LABELS,
    isValued: x.data !== undefined,
    meanRow: 8 * lanes,
    longestRow: 0,
    isSoftware: lanes === 1,
  };
}

/** Runs one operation on a segment, as a trainer would. */
function run(
  operation: SparseOperation,
  shape: { features: number; classes: number; bias: boolean },
  kind: SparseKind,
  segment: Record<string, number>,
  buffers: Record<string, Float32Array | Uint32Array>,
) {
  const { shader, constants, groups } = sparseDispatchOf(operation, shape, kind);
  const count = groups({
    count: segment.rows,
    fields: segment,
    isFirst: segment.accumulate === 0,
  } as unknown as SparseSegment);
  return count === 0 ? null : runKernel(backend.gpu, { shader, constants, segment, buffers, groups: count });
}

function heldValues({ data }: SparseMatrix): Float32Array {
  return data ? Float32Array.from(data) : new Float32Array(1);
}

function zeros(classes: number, cols: number): Parameters {
  return { weights: new Float64Array(classes * cols), bias: new Float64Array(classes) };
}

describe.each(HOSTILE.map((pattern) => [pattern.name, pattern] as const))("%s", (_name, pattern) => {
  test.each(CLASSES)("sparse-scores, %s classes", async (classes) => {
    const shapes = [
      { isValued: true, bias: true, lanes: 1 },
      { isValued: false, bias: true, lanes: 8 },
      { isValued: true, bias: false, lanes: 64 },
    ];
    for (const { isValued, bias, lanes } of shapes) {
      const x = sparseMatrix(pattern, isValued);
      const shape = { features: x.cols, classes, bias };
      const { parameters } = randomProblem({ rows: 1, features: x.cols, classes, seed: 5 });
      const buffers = {
        indptr: x.indptr,
        indices: x.indices,
        values: heldValues(x),
        weights: sparsePacking(shape).pack(parameters),
      };
      for (const [rows, segment] of chosenRows(x.rows)) {
        const logits = new Float32Array(rows.length * classes);
        const order = Uint32Array.of(0, 0, 0, ...rows);
        const out = await run("scores", shape, kindOf(x, lanes), segment, { ...buffers, order, logits });
        const expected = matmulSparse(
          x,
          rows,
          bias ? parameters : { ...parameters, bias: zeros(classes, 1).bias },
        );
        const tolerance = float32Tolerance(x.cols, 2);
        expectClose(out?.logits.subarray(0, logits.length) ?? [], expected, tolerance, "Z");
      }
    }
  });

  test.each(CLASSES)("sparse-gradient, %s classes", async (classes) => {
    for (const isValued of [true, false]) {
      for (const bias of [true, false]) {
        const x = sparseMatrix(pattern, isValued);
        const shape = { features: x.cols, classes, bias };
        const rows = shuffled(x.rows);
        const t = randomValues(x.rows * classes);
        const { dense, written } = await gradientOf(x, shape, rows, t);
        const expected = gradientSparse(Float64Array.from(t), x, rows, zeros(classes, x.cols), 0);
        const tolerance = float32Tolerance(x.rows);
        expectClose(dense.weights, expected.weights, tolerance, "dW");
        expectClose(dense.bias, bias ? expected.bias : zeros(classes, 1).bias, tolerance, "db");
        // What a second segment adds goes to what is there, and to the padding nothing.
        const again = await gradientOf(x, shape, rows, t, written);
        expectClose(
          again.written,
          written.map((g) => 2 * g),
          tolerance,
          "twice",
        );
        if (bias !== isValued) continue;
        // On an adapter that a CPU imitates one thread takes all of a column.
        const alone = await gradientOf(x, shape, rows, t, undefined, ["shortColumns", "longColumns"], 1);
        expectClose(alone.written, written, tolerance, "by one thread");
        const squares = { ...x, data: x.data?.map((value) => value * value) };
        const squared = gradientSparse(Float64Array.from(t), squares, rows, zeros(classes, x.cols), 0);
        const operations = ["squaredShortColumns", "squaredLongColumns"] as const;
        const ofSquares = await gradientOf(x, shape, rows, t, undefined, operations);
        expectClose(ofSquares.dense.weights, squared.weights, tolerance, "of squares");
      }
    }
  });
});

/** Returns all rows in their order, some of them in their order, and some in another, with their segments. */
function chosenRows(count: number): [Uint32Array, Record<string, number>][] {
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const first = Math.floor(count / 3);
  const part = all.subarray(first, first + Math.ceil(count / 2));
  const order = shuffled(count).subarray(0, Math.ceil(count / 2));
  return [
    [all, { first: 0, rows: count }],
    [part, { first, rows: part.length }],
    [order, { first: 3, rows: order.length, shuffled: 1 }],
  ];
}

function randomValues(length: number): Float32Array {
  const random = createRandom(17);
  return Float32Array.from({ length }, () => 2 * random.uniform() - 1);
}

/** Lists the columns of rows behind others, and runs the kernel for those with few entries and those with many. */
async function gradientOf(
  x: SparseMatrix,
  shape: { features: number; classes: number; bias: boolean },
  rows: Uint32Array,
  dLogits: Float32Array,
  before?: Float32Array,
  operations: readonly SparseOperation[] = ["shortColumns", "longColumns"],
  lanes = 2,
) {
  const { bytes, unpack } = sparsePacking(shape);
  const data = { x, isValued: x.data !== undefined, valueAt: (at: number) => (x.data ? x.data[at] : 1) };
  const list = new ColumnLister(data, shape.bias).list(rows.length, (at) => rows[at]);
  const [ahead, entriesAhead] = [5, 3];
  const columns = Uint32Array.of(...new Array(2 * ahead).fill(0), ...list.columns);
  for (let c = 2 * ahead + 1; c < columns.length; c += 2) columns[c] += entriesAhead;
  const { shortColumns, longColumns } = list;
  const segment = { rows: rows.length, columns: ahead, shortColumns, longColumns };
  const lists = {
    columns,
    positions: Uint32Array.of(...new Array(entriesAhead).fill(0), ...list.positions),
    entryValues: Float32Array.of(...new Array(entriesAhead).fill(0), ...(list.values ?? [])),
  };
  let partials = before ?? new Float32Array(bytes / 4);
  for (const operation of operations) {
    const buffers = { ...lists, dLogits, partials };
    const out = await run(operation, shape, kindOf(x, lanes), segment, buffers);
    if (out) partials = out.partials.slice(0, bytes / 4);
  }
  return { written: partials, dense: unpack(partials) };
}

describe("sparse-gradient", () => {
  test("adds nothing for a dLogit of 0, whatever the value is", async () => {
    const pattern: Pattern = { name: "", rows: 100, cols: 2, isStored: (i, j) => j === 0 || i < 3 };
    const x = sparseMatrix(pattern, true);
    const data = Float32Array.from(x.data ?? []);
    // Row 1 has no weight: its values are infinite and NaN.
    [data[2], data[3]] = [Infinity, Number.NaN];
    const t = randomValues(300).map((value, i) => (Math.floor(i / 3) === 1 ? (i === 4 ? -0 : 0) : value));
    const rows = Uint32Array.from({ length: 100 }, (_, i) => i);
    const shape = { features: 2, classes: 3, bias: true };
    const { dense } = await gradientOf({ ...x, data }, shape, rows, t);
    const finite = { ...x, data: data.map((value) => (Number.isFinite(value) ? value : 0)) };
    const expected = gradientSparse(Float64Array.from(t), finite, rows, zeros(3, 2), 0);
    expectClose(dense.weights, expected.weights, float32Tolerance(100), "dW");
    expectClose(dense.bias, expected.bias, float32Tolerance(100), "db");
  });

  test("leaves columns alone that have no value", async () => {
    const x = sparseMatrix({ name: "", rows: 5, cols: 9, isStored: (_, j) => j === 3 }, false);
    const shape = { features: 9, classes: 6, bias: false };
    const before = randomValues(9 * 8);
    const { written } = await gradientOf(x, shape, shuffled(5), randomValues(30), before);
    const changed = [...written.keys()].filter((at) => written[at] !== before[at]);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every((at) => at >= 24 && at < 30)).toBe(true);
  });
});

describe.each(CLASSES)("curvature, %s classes", (classes) => {
  test.each([1, 67])("%s rows", async (rows) => {
    const shape = { features: 1, classes, bias: true };
    const p = softmax(Float64Array.from(randomValues(rows * classes)), classes);
    const u = randomValues(rows * classes).reverse();
    const order = shuffled(rows);
    const sampleWeights = Float32Array.from({ length: rows }, (_, i) => (i % 5 === 4 ? 0 : 1 + (i % 3)));
    for (const isWeighted of [true, false]) {
      for (const operation of ["curvature", "ownCurvature"] as const) {
        const expected = p.map((own, at) => {
          const i = Math.floor(at / classes);
          const row = u.subarray(i * classes, (i + 1) * classes);
          const mean = row.reduce((sum, value, k) => sum + p[i * classes + k] * value, 0);
          const s = isWeighted ? sampleWeights[order[i]] : 1;
          return s * own * (operation === "curvature" ? u[at] - mean : 1 - own);
        });
        const kind = { ...kindOf({ data: undefined } as SparseMatrix, 1), isWeighted };
        const buffers = { order, sampleWeights, directions: u, logits: Float32Array.from(p) };
        const out = await run(operation, shape, kind, { rows, shuffled: 1 }, buffers);
        const tolerance = float32Tolerance(classes, 3);
        expectClose(out?.logits.subarray(0, p.length) ?? [], expected, tolerance, operation);
      }
    }
  });

  test("a row without weight has none, whatever its scores are", async () => {
    const kind = { ...kindOf({ data: undefined } as SparseMatrix, 1), isWeighted: true };
    const lost = new Float32Array(classes).fill(Number.NaN);
    const buffers = {
      order: Uint32Array.of(0),
      sampleWeights: new Float32Array(1),
      directions: lost,
      logits: lost,
    };
    for (const operation of ["curvature", "ownCurvature"] as const) {
      const out = await run(operation, { features: 1, classes, bias: true }, kind, { rows: 1 }, buffers);
      expect([...(out?.logits.subarray(0, classes) ?? [])]).toEqual(new Array(classes).fill(0));
    }
  });
});

test.each([1, 63, 64, 65, 1000])(
  "clear-gradient, %s vectors, for the first segment only",
  async (features) => {
    const shape = { features, classes: 3, bias: false };
    const partials = randomValues(4 * features);
    const x = sparseMatrix({ name: "", rows: 1, cols: 1, isStored: () => true }, true);
    const cleared = await run("clear", shape, kindOf(x, 1), { rows: 1, accumulate: 0 }, { partials });
    expectClose(cleared?.partials ?? [], new Float32Array(4 * features), EXACT);
    expect(run("clear", shape, kindOf(x, 1), { rows: 1, accumulate: 1 }, { partials })).toBeNull();
  },
);
