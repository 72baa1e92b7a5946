/** Candidates among rows that lie on a GPU: leverages are computed there, and drawn rows are copied there. */
import type { Scaling } from "../backends/backend.ts";
import type { DeviceRows } from "../data/gpu-rows.ts";
import type { Matrix } from "../data/matrix.ts";
import { rowsOnDeviceOf } from "../model/device-rows.ts";
import { DEVIATIONS, MAX_LEVERAGE, type Pool } from "./candidate-pool.ts";
import { meanSquaresOf } from "./candidates-in-memory.ts";
import type { FitSession } from "./session.ts";

/** Measures the leverages of all rows. */
export async function poolOnDevice(
  { problem, backend }: FitSession,
  x: DeviceRows,
  penalties: Float64Array,
): Promise<Pool> {
  const { conditioning, seen: sample, options, signal } = problem;
  const device = await rowsOnDeviceOf(backend, x);
  const squares = conditioning
    ? new Float64Array(x.cols).fill(1)
    : meanSquaresOf(sample.matrix as Matrix, options.seed);
  const columns = {
    mean: conditioning?.mean ?? new Float64Array(x.cols),
    scale: squares.map((square, j) => (conditioning?.scale[j] ?? 1) * Math.sqrt(square + 2 * penalties[j])),
  };
  const norms = await device.squaredNorms(x, columns, { signal });
  // A row that does not count may hold NaN.
  const leverages = Float64Array.from(norms, (norm) => Math.min(1 + (norm || 0), MAX_LEVERAGE));
  const scaling: Scaling | undefined = conditioning && { ...conditioning, limit: DEVIATIONS };
  return {
    seen: Uint32Array.from(norms.keys()),
    leverages,
    take: async (indices) => ({
      place: () => device.copyRows(x, indices, scaling, { signal }),
      squares,
    }),
  };
}
