/** What a gradient is checked on: rows, the point, and where in it to look. */

import type { DatasetSource } from "../../../../../src/backends/backend.ts";
import type { DeviceOption } from "../../../../../src/backends/open-backend.ts";
import { rowsOf, scaleOf } from "../../../../../src/data/matrix.ts";
import { createRandom, shuffle } from "../../../../../src/data/random.ts";
import type { Parameters } from "../../../../../src/objective.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import type { Point } from "../numbers/point.ts";

/** A gradient to check. */
export interface CheckBatch {
  readonly source: DatasetSource;
  /** Exact in float32, so that every device stands at the same point. */
  readonly parameters: Parameters;
  /** λ */
  readonly l2: number;
  /** Where the gradient on trial comes from. */
  readonly device: DeviceOption;
}

/** Rows of a batch, where one evaluation of the objective over them stays short. */
const ROWS = 32;

/** Products that one evaluation may take: a few milliseconds. */
const BUDGET = 2 ** 21;

/** Parameters that differences are taken of, at most. */
const SAMPLED = 200;

/** Validation rows from `row` on, or the last ones. */
export function checkBatch(
  { validation }: DemoDataset,
  row: number,
  { parameters, classes, standardization }: Point,
  { l2, labelSmoothing, device }: { l2: number; labelSmoothing: number; device: DeviceOption },
): CheckBatch {
  const rows = Math.max(1, Math.min(ROWS, validation.x.rows, Math.floor(BUDGET / parameters.weights.length)));
  const first = Math.min(row, validation.x.rows - rows);
  const labels = Uint32Array.from({ length: rows }, (_, i) => classes.indexOf(validation.y[first + i]));
  return {
    source: {
      x: rowsOf(validation.x, first, rows),
      targets: { kind: "labels", labels },
      labelSmoothing,
      standardization: standardization ?? undefined,
    },
    parameters: { weights: parameters.weights.map(Math.fround), bias: parameters.bias.map(Math.fround) },
    l2,
    device,
  };
}

/**
 * Positions of the parameters to take differences of, ascending, weights first: all of a few, else a seeded sample,
 * half of it without weights of features that are 0 in every row, since their gradient is 2λW alone.
 */
export function sampledParameters({ source: { x }, parameters }: CheckBatch): Uint32Array {
  const total = parameters.weights.length + parameters.bias.length;
  const all = Uint32Array.from({ length: total }, (_, at) => at);
  if (total <= SAMPLED) return all;
  shuffle(all, createRandom(0));
  const isLive = Array.from({ length: x.cols }, (_, j) => largestOfColumn(x, j) > 0);
  const chosen = new Set(all.subarray(0, SAMPLED / 2));
  for (const at of all) {
    if (chosen.size === SAMPLED) break;
    if (at >= parameters.weights.length || isLive[at % x.cols]) chosen.add(at);
  }
  return Uint32Array.from(chosen).sort();
}

/** max_i |x_ij| */
export function largestOfColumn(x: DatasetSource["x"], j: number): number {
  const { data, rows, cols } = x;
  let size = 0;
  for (let i = 0; i < rows; i++) size = Math.max(size, Math.abs(data[i * cols + j]));
  return size * scaleOf(x);
}
