/** Rows that lie on a GPU, for a call: whether its options allow for them, and whether their values can be used. */
import type { Backend, RowsOnDevice, RunOptions } from "../backends/backend.ts";
import type { GivenX } from "../data/given-x.ts";
import type { DeviceRows } from "../data/gpu-rows.ts";
import { describe } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";
import { MAX_FLOAT32 } from "../data/row-reader.ts";
import { DataError, OptionError } from "../errors.ts";
import type { ResolvedOptions } from "../options.ts";

/** Norms looked at between two pauses. */
const PIECE = 2 ** 20;

/**
 * Checks that sparse rows, and rows on a GPU, suit the options; does nothing for dense rows in memory.
 *
 * @throws DataError   the option `device` is no GPUDevice, and rows lie on one
 * @throws OptionError another storage than the one that the rows have
 */
export function requirePlace(
  { onDevice, form }: GivenX,
  { device, storage }: Pick<ResolvedOptions, "device" | "storage">,
): void {
  if (form === "sparse" && storage !== "auto" && storage !== "f32")
    throw new OptionError(
      "storage",
      `sparse rows are stored as "f32", got "${storage}"; leave the option out, or pass dense rows`,
    );
  if (!onDevice) return;
  if (typeof device !== "object")
    throw elsewhere(onDevice.argument, `the option device is ${describe(device)}`);
  if (storage !== "auto" && storage !== onDevice.dtype)
    throw new OptionError(
      "storage",
      `rows on a GPU stay as they are, "${onDevice.dtype}", got "${storage}"; leave the option out, or pass arrays`,
    );
}

/** Returns what a backend does with rows on its device. @throws DataError a device without buffers of the caller's */
export async function rowsOnDeviceOf(backend: Backend, { argument }: DeviceRows): Promise<RowsOnDevice> {
  const found = await backend.rowsOnDevice();
  if (found) return found;
  throw elsewhere(argument, `the model runs on ${backend.info.name}`);
}

function elsewhere(argument: string, what: string): DataError {
  return new DataError(
    argument,
    `rows on a GPU are used on the device that they lie on, and ${what}; write new SoftmaxRegression({ device: yourDevice })`,
  );
}

/**
 * Looks at every value, on the device; gives max_i ‖x_i‖² of the rows that count, at most the largest float32.
 *
 * @param weights s_i of each row, `[N]`. Default: every row counts
 * @throws DataError naming the first row that counts and holds NaN or an infinity; buffers the device does not take
 */
export async function checkOnDevice(
  x: DeviceRows,
  weights: Float32Array | undefined,
  backend: Backend,
  run: RunOptions,
): Promise<number> {
  const norms = await (await rowsOnDeviceOf(backend, x)).squaredNorms(x, undefined, run);
  let longest = 0;
  const look = (first: number, end: number) => {
    for (let i = first; i < end; i++) {
      if (weights?.[i] === 0) continue;
      if (Number.isNaN(norms[i]))
        throw new DataError(x.argument, `expected finite values, row ${i} holds NaN or an infinity`);
      if (norms[i] > longest) longest = norms[i];
    }
  };
  await inPieces(norms.length, look, PIECE, run.signal);
  return Math.min(longest, MAX_FLOAT32);
}
