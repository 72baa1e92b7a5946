/**
 * Reads and writes the safetensors container strictly: eight bytes with the length of the header, the header as JSON,
 * then the tensors without gaps. Knows nothing of models.
 * Format: https://huggingface.co/docs/safetensors/index#format
 */
import { checkForeign } from "../data/foreign-file.ts";
import { FormatError } from "../errors.ts";
import { checkBytes, concat, countOf, decodeUtf8, show, sizeOf, viewOf } from "./bytes.ts";
import { type JsonObject, type JsonValue, parseJson } from "./json.ts";
import { arrayOf, checkFields, objectOf } from "./json-fields.ts";

/**
 * Number of bytes of an element, by the name of its type in the header. Types of less than a byte are not supported.
 */
export const DTYPE_BYTES = {
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
export type Dtype = keyof typeof DTYPE_BYTES;

/** An array of any rank: elements are little-endian, and the last index changes fastest. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Content of a file. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = "__metadata__";
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;

/** Longest header that the format allows. */
const MAX_HEADER_BYTES = 100_000_000;

/** Options for reading and writing a file. */
export interface SafetensorsOptions {
  /** Name of the file in errors. Default: `"safetensors"`. */
  readonly argument?: string;
  /** Longest header accepted. Default, and most: 100 MB, the limit of the format. */
  readonly maxHeaderBytes?: number;
}

/** A tensor as its entry in the header declares it. `begin` and `end` count from the first byte of all tensors. */
interface Range {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a whole file. The tensors' bytes are views of `bytes`, not copies, and may be unaligned. Space before the
 * header's first bracket is skipped, as in the reference implementation.
 *
 * @throws FormatError  a header longer than the file or the limit, not UTF-8, or not the JSON that {@link parseJson}
 *                      reads; an unknown dtype or field; shapes that overflow or do not fit their bytes; bytes that
 *                      overlap, leave gaps, are missing or left over; metadata that are not strings
 */
export async function readSafetensors(
  bytes: Uint8Array,
  options: SafetensorsOptions = {},
): Promise<Safetensors> {
  const { argument = "safetensors", maxHeaderBytes = MAX_HEADER_BYTES } = options;
  checkBytes(bytes, argument);
  checkForeign(bytes, argument);
  const start = LENGTH_BYTES + headerLength(bytes, argument, maxHeaderBytes);
  const text = decodeUtf8(bytes.subarray(LENGTH_BYTES, start), `${argument}.header`);
  if (!/^[ \t\n\r]*\{/.test(text))
    throw new FormatError(`${argument}.header`, "expected { as its first character");
  const { [METADATA]: metadata = {}, ...entries } = objectOf(await parseJson(text, argument), argument);
  const ranges = Object.entries(entries).map(([name, entry]) =>
    readEntry(name, entry, `${argument}.${name.slice(0, 40)}`),
  );
  checkCover(ranges, bytes.length - start, argument);
  const tensors = ranges.map(({ name, dtype, shape, begin, end }): [string, Tensor] => [
    name,
    { dtype, shape, bytes: bytes.subarray(start + begin, start + end) },
  ]);
  return { tensors: new Map(tensors), metadata: readMetadata(metadata, `${argument}.${METADATA}`) };
}

/**
 * Writes a file. Tensors with the widest elements come first, so that all are aligned; equally wide ones by name.
 *
 * @throws FormatError  bytes that do not fit their shape, a name that is not well-formed Unicode or that
 *                      {@link readSafetensors} would refuse, a header beyond the limit
 */
export async function writeSafetensors(
  { tensors, metadata }: Safetensors,
  options: SafetensorsOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const sorted = [...tensors].sort(
    ([a, left], [b, right]) =>
      DTYPE_BYTES[right.dtype] - DTYPE_BYTES[left.dtype] || Number(a > b) - Number(a < b),
  );
  const entries: [string, JsonValue][] = [[METADATA, metadata]];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of sorted) {
    const begin = end;
    end += bytes.length;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const header = encodeHeader(entries);
  const file = await concat([header, ...sorted.map(([, { bytes }]) => bytes)]);
  // Never return a file that cannot be read: the reader is the check.
  await readSafetensors(file, options);
  return file;
}

/** Encodes length and header, padded with spaces so that the tensors begin aligned. */
function encodeHeader(entries: readonly [string, JsonValue][]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(LENGTH_BYTES + padded).fill(0x20);
  viewOf(header).setBigUint64(0, BigInt(padded), true);
  header.set(text, LENGTH_BYTES);
  return header;
}

function headerLength(bytes: Uint8Array, argument: string, most: number): number {
  const field = `${argument}.header`;
  if (bytes.length < LENGTH_BYTES) {
    throw new FormatError(
      field,
      `truncated: expected ${LENGTH_BYTES} bytes of length, found ${bytes.length}`,
    );
  }
  const length = viewOf(bytes).getBigUint64(0, true);
  if (length > most) {
    throw new FormatError(field, `declares ${length} bytes of header, at most ${most} are read`);
  }
  const found = bytes.length - LENGTH_BYTES;
  if (length > found) {
    throw new FormatError(field, `truncated: expected ${length} bytes of header, found ${found}`);
  }
  return Number(length);
}

function readMetadata(value: JsonValue, argument: string): Record<string, string> {
  const metadata: JsonObject = objectOf(value, argument);
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text === "string") continue;
    throw new FormatError(`${argument}.${key.slice(0, 40)}`, `expected a string, got ${show(text)}`);
  }
  return metadata as Record<string, string>;
}

/**
 * Reads one entry of the header. Elements may begin at any byte, since early writers did not align them.
 *
 * @throws FormatError  an unknown dtype or field, a shape that overflows or does not fit its bytes
 */
function readEntry(name: string, value: JsonValue, argument: string): Range {
  // Refuse half a surrogate pair, as other readers do: JSON can escape it, but UTF-8 cannot encode it.
  if (/\p{Surrogate}/u.test(name)) throw new FormatError(argument, "a name that is not well-formed Unicode");
  const entry = objectOf(value, argument);
  checkFields(entry, argument, ["dtype", "shape", "data_offsets"]);
  const dtype = dtypeOf(entry.dtype, `${argument}.dtype`);
  const shape = arrayOf(entry.shape, `${argument}.shape`) as readonly number[];
  const expected = countOf([...shape, DTYPE_BYTES[dtype]], `${argument}.shape`);
  const [begin, end] = readOffsets(entry.data_offsets, `${argument}.data_offsets`);
  if (end - begin !== expected) {
    throw new FormatError(
      `${argument}.shape`,
      `needs ${expected} bytes of ${dtype}, but data_offsets cover ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function readOffsets(value: JsonValue, argument: string): readonly [begin: number, end: number] {
  const offsets = arrayOf(value, argument).map((offset) => sizeOf(offset, argument));
  const [begin, end] = offsets;
  if (offsets.length === 2 && begin <= end) return [begin, end];
  throw new FormatError(argument, "expected [begin, end], with begin ≤ end");
}

function dtypeOf(value: JsonValue, argument: string): Dtype {
  if (typeof value === "string" && Object.hasOwn(DTYPE_BYTES, value)) return value as Dtype;
  throw new FormatError(
    argument,
    `expected one of ${Object.keys(DTYPE_BYTES).join(", ")}, got ${show(value)}`,
  );
}

/** Checks that the tensors cover all bytes of the file without gaps and overlaps. @throws FormatError */
function checkCover(ranges: readonly Range[], length: number, argument: string): void {
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
