/** Matrices: what is taken, what is refused and in which words, and the scan that every value passes. */
import { describe, expect, test } from "vitest";
import {
  elementScale,
  isByteData,
  MAX_ELEMENTS,
  type Matrix,
  type MatrixData,
  type MatrixLike,
  toMatrix,
} from "../../src/data/matrix.ts";
import { scanRows } from "../../src/data/scan.ts";

/** Elements that the scan looks at between two pauses. */
const PIECE = 2 ** 20;
const MAX_FLOAT32 = 3.4028234663852886e38;

const TYPES = [
  Float32Array,
  Float64Array,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const;

/** An error of this library: its class, the argument it is about, and what it says. */
function refusal(name: string, argument: string, words: string) {
  return expect.objectContaining({
    name,
    argument,
    message: expect.stringMatching(new RegExp(`^${RegExp.escape?.(argument) ?? escape(argument)}: .*`)),
    words,
  });
}
