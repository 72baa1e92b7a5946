/** Helpers for the tests of formats: models, files built byte by byte, and expected refusals. */
import fc from "fast-check";
import { expect } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** Values that a careless writer changes: signed zeros, subnormals, the limits of float32. All are exact in float32. */
const EDGES_32 = [-0, 0, 2 ** -149, -(2 ** -127), 2 ** 127 * (2 - 2 ** -23), -1.5];

/** Such values of float64; only the first is exact in float32. */
const EDGES_64 = [-0, 5e-324, -(2 ** -1060), 0.1, Number.MAX_VALUE, Math.PI];

export const plainModel: SavedModel = {
  features: 3,
  classes: [0, 7],
  weights: Float64Array.from(EDGES_32),
  bias: Float64Array.of(-0, 0.5),
  standardization: null,
  temperature: 1,
  options: {},
  progress: null,
};

/** A model with every part that a model may have. */
export const fullModel: SavedModel = {
  features: 2,
  classes: ["", "naïve café", '\u{1f600} "quoted" \\ \n\u0000'],
  weights: Float64Array.from(EDGES_64),
  bias: Float64Array.of(0.1, -0, 2 ** -149),
  standardization: { mean: Float64Array.of(-0, 1 / 3), scale: Float64Array.of(5e-324, 1e300) },
  temperature: 1.7,
  options: { l2: 1e-4, rate: "auto", nested: { list: [1, [null, true, -0]], empty: [], none: {} } },
  progress: {
    state: { epoch: 3, history: [0.1, 0.2] },
    tensors: { velocity: Float64Array.from(EDGES_64), "": new Float64Array(), "2": Float64Array.of(1) },
  },
};

/** Models that test different parts of a format. */
export const models: readonly (readonly [string, SavedModel])[] = [
  ["numbers as classes, float32 weights, the least there can be", plainModel],
  ["strings as classes, float64 weights, every part", fullModel],
  [
    "one feature",
    { ...plainModel, features: 1, weights: Float64Array.of(1e-45, -2), classes: [3, 4_000_000_000] },
  ],
  [
    "classes of one surrogate each, which UTF-8 cannot hold",
    { ...plainModel, classes: ["\ud800", "\udc00"] },
  ],
  ["progress without tensors", { ...plainModel, progress: { state: null, tensors: {} } }],
];

/** Expects equality bit for bit: `toEqual` distinguishes −0 from 0 and a Float64Array from a list. */
export function expectSameModel(actual: SavedModel, expected: SavedModel): void {
  expect(actual).toEqual(expected);
}

/** Expects a call to throw, or to reject with, a FormatError about `argument` for the `reason`. */
export async function expectFormatError(
  call: () => unknown,
  argument: string | RegExp,
  reason: RegExp,
): Promise<void> {
  let error: unknown;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  expect(error, `a refusal of ${argument}`).toBeInstanceOf(FormatError);
  expect((error as FormatError).message).toMatch(reason);
  const found = (error as FormatError).argument;
  if (typeof argument === "string") expect(found).toBe(argument);
  else expect(found).toMatch(argument);
}

/** Returns the processor time of this process in ms, which does not grow when the machine is busy. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Yields every beginning of `bytes`, except the whole. */
export function* truncations(bytes: Uint8Array): Generator<Bytes> {
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
}

export function join(...parts: readonly ArrayLike<number>[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Builds a safetensors file with any header text and bytes, padded as the format requires. */
export function safetensorsFile(header: string | object, body: Uint8Array = new Uint8Array()): Bytes {
  const text = utf8(typeof header === "string" ? header : JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  return join(uint64(padded), text, new Uint8Array(padded - text.length).fill(0x20), body);
}

export function uint64(value: number | bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

/** Encodes little-endian float64 numbers. */
export function float64s(...values: readonly number[]): Bytes {
  return new Uint8Array(new Float64Array(values).buffer);
}

/** Builds an NPY file with any header text, terminated and padded as NumPy does. */
export function npyFile(header: string, body: Uint8Array, [major, minor] = [1, 0]): Bytes {
  const lengthBytes = major === 1 ? 2 : 4;
  const text = utf8(header);
  const padding = 63 - ((8 + lengthBytes + text.length) % 64);
  const length = uint64(text.length + padding + 1).subarray(0, lengthBytes);
  const spaces = new Uint8Array(padding).fill(0x20);
  return join([0x93], utf8("NUMPY"), [major, minor], length, text, spaces, [0x0a], body);
}

/** Returns the header that NumPy writes for a plain array. */
export function npyHeader(descr: string, shape: readonly number[], fortran = false): string {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  return `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${sizes}), }`;
}

/** Generates files that differ from a valid one by a few bytes replaced, inserted, removed or repeated. */
export function damaged(valid: Uint8Array): fc.Arbitrary<Bytes> {
  const position = fc.nat({ max: valid.length - 1 });
  // Generate bytes that have a meaning in these formats more often than others.
  const byte = fc.oneof(
    fc.nat({ max: 255 }),
    fc.constantFrom(...utf8("{}[]\",:\\0129-+.eE \n()'<>|"), 0, 0xff),
  );
  const replacement = fc.record({ at: position, removed: fc.constant(1), added: fc.tuple(byte) });
  const edit = fc.oneof(
    replacement,
    fc.record({
      at: position,
      removed: fc.constant(0),
      added: fc.array(byte, { minLength: 1, maxLength: 8 }),
    }),
    fc.record({ at: position, removed: fc.integer({ min: 1, max: 8 }), added: fc.constant([]) }),
    fc
      .tuple(position, position, fc.integer({ min: 1, max: 40 }))
      .map(([at, from, length]) => ({ at, removed: 0, added: [...valid.subarray(from, from + length)] })),
  );
  // Single replacements keep lengths and offsets valid, and so pass more checks.
  return fc.oneof(fc.tuple(replacement), fc.array(edit, { minLength: 1, maxLength: 4 })).map((edits) => {
    const bytes = [...valid];
    for (const { at, removed, added } of edits) bytes.splice(at, removed, ...added);
    return Uint8Array.from(bytes);
  });
}
