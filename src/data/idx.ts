/**
 * Reads the two IDX files of MNIST and similar data sets: 8-bit images (three dimensions) and 8-bit labels (one), plain
 * or gzip. Other element types and numbers of dimensions are refused.
 * Format: http://yann.lecun.com/exdb/mnist/ (a big-endian header, then the elements, then nothing).
 */
import { FormatError, ShapeError } from "../errors.ts";
import { type ByteReader, type ByteSource, withSources } from "./byte-source.ts";
import { checkForeign, FOREIGN_LENGTH } from "./foreign-file.ts";
import { MAX_ELEMENTS, type Matrix } from "./matrix.ts";

/** Images `[rows, cols]`, one per row, cols = height × width. Elements are bytes; times the scale, values in [0, 1]. */
export interface IdxImages extends Matrix<Uint8Array> {
  /** 1/255 */
  readonly scale: number;
  /** Height of an image in pixels. */
  readonly height: number;
  /** Width of an image in pixels. */
  readonly width: number;
}

interface IdxKind {
  readonly magic: number;
  readonly name: string;
  readonly dimensions: readonly string[];
}

const IMAGES: IdxKind = {
  magic: 0x00000803,
  name: "8-bit images",
  dimensions: ["images", "height", "width"],
};
const LABELS: IdxKind = { magic: 0x00000801, name: "8-bit labels", dimensions: ["labels"] };

/**
 * Reads an IDX file of 8-bit images, for example `train-images-idx3-ubyte.gz`. Errors of the source itself
 * (an abort, a lost connection, an unreadable file) pass through unchanged.
 *
 * @throws FormatError  a wrong magic number, a truncated file, trailing bytes, no images or no pixels, more
 *                      than 2³² − 1 elements, bad gzip data, an HTTP status that is not ok
 * @throws DataError    a source of another type
 * @throws StateError   a response whose body has been read before
 */
export async function readIdxImages(source: ByteSource): Promise<IdxImages> {
  return withSources([[source, "images"]], readImages);
}

/**
 * Reads an IDX file of 8-bit labels, for example `train-labels-idx1-ubyte.gz`. Labels are the values from
 * 0 to 255.
 *
 * @returns one label per byte, `[rows]`
 * @throws FormatError  as for {@link readIdxImages}
 * @throws DataError    a source of another type
 * @throws StateError   a response whose body has been read before
 */
export async function readIdxLabels(source: ByteSource): Promise<Uint8Array> {
  return withSources([[source, "labels"]], readLabels);
}

/**
 * Reads images and their labels at the same time. If one of the two fails, the other is cancelled.
 *
 * @returns images `x` `[rows, height × width]` and labels `y` `[rows]`
 * @throws ShapeError   another number of labels than of images
 * @throws FormatError  as for {@link readIdxImages}
 * @throws DataError    a source of another type
 * @throws StateError   a response whose body has been read before
 */
export async function readIdxPair(
  images: ByteSource,
  labels: ByteSource,
): Promise<{ x: IdxImages; y: Uint8Array }> {
  const sources = [
    [images, "images"],
    [labels, "labels"],
  ] as const;
  return withSources(sources, async (imageReader, labelReader) => {
    const [x, y] = await Promise.all([readImages(imageReader), readLabels(labelReader)]);
    if (x.rows !== y.length) {
      throw new ShapeError("labels", `expected one per image, got ${y.length} labels and ${x.rows} images`);
    }
    return { x, y };
  });
}

async function readImages(reader: ByteReader): Promise<IdxImages> {
  const { sizes, data } = await readIdx(reader, IMAGES);
  const [rows, height, width] = sizes;
  return { data, rows, cols: height * width, scale: 1 / 255, height, width };
}

async function readLabels(reader: ByteReader): Promise<Uint8Array> {
  return (await readIdx(reader, LABELS)).data;
}

async function readIdx(reader: ByteReader, kind: IdxKind) {
  const { argument } = reader;
  const sizes = await readHeader(reader, kind);
  const headerBytes = headerLength(kind);
  const bodyBytes = countElements(sizes, kind, argument);

  const plainLength = await reader.plainLength();
  if (plainLength !== undefined) checkLength(plainLength, headerBytes + bodyBytes, argument);

  const data = await reader.read(bodyBytes);
  checkLength(headerBytes + data.length, headerBytes + bodyBytes, argument);
  if (!(await reader.isAtEnd())) {
    throw new FormatError(
      argument,
      `trailing bytes: the header declares ${headerBytes + bodyBytes} bytes, and more follow`,
    );
  }
  return { sizes, data };
}

/** Reads the magic number and the size of each dimension. */
async function readHeader(reader: ByteReader, kind: IdxKind): Promise<number[]> {
  const { argument } = reader;
  const magic = await reader.read(4);
  if (magic.length < 4) throw truncatedHeader(magic.length);
  const word = uint32At(magic, 0);
  if (word !== kind.magic) {
    checkForeign(concat(magic, await reader.read(FOREIGN_LENGTH)), argument);
    throw wrongMagic(word, kind, argument);
  }
  const rest = await reader.read(headerLength(kind) - 4);
  if (4 + rest.length < headerLength(kind)) throw truncatedHeader(4 + rest.length);
  return kind.dimensions.map((_, i) => uint32At(rest, 4 * i));

  function truncatedHeader(found: number): FormatError {
    return new FormatError(
      argument,
      `truncated header: expected ${headerLength(kind)} bytes, found ${found}`,
    );
  }
}

function headerLength(kind: IdxKind): number {
  return 4 + 4 * kind.dimensions.length;
}

function uint32At(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function wrongMagic(magic: number, kind: IdxKind, argument: string): FormatError {
  const other = [IMAGES, LABELS].find((known) => known.magic === magic);
  const hint = other === undefined ? "" : `, which is an IDX file of ${other.name}`;
  return new FormatError(
    argument,
    `expected the magic number ${hex(kind.magic)} (IDX, ${kind.name}), found ${hex(magic)}${hint}`,
  );
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

/**
 * Returns the number of elements that the header declares. A product too large to be exact in float64 is over the limit
 * in any case.
 *
 * @throws FormatError a size of 0, or too many elements
 */
function countElements(sizes: readonly number[], kind: IdxKind, argument: string): number {
  for (const [i, name] of kind.dimensions.entries()) {
    if (sizes[i] === 0) throw new FormatError(argument, `the header declares a size of 0 for ${name}`);
  }
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count > MAX_ELEMENTS) {
    const shape = sizes.join(" × ");
    throw new FormatError(
      argument,
      `the header declares ${shape} elements, at most ${MAX_ELEMENTS} can be read`,
    );
  }
  return count;
}

function checkLength(found: number, expected: number, argument: string): void {
  if (found === expected) return;
  const problem = found < expected ? "truncated" : "trailing bytes";
  throw new FormatError(argument, `${problem}: expected ${expected} bytes by the header, found ${found}`);
}
