/** Rows put into GPU buffers of a device that a test owns, in any layout. */
import { afterAll, afterEach, expect, vi } from "vitest";
import { type Layout, onGpu } from "../../bench/conformance/gpu-rows.ts";
import type { Float16Data, Matrix } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import { type GpuRows, SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";
import { disposeLater } from "./dispose-later.ts";

export { type Layout, onGpu } from "../../bench/conformance/gpu-rows.ts";

/** Requests a device as a caller would; it is destroyed after the tests of the file. */
export async function callersDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("no adapter");
  const device = await adapter.requestDevice();
  afterAll(() => device.destroy());
  return device;
}

/**
 * Requests a device for the tests of a file, none of which may leave an error that no scope has caught, and makes models
 * on it.
 */
export async function modelsOnDevice() {
  const device = await callersDevice();
  const reported: string[] = [];
  device.addEventListener("uncapturederror", ({ error }) => reported.push(error.message));
  afterEach(async () => {
    vi.restoreAllMocks();
    await device.queue.onSubmittedWorkDone();
    expect(reported.splice(0)).toEqual([]);
  });
  const modelWith = (options: SoftmaxRegressionOptions = {}) =>
    disposeLater(new SoftmaxRegression({ device, ...options }));
  return { device, modelWith };
}

/** Returns a matrix of the same values as halves; Float16Array must be there. */
export function asHalves(x: Matrix): Matrix {
  const halves = (globalThis as { Float16Array?: { from(values: ArrayLike<number>): Float16Data } })
    .Float16Array;
  if (!halves) throw new Error("this engine has no Float16Array");
  return { data: halves.from(x.data), rows: x.rows, cols: x.cols };
}

/** Three classes that overlap; features of several sizes. */
export function problemOf(rows: number, cols: number, seed = 1) {
  const random = createRandom(seed);
  const centres = Float64Array.from({ length: 3 * cols }, () => random.normal());
  const y = Uint32Array.from({ length: rows }, () => random.integer(3));
  const data = Float32Array.from({ length: rows * cols }, (_, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    return (1 + (j % 3)) * (centres[y[i] * cols + j] + 1.5 * random.normal());
  });
  return { x: { data, rows, cols }, y };
}

/** Steps whose bits do not depend on measured times or on sums over all rows. */
export const SGD: SoftmaxRegressionOptions = {
  solver: "sgd",
  epochs: 3,
  batchSize: 32,
  learningRate: 0.05,
  tuning: "off",
};

/** Cuts rows into pieces, each in a buffer of its own. */
export function inPieces(
  device: GPUDevice,
  x: Matrix,
  sizes: readonly number[],
  layout: Layout = {},
): GpuRows[] {
  let first = 0;
  return sizes.map((rows) => {
    const data = x.data.subarray(first * x.cols, (first + rows) * x.cols);
    first += rows;
    return onGpu(device, { data, rows, cols: x.cols }, layout);
  });
}
