/**
 * A strict reader and writer of the safetensors container: eight bytes with the length of the header, the header as
 * JSON, then the tensors without gaps. It knows nothing of models.
 * Format: https://huggingface.co/docs/safetensors/index#format
 */
import { checkForeign } from "../data/foreign-file.ts";
import { FormatError } from "../errors.ts";
import { checkBytes, concat, decodeUtf8, show, viewOf } from "./bytes.ts";
import { type JsonObject, type JsonValue, parseJson } from "./json.ts";
import { objectOf } from "./json-fields.ts";
import { checkCover, type Dtype, ELEMENT_BYTES, readEntry } from "./safetensors-entries.ts";

/** An array of any rank: its elements little-endian, the last index fastest. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** What a file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = "__metadata__";
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;

/** The longest header the format allows. */
const MAX_HEADER_BYTES = 100_000_000;

/** How a caller calls a file in errors, and how long a header it takes. */
export interface SafetensorsOptions {
  readonly argument?: string;
  /** At most, and by default, the format's own 100 MB. */
  readonly maxHeaderBytes?: number;
}

/**
 * Reads a whole file. The tensors' bytes are views of `bytes`, not copies, and may be unaligned. Space before the
 * header's first bracket is skipped, as the reference implementation does.
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
 * Writes a file, the widest elements first so that all are aligned, and equal ones by name.
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
      ELEMENT_BYTES[right.dtype] - ELEMENT_BYTES[left.dtype] || Number(a > b) - Number(a < b),
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
  // A file that cannot be read must not be written, and the reader knows best what can.
  await readSafetensors(file, options);
  return file;
}

/** The length and the header, padded with spaces so that the tensors begin aligned. */
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
