/**
 * Rows in a caller's buffers, as ranges that a kernel can be given: a binding begins at an aligned offset, and is not
 * longer than the device allows. Pure host arithmetic.
 */
import { type DeviceRows, type GpuPiece, rowBytesOf } from "../../data/gpu-rows.ts";
import { LimitError } from "../../errors.ts";
import type { RowRange } from "./chunks.ts";

/** Bindings are whole words, and those of vectors whole vectors. */
const WORD = 4;
const VECTOR = 16;

/** Bytes from which each of several pieces is used in place: fewer would cut every batch into many small segments. */
const LARGE_PIECE = 2 ** 26;

/** What a device says of bindings, bytes. */
export interface BindingLimits {
  /** Multiple of which an offset must be. */
  readonly alignment: number;
  readonly most: number;
}

/** Consecutive rows within one binding. */
export interface RowWindow extends RowRange {
  readonly binding: { readonly buffer: GPUBuffer; readonly offset: number; readonly size: number };
  /** Elements of the binding before the first row, and from row to row. */
  readonly start: number;
  readonly stride: number;
}

/** Consecutive rows that kernels can read where they lie. */
export interface RowsInPlace extends RowRange {
  readonly binding: { readonly buffer: GPUBuffer; readonly offset: number; readonly size: number };
}

/**
 * Cuts rows into windows.
 *
 * @param range      the rows; default: all
 * @param mostRows   most rows of a window; default: as many as a binding takes
 * @throws LimitError a single row larger than a binding
 */
export function* windowsOf(
  x: DeviceRows,
  limits: BindingLimits,
  range: RowRange = { first: 0, rows: x.rows },
  mostRows: number = Infinity,
): Generator<RowWindow> {
  const end = range.first + range.rows;
  for (const piece of x.pieces) {
    const pieceEnd = Math.min(end, piece.first + piece.rows);
    const atOnce = Math.min(mostRows, rowsOfBinding(x, piece, limits));
    for (let first = Math.max(piece.first, range.first); first < pieceEnd; first += atOnce)
      yield windowAt(x, piece, { first, rows: Math.min(atOnce, pieceEnd - first) }, limits);
  }
}

/** Returns the most rows of a piece that a binding takes, wherever they begin. @throws LimitError */
function rowsOfBinding(x: DeviceRows, { stride }: GpuPiece, { alignment, most }: BindingLimits): number {
  const rowBytes = rowBytesOf(x);
  const room = most - alignment - WORD - rowBytes;
  if (room >= 0) return 1 + Math.floor(room / stride);
  throw new LimitError(
    x.argument,
    `a row of ${rowBytes} bytes given, this device allows ${most} in a binding`,
  );
}

function windowAt(x: DeviceRows, piece: GpuPiece, range: RowRange, { alignment }: BindingLimits): RowWindow {
  const { buffer, stride } = piece;
  const rowBytes = rowBytesOf(x);
  const elementBytes = rowBytes / x.cols;
  const begin = piece.offset + (range.first - piece.first) * stride;
  const end = begin + (range.rows - 1) * stride + rowBytes;
  const offset = begin - (begin % alignment);
  return {
    ...range,
    binding: { buffer, offset, size: Math.ceil((end - offset) / WORD) * WORD },
    start: (begin - offset) / elementBytes,
    stride: stride / elementBytes,
  };
}

/**
 * Cuts rows into ranges that kernels can read where they lie; null if they cannot, or if the pieces are so many that
 * one copy is better.
 *
 * @param targetBytes bytes of a row's target, which is in a buffer of its own
 */
export function rowsInPlace(x: DeviceRows, limits: BindingLimits, targetBytes: number): RowsInPlace[] | null {
  const rowBytes = rowBytesOf(x);
  const isFew = x.pieces.length === 1 || x.pieces.every(({ rows }) => rows * rowBytes >= LARGE_PIECE);
  if (!isFew || x.cols % 4 !== 0) return null;
  const ranges: RowsInPlace[] = [];
  for (const piece of x.pieces) {
    const atOnce = alignedRows(piece.rows, Math.max(rowBytes, targetBytes), rowBytes, limits);
    if (piece.stride !== rowBytes || piece.offset % limits.alignment !== 0 || atOnce === 0) return null;
    for (let done = 0; done < piece.rows; done += atOnce) {
      const rows = Math.min(atOnce, piece.rows - done);
      const offset = piece.offset + done * rowBytes;
      const size = Math.ceil((rows * rowBytes) / VECTOR) * VECTOR;
      if (offset + size > piece.buffer.size) return null;
      ranges.push({ first: piece.first + done, rows, binding: { buffer: piece.buffer, offset, size } });
    }
  }
  return ranges;
}

/** Returns how many rows a binding takes so that the next ones begin at an aligned offset, too; 0 if none. */
function alignedRows(
  rows: number,
  mostRowBytes: number,
  rowBytes: number,
  { alignment, most }: BindingLimits,
): number {
  const fitting = Math.floor(most / mostRowBytes);
  if (fitting >= rows) return rows;
  const step = alignment / greatestCommonDivisor(alignment, rowBytes);
  return fitting - (fitting % step);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
