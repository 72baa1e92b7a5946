/** The entries of a safetensors header: one tensor each, its type, its shape and where its bytes are. */
import { FormatError } from "../errors.ts";
import { countOf, show, sizeOf } from "./bytes.ts";
import type { JsonValue } from "./json.ts";
import { arrayOf, checkFields, objectOf } from "./json-fields.ts";

/** Bytes of an element by its name in the header. Types of less than a byte are not supported. */
export const ELEMENT_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
} as const;

/** An element type. */
export type Dtype = keyof typeof ELEMENT_BYTES;

/** A tensor as its entry declares it; `begin` and `end` count from where the tensors begin. */
export interface Range {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads one entry. Elements may lie at any byte: early writers did not align them.
 *
 * @throws FormatError  an unknown dtype or field, a shape that overflows or does not fit its bytes
 */
export function readEntry(name: string, value: JsonValue, argument: string): Range {
  // Other readers refuse half a surrogate pair, which JSON can escape and UTF-8 cannot hold.
  if (/\p{Surrogate}/u.test(name)) throw new FormatError(argument, "a name that is not well-formed Unicode");
  const entry = objectOf(value, argument);
  checkFields(entry, argument, ["dtype", "shape", "data_offsets"]);
  const dtype = dtypeOf(entry.dtype, `${argument}.dtype`);
  const shape = arrayOf(entry.shape, `${argument}.shape`) as readonly number[];
  const expected = countOf([...shape, ELEMENT_BYTES[dtype]], `${argument}.shape`);
  const [begin, end] = readOffsets(entry.data_offsets, `${argument}.data_offsets`);
  if (end - begin !== expected) {
    throw new FormatError(
      `${argument}.shape`,
      `asks for ${expected} bytes of ${dtype}, data_offsets for ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function readOffsets(value: JsonValue, argument: string): readonly [begin: number, end: number] {
  const offsets = arrayOf(value, argument).map((offset) => sizeOf(offset, argument));
  const [begin, end] = offsets;
  if (offsets.length === 2 && begin <= end) return [begin, end];
  throw new FormatError(argument, "expected where the bytes begin and where they end");
}

function dtypeOf(value: JsonValue, argument: string): Dtype {
  if (typeof value === "string" && Object.hasOwn(ELEMENT_BYTES, value)) return value as Dtype;
  throw new FormatError(
    argument,
    `expected one of ${Object.keys(ELEMENT_BYTES).join(", ")}, got ${show(value)}`,
  );
}

/** Checks that the ranges, in their order in the file, cover all of it once. @throws FormatError */
export function checkCover(ranges: readonly Range[], length: number, argument: string): void {
  let at = 0;
  for (const { name, begin, end } of ranges.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      const problem = begin < at ? "overlaps" : "leaves a gap after";
      throw new FormatError(
        `${argument}.${name.slice(0, 40)}.data_offsets`,
        `begins at ${begin}, which ${problem} the tensor that ends at ${at}`,
      );
    }
    at = end;
  }
  if (at === length) return;
  const problem = at > length ? "truncated" : "trailing bytes";
  throw new FormatError(argument, `${problem}: expected ${at} bytes of tensors, found ${length}`);
}
