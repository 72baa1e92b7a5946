/**
 * Rows of a fit that the host looks at: all of them if they lie in memory; a sample, read back, if they lie on a GPU.
 * Curvature, spread and mean squares of columns are estimated from these.
 */
import type { BackendOwner } from "../backends/backend-owner.ts";
import { createRandom } from "../data/random.ts";
import { sampleRows } from "../data/row-reader.ts";
import { isOnDevice, type RowsInMemory } from "../data/rows.ts";
import { rowsOnDeviceOf } from "../model/device-rows.ts";
import type { LabelledRows } from "../model/labelled-rows.ts";

/** Rows that are read back; fewer if there are so many features that these take more cells. */
const SAMPLE = { most: 1024, least: 64, cells: 2 ** 22 };

/** Rows in memory. */
export interface SeenRows {
  readonly matrix: RowsInMemory;
  /** The index of each among all rows; null if these are all. */
  readonly indices: Uint32Array | null;
}

/** Returns the weights s of the rows that are seen, from those of all rows; undefined if all are 1. */
export function weightsOfSeen(
  { indices }: SeenRows,
  weights: Float32Array | undefined,
): Float32Array | undefined {
  return indices && weights ? Float32Array.from(indices, (row) => weights[row]) : weights;
}

/** Returns all rows, or a sample of those that count. @throws DeviceError; the signal's reason */
export async function seenRows(
  { matrix, weights }: LabelledRows,
  backend: BackendOwner,
  seed: number,
  signal: AbortSignal,
): Promise<SeenRows> {
  if (!isOnDevice(matrix)) return { matrix, indices: null };
  const { rows, cols } = matrix;
  const most = Math.min(SAMPLE.most, Math.max(SAMPLE.least, Math.floor(SAMPLE.cells / cols)));
  const indices = Uint32Array.from(sampleRows(rows, most, weights, createRandom(seed))).sort();
  const read = await backend.use(
    async (opened) => (await rowsOnDeviceOf(opened, matrix)).read(matrix, indices, { signal }),
    signal,
  );
  return { matrix: read, indices };
}
