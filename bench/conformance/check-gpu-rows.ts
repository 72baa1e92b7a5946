/** Checks of rows that lie in a buffer of the caller's: norms, rows read and copied, and the gradient where they lie. */
import type { Dataset, RowsOnDevice } from "../../src/backends/backend.ts";
import { standardize } from "../../src/backends/reference/index.ts";
import { scoresOf } from "../../src/backends/reference/of-rows.ts";
import type { DeviceRows } from "../../src/data/gpu-rows.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { openGpuRows } from "../../src/data/open-gpu-rows.ts";
import type { Random } from "../../src/data/random.ts";
import type { Standardization } from "../../src/data/standardization.ts";
import type { Comparison } from "./compare.ts";
import { oneOf } from "./draw-sizes.ts";
import { type Layout, onGpu } from "./gpu-rows.ts";
import type { Check } from "./operations.ts";
import { FLOAT32, float32Tolerance } from "./tolerance.ts";
import { EXACT, largestOf, type Side, type Truth } from "./truth.ts";

/** Rows of a case in a buffer, and the values that a device reads there. */
export interface GpuRowsCase {
  readonly rows: DeviceRows;
  readonly values: Matrix;
  readonly random: Random;
  dispose(): void;
}

/** Writes the rows of a case into a buffer, with a random layout. */
export function placeRows(device: GPUDevice, { drawn, data }: Truth): GpuRowsCase {
  const { random, storage, features: cols, rows } = drawn;
  const x = data.x as Matrix;
  const scale = x.scale ?? 1;
  const values = { data: Float32Array.from(x.data, (value) => value * scale), rows, cols };
  const placed = onGpu(device, values, drawLayout(storage === "f16" ? "f16" : "f32", cols, random));
  return { rows: openGpuRows(placed, "x"), values, random, dispose: () => placed.buffer.destroy() };
}

/** Draws a layout: in place, or from an offset, with gaps between rows. */
function drawLayout(dtype: "f32" | "f16", cols: number, random: Random): Layout {
  const size = dtype === "f32" ? 4 : 2;
  const offset = oneOf(random, [0, 256, size * random.integer(9)]);
  const stride = size * (cols + oneOf(random, [0, 0, random.integer(5)]));
  return { dtype, offset, stride, after: oneOf(random, [0, 16]) };
}

/** One operation on a caller's rows. */
export interface RowsCheck {
  readonly name: string;
  run(
    on: RowsOnDevice,
    side: (data: Dataset) => Side,
    signal: AbortSignal | undefined,
  ): Promise<Comparison[]>;
}

/** Returns the operations on the rows of a case; `ofGradient` checks a data set made of them. */
export function rowsChecks(placed: GpuRowsCase, truth: Truth, ofGradient: Check): RowsCheck[] {
  const { rows, values, random } = placed;
  const { drawn } = truth;
  const indices = Uint32Array.from({ length: 1 + random.integer(values.rows) }, () =>
    random.integer(values.rows),
  ).sort();
  const columns = drawColumns(values.cols, random);
  return [
    {
      name: "norms of rows on the GPU",
      run: async (on, _, signal) => {
        const parts = [];
        for (const given of [undefined, columns])
          parts.push(compareNorms(await on.squaredNorms(rows, given, { signal }), values, given));
        return parts;
      },
    },
    {
      name: "rows read from the GPU",
      run: async (on, _, signal) => {
        const { data } = await on.read(rows, indices, { signal });
        return [{ part: "values", actual: data, expected: pick(values, indices).data, tolerance: EXACT }];
      },
    },
    {
      name: "loss and gradient of rows on the GPU",
      run: async (on, side, signal) => {
        const { targets, sampleWeights, labelSmoothing } = drawn.problem.source;
        const source = { x: rows, targets, labelSmoothing, ...(sampleWeights && { sampleWeights }) };
        return using(await on.createDataset(source, { signal }), (data) => ofGradient(side(data), signal));
      },
    },
    ...[undefined, { ...columns, limit: 1 }].map((scaling) => ({
      name: `copies of rows on the GPU${scaling ? ", scaled" : ""}`,
      run: async (on: RowsOnDevice, side: (data: Dataset) => Side, signal: AbortSignal | undefined) =>
        using(await on.copyRows(rows, indices, scaling, { signal }), async (data) => {
          const { trainer } = side(data);
          const copy = pick(values, indices);
          const seen = scaling ? limited(standardize(copy, scaling), scaling.limit) : copy;
          return [compareScores(await trainer.logits(data, { signal }), seen, truth)];
        }),
    })),
  ];
}

async function using<T>(data: Dataset, work: (data: Dataset) => Promise<T>): Promise<T> {
  try {
    return await work(data);
  } finally {
    data.dispose();
  }
}

/** Draws means and scales of columns. */
function drawColumns(cols: number, random: Random): Standardization {
  return {
    mean: Float64Array.from({ length: cols }, () => Math.fround(random.uniform() - 0.5)),
    scale: Float64Array.from({ length: cols }, () => 2 ** random.integer(3)),
  };
}

function pick({ data, cols }: Matrix, indices: Uint32Array): Matrix<Float32Array> {
  const length = indices.length * cols;
  const valueAt = (_: unknown, at: number) =>
    Number(data[indices[Math.floor(at / cols)] * cols + (at % cols)]);
  return { data: Float32Array.from({ length }, valueAt), rows: indices.length, cols };
}

function limited({ data, rows, cols }: Matrix, limit: number): Matrix {
  return { data: Float64Array.from(data, (value) => Math.max(-limit, Math.min(limit, value))), rows, cols };
}

/** Compares Σ ((x − mean) / scale)² of each row: D squares of numbers up to the largest, each rounded a few times. */
function compareNorms(
  actual: Float32Array,
  values: Matrix,
  columns: Standardization | undefined,
): Comparison {
  const { data } = columns ? standardize(values, columns) : values;
  const { rows, cols } = values;
  const expected = new Float64Array(rows);
  for (let at = 0; at < rows * cols; at++) expected[Math.floor(at / cols)] += Number(data[at]) ** 2;
  return {
    part: columns ? "norms of standardised rows" : "norms",
    actual,
    expected,
    tolerance: float32Tolerance(cols, largestOf(data) ** 2),
  };
}

function compareScores(actual: Float32Array, x: Matrix, { drawn, tolerances }: Truth): Comparison {
  const { problem, bias, classes } = drawn;
  const parameters = bias ? problem.parameters : { ...problem.parameters, bias: new Float64Array(classes) };
  const rows = Uint32Array.from({ length: x.rows }, (_, i) => i);
  const { absolute, relative } = tolerances.scores;
  return {
    part: "logits",
    actual,
    expected: scoresOf(x, rows, parameters),
    tolerance: { absolute: absolute + FLOAT32, relative },
  };
}
