/** Opens the rows X of a call, which lie in memory or on a GPU. */
import { loaded } from "../loaded.ts";
import { type GivenMatrix, openMatrix } from "./given-matrix.ts";
import { type DeviceRows, isGpuRows, type Rows, type RowsLike } from "./gpu-rows.ts";

/** Rows whose form is checked. */
export interface GivenX extends Pick<GivenMatrix, "rows" | "cols"> {
  /** The rows, if they lie on a GPU; else null. */
  readonly onDevice: DeviceRows | null;
  /** Returns the rows: those in memory as a matrix. @throws as {@link GivenMatrix.convert} */
  convert(signal?: AbortSignal): Promise<Rows>;
}

/** Opens rows. @throws ShapeError, DataError, LimitError as {@link openMatrix} and {@link GpuRows} say */
export async function openX(value: RowsLike, argument: string): Promise<GivenX> {
  if (!isGpuRows(value)) return { ...openMatrix(value, argument), onDevice: null };
  const { openGpuRows } = await loaded(import("./open-gpu-rows.ts"), "rows on the GPU");
  const onDevice = openGpuRows(value, argument);
  const { rows, cols } = onDevice;
  return { rows, cols, onDevice, convert: async () => onDevice };
}
