/** Opens the rows X of a call, in any of their forms. */
import { loaded } from "../loaded.ts";
import { type GivenMatrix, openMatrix } from "./given-matrix.ts";
import { type DeviceRows, isGpuRows } from "./gpu-rows.ts";
import type { RowForm, Rows, RowsLike } from "./rows.ts";
import { isSparseRows } from "./sparse-matrix.ts";

/** Rows whose form is checked. */
export interface GivenX extends Pick<GivenMatrix, "rows" | "cols"> {
  readonly form: RowForm;
  /** The rows, if they lie on a GPU; else null. */
  readonly onDevice: DeviceRows | null;
  /** Returns the rows: those in memory as a matrix. @throws as {@link GivenMatrix.convert} and {@link SparseRows} say */
  convert(signal?: AbortSignal): Promise<Rows>;
}

/** Opens rows. @throws ShapeError, DataError, LimitError as {@link openMatrix}, SparseRows and GpuRows say */
export async function openX(value: RowsLike, argument: string): Promise<GivenX> {
  if (isSparseRows(value)) {
    const { openSparse } = await loaded(import("./given-sparse.ts"), "sparse rows");
    return { ...openSparse(value, argument), form: "sparse", onDevice: null };
  }
  if (!isGpuRows(value)) return { ...openMatrix(value, argument), form: "dense", onDevice: null };
  const { openGpuRows } = await loaded(import("./open-gpu-rows.ts"), "rows on the GPU");
  const onDevice = openGpuRows(value, argument);
  const { rows, cols } = onDevice;
  return { rows, cols, form: "on a GPU", onDevice, convert: async () => onDevice };
}
