/**
 * What callers give for a matrix, in every form that is plainly rows of numbers. A form is checked at once, in no time
 * that grows with the rows; numbers that must be converted are so later, once and piece by piece.
 */
import { DataError, LimitError, ShapeError } from "../errors.ts";
import { convertHalfBits, convertRows, type Row } from "./convert-rows.ts";
import { checkData, type Flat, flatOf, isFlat } from "./flat.ts";
import { isMatrixData, MAX_ELEMENTS, type Matrix, type MatrixLike } from "./matrix.ts";
import { instead, insteadOfRow } from "./refused-forms.ts";

/** A matrix whose form is checked, but for the rows behind the first. */
export interface GivenMatrix {
  readonly rows: number;
  readonly cols: number;
  /**
   * Returns the matrix itself. Typed data are taken as they are, arrays of rows are copied: into their own type if all
   * rows have the same, else into float64.
   *
   * @throws ShapeError, DataError rows of unequal length, or of something other than numbers
   * @throws LimitError more than this engine has in one piece; the signal's reason
   */
  convert(signal?: AbortSignal): Promise<Matrix>;
}

/**
 * Opens a matrix.
 *
 * @throws ShapeError  empty, not of two dimensions, or `rows × cols` that is not the length of `data`
 * @throws DataError   nothing that is plainly rows of numbers, naming what to write instead; an impossible scale
 * @throws LimitError  2³² elements or more
 */
export function openMatrix(value: MatrixLike, argument: string): GivenMatrix {
  if (Array.isArray(value)) return openRows(value, argument);
  if (isFlat(value)) return openFlat(value, flatOf(value, argument), argument);
  throw new DataError(
    argument,
    `expected { data, rows, cols }, { data, shape } or an array of rows, got ${instead(value, argument)}`,
  );
}

/** Opens and converts a matrix. @throws as both */
export async function toMatrix(value: MatrixLike, argument: string, signal?: AbortSignal): Promise<Matrix> {
  return openMatrix(value, argument).convert(signal);
}

/** Opens a matrix whose flat form is known. @throws as {@link openMatrix} */
export function openFlat(value: object, flat: Flat, argument: string): GivenMatrix {
  const [rows, cols] = twoOf(flat.sizes, argument);
  checkCount(rows, cols, argument);
  const { scale } = flat;
  const data = checkData(flat.data, rows, cols, argument);
  if (flat.areHalfBits) {
    const convert = async (signal?: AbortSignal) => ({
      data: await convertHalfBits(data, argument, signal),
      rows,
      cols,
      scale,
    });
    return { rows, cols, convert };
  }
  const isMatrix = "rows" in value && "cols" in value;
  const matrix = isMatrix ? (value as Matrix) : { data, rows, cols, scale };
  return { rows, cols, convert: async () => matrix };
}

function openRows(rows: readonly unknown[], argument: string): GivenMatrix {
  if (rows.length === 0) throw new ShapeError(argument, "expected at least one row, got none");
  const first = rows[0];
  if (!isRow(first)) {
    throw new DataError(argument, `expected an array of rows, row 0 is ${insteadOfRow(first, argument)}`);
  }
  const cols = first.length;
  if (cols === 0) throw new ShapeError(argument, "expected at least one column, row 0 is empty");
  checkCount(rows.length, cols, argument);
  return { rows: rows.length, cols, convert: (signal) => convertRows(rows, cols, argument, signal) };
}

/** Says whether a value is an array that may be a row, whatever it holds. */
export function isRow(value: unknown): value is Row {
  return Array.isArray(value) || isMatrixData(value);
}

function twoOf(sizes: readonly number[], argument: string): readonly [rows: number, cols: number] {
  const [rows, cols] = sizes;
  if (sizes.length === 2) return [rows, cols];
  const hint = sizes.length === 1 ? `; of one row it is [1, ${rows}]` : "";
  throw new ShapeError(
    `${argument}.shape`,
    `expected two dimensions, [rows, cols], got [${sizes.join(", ")}]${hint}`,
  );
}

function checkCount(rows: number, cols: number, argument: string): void {
  if (rows * cols <= MAX_ELEMENTS) return;
  throw new LimitError(argument, `${rows} × ${cols} elements given, at most ${MAX_ELEMENTS} can be indexed`);
}
