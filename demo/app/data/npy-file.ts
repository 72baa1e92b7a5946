/**
 * Reads an NPY file in pieces, plain or gzip: first its header, which announces its size, then its elements in blocks.
 * A file that does not fit in memory is refused after the header. `readNpy` of the library reads each block.
 */
import { type ByteReader, withSources } from "../../../src/data/byte-source.ts";
import { concat, countOf, viewOf } from "../../../src/formats/bytes.ts";
import { type NpyHeader, readNpy, readNpyHeader } from "../../../src/formats/npy.ts";
import { DataError, FormatError } from "../../../src/index.ts";
import { pause } from "../../../src/pause.ts";
import { GrowingFloats } from "./arrays.ts";
import { countedStream } from "./file-bytes.ts";
import type { NamedFile, OpenContext } from "./open-context.ts";
import { checkName, checkSize } from "./open-dataset.ts";

/** Content of a file of numbers, or of one string per row. */
export interface NpyContent {
  /** At least one size. */
  readonly shape: readonly number[];
  /** In C order, the last index fastest. One column may be labels and is exact; all others are finite float32. */
  readonly values: Float32Array<ArrayBuffer> | readonly number[] | readonly string[];
}

/** Magic number, version and length of the longest kind of header, and the longest header that is read. */
const START_BYTES = 12;
/** Length of magic number, version and header length in version 1. */
const FIRST_START = 10;
const MAX_HEADER_BYTES = 10_000;
/** Bytes that are converted at a time. */
const BLOCK_BYTES = 2 ** 17;
const CODE_POINT_BYTES = 4;

type Numbers = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;
type Elements = Numbers | Float32Array | Float64Array | readonly string[];

/** Types that memory and file store alike: every browser runs on little-endian machines. */
const AS_IN_MEMORY = new Map<string, new (buffer: ArrayBuffer) => Elements>([
  ["|u1", Uint8Array],
  ["|i1", Int8Array],
  ["<u2", Uint16Array],
  ["<i2", Int16Array],
  ["<u4", Uint32Array],
  ["<i4", Int32Array],
  ["<f4", Float32Array],
  ["<f8", Float64Array],
]);

/**
 * Reads a whole file.
 *
 * @throws FormatError what `readNpy` refuses: no NPY file, another element type, fewer or more bytes than announced
 * @throws LimitError  more elements, or longer strings, than this page takes
 * @throws DataError   strings that are not one for each row
 */
export async function readNpyFile(file: NamedFile, context: OpenContext): Promise<NpyContent> {
  // A response passes an abort on to the reader.
  const source = new Response(countedStream(file, context));
  try {
    return await withSources([[source, file.path]], async (reader) => {
      const header = await readHeader(reader);
      const values = await readValues(reader, header, file.file.size, context.signal);
      return { shape: header.shape, values };
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw error;
  }
}

async function readHeader(reader: ByteReader): Promise<NpyHeader> {
  const start = await reader.read(START_BYTES);
  const isFirstVersion = start[6] === 1;
  let missing = 0;
  if (start.length === START_BYTES) {
    const view = viewOf(start);
    const declared = isFirstVersion
      ? view.getUint16(8, true) + FIRST_START - START_BYTES
      : view.getUint32(8, true);
    missing = Math.min(declared, MAX_HEADER_BYTES);
  }
  const head = await concat([start, await reader.read(Math.max(0, missing))]);
  const header = await readNpyHeader(head, reader.argument);
  if (header.shape.length > 0) return header;
  throw new FormatError(`${reader.argument}.shape`, "it holds a single value, where rows or labels belong");
}

async function readValues(
  reader: ByteReader,
  header: NpyHeader,
  fileBytes: number,
  signal: AbortSignal,
): Promise<NpyContent["values"]> {
  const path = reader.argument;
  const { descr, shape, fortranOrder } = header;
  const bytes = await elementBytes(descr, path);
  const elements = countOf(shape, `${path}.shape`);
  checkSize(shape[0], elements / Math.max(1, shape[0]), Float32Array.BYTES_PER_ELEMENT, path);
  if (!isColumn(shape) && isOfStrings(descr)) {
    throw new DataError(path, "expected numbers for features, got strings");
  }
  const blocks = blocksOf(reader, descr, bytes, elements, signal);
  if (isColumn(shape)) {
    const column: (number | string)[] = [];
    for await (const block of blocks) for (const value of block) column.push(value);
    return column as number[] | string[];
  }
  const values = new GrowingFloats(elements, fileBytes >= elements * bytes);
  for await (const block of blocks) {
    const numbers = block as Numbers;
    checkFinite(numbers, values.length, shape, path, fortranOrder);
    values.add(numbers.length).set(numbers);
  }
  return fortranOrder ? transposed(values.values, shape, signal) : values.values;
}

/** Returns whether there is one element per row. */
export function isColumn(shape: readonly number[]): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1);
}

/** Checks elements that come after `before` others. @throws DataError one that is no number or too large */
export function checkFinite(
  values: ArrayLike<number>,
  before: number,
  shape: readonly number[],
  path: string,
  fortranOrder = false,
): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(Math.fround(values[i]))) continue;
    const cols = shape.slice(1).reduce((product, size) => product * size, 1);
    const at = before + i;
    const place = fortranOrder
      ? `row ${at % shape[0]} (from 0)`
      : `row ${Math.floor(at / cols)}, feature ${at % cols} (both from 0)`;
    throw new DataError(path, `${place} is ${values[i]}, which is no number to train on`);
  }
}

/** Yields the elements in the order of the file. @throws FormatError fewer or more bytes than there should be */
async function* blocksOf(
  reader: ByteReader,
  descr: string,
  bytes: number,
  elements: number,
  signal: AbortSignal,
): AsyncGenerator<Elements> {
  const most = Math.max(1, Math.floor(BLOCK_BYTES / bytes));
  const expected = `expected ${elements * bytes} bytes of elements`;
  for (let done = 0; done < elements; done += most) {
    const length = Math.min(most, elements - done);
    const block = await reader.read(length * bytes);
    if (block.length < length * bytes) {
      const found = done * bytes + block.length;
      throw new FormatError(`${reader.argument}.shape`, `truncated: ${expected}, found ${found}`);
    }
    const InMemory = AS_IN_MEMORY.get(descr);
    yield InMemory
      ? new InMemory(block.slice().buffer)
      : await elementsOf(block, descr, length, reader.argument);
    await pause(signal);
  }
  if (await reader.isAtEnd()) return;
  throw new FormatError(`${reader.argument}.shape`, `trailing bytes: ${expected}, and more follow`);
}

/** Reads elements of any type that the library knows. */
async function elementsOf(block: Uint8Array, descr: string, length: number, path: string): Promise<Elements> {
  const { values } = await readNpy(await concat([headerOf(descr, length), block]), path);
  return values;
}

/**
 * Returns the bytes of one element.
 *
 * @throws FormatError a type that is not read, LimitError strings too long for labels
 */
async function elementBytes(descr: string, path: string): Promise<number> {
  // Without elements, the reader checks only the type.
  await elementsOf(new Uint8Array(), descr, 0, path);
  const size = Number(/\d+$/.exec(descr)?.[0]);
  if (!isOfStrings(descr)) return size;
  checkName({ length: size }, "a label", path);
  return size * CODE_POINT_BYTES;
}

function isOfStrings(descr: string): boolean {
  return descr.includes("U");
}

/** Returns a header for elements of one dimension. */
function headerOf(descr: string, length: number): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${length},), }\n`;
  const bytes = new TextEncoder().encode(`${" ".repeat(FIRST_START)}${text}`);
  const size = bytes.length - FIRST_START;
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, size & 255, size >> 8]);
  return bytes;
}

/** Reorders values from Fortran order (first index fastest) to C order (last index fastest). */
async function transposed(
  values: Float32Array,
  [rows, ...sizes]: readonly number[],
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const offsets = fortranOffsets(rows, sizes);
  const inOrder = new Float32Array(values.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (const offset of offsets) inOrder[at++] = values[row + offset];
    await pause(signal);
  }
  return inOrder;
}

/** Returns the positions in Fortran order of the elements of row 0, listed in C order. */
function fortranOffsets(rows: number, sizes: readonly number[]): Float64Array {
  let offsets = Float64Array.of(0);
  let step = rows;
  for (const size of sizes) {
    const longer = new Float64Array(offsets.length * size);
    for (let i = 0; i < longer.length; i++) longer[i] = offsets[Math.floor(i / size)] + (i % size) * step;
    offsets = longer;
    step *= size;
  }
  return offsets;
}
