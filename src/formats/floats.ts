/** Float64 arrays as little-endian bytes and back, whatever the byte order and alignment of this machine. */
import { viewOf } from "./bytes.ts";
import { inPieces } from "./pieces.ts";

/** Whether every value survives float32 bit for bit. */
export async function isExactInFloat32(values: Float64Array): Promise<boolean> {
  let isExact = true;
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end && isExact; i++) isExact = Object.is(Math.fround(values[i]), values[i]);
  });
  return isExact;
}

/** `[n]` values as 4·n bytes, each rounded to float32. */
export async function toFloat32Bytes(values: ArrayLike<number>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(4 * values.length);
  const view = viewOf(bytes);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) view.setFloat32(4 * i, values[i], true);
  });
  return bytes;
}

/** `[n]` values as 8·n bytes. */
export async function toFloat64Bytes(values: ArrayLike<number>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(8 * values.length);
  const view = viewOf(bytes);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) view.setFloat64(8 * i, values[i], true);
  });
  return bytes;
}

/** 4·n bytes as `[n]` values. */
export async function fromFloat32Bytes(bytes: Uint8Array): Promise<Float64Array> {
  const view = viewOf(bytes);
  const values = new Float64Array(bytes.length / 4);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) values[i] = view.getFloat32(4 * i, true);
  });
  return values;
}

/** 8·n bytes as `[n]` values. */
export async function fromFloat64Bytes(bytes: Uint8Array): Promise<Float64Array> {
  const view = viewOf(bytes);
  const values = new Float64Array(bytes.length / 8);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) values[i] = view.getFloat64(8 * i, true);
  });
  return values;
}
