/** Float64 arrays as little-endian bytes and back, whatever the byte order and alignment of this machine. */
import { viewOf } from "./bytes.ts";

/** Whether every value survives float32 bit for bit. */
export function isExactInFloat32(values: Float64Array): boolean {
  return values.every((value) => Object.is(Math.fround(value), value));
}

/** `[n]` values as 4·n bytes, each rounded to float32. */
export function toFloat32Bytes(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length);
  const view = viewOf(bytes);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

/** `[n]` values as 8·n bytes. */
export function toFloat64Bytes(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * values.length);
  const view = viewOf(bytes);
  for (let i = 0; i < values.length; i++) view.setFloat64(8 * i, values[i], true);
  return bytes;
}

/** 4·n bytes as `[n]` values. */
export function fromFloat32Bytes(bytes: Uint8Array): Float64Array {
  const view = viewOf(bytes);
  return new Float64Array(bytes.length / 4).map((_, i) => view.getFloat32(4 * i, true));
}

/** 8·n bytes as `[n]` values. */
export function fromFloat64Bytes(bytes: Uint8Array): Float64Array {
  const view = viewOf(bytes);
  return new Float64Array(bytes.length / 8).map((_, i) => view.getFloat64(8 * i, true));
}
