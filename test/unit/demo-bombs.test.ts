/** Small files that would become large ones: what is too much is refused by the header, before it is unpacked. */
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NamedFile } from "../../demo/app/data/open-context.ts";
import { pixelsOf } from "../../demo/app/data/picture-reader.ts";
import { file, npy, open, TEN_LABELS } from "../support/demo-files.ts";

/** Zeros that follow what a file says of itself, and how few bytes they are when packed. */
const MANY = 200_000_000;
const PACKED = deflateRawSync(new Uint8Array(MANY));

/**
 * What may be unpacked of one file before it is refused: a few pieces of 16 KiB, each of which holds 16 MiB of zeros.
 */
const MOST = 50_000_000;

/** Bytes that came out of each decompressor. */
let unpacked: number[] = [];

beforeEach(() => {
  const Platform = DecompressionStream;
  unpacked = [];
  class Counted {
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<BufferSource>;

    constructor(format: CompressionFormat) {
      const { readable, writable } = new Platform(format);
      const place = unpacked.push(0) - 1;
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          unpacked[place] += chunk.length;
          controller.enqueue(chunk);
        },
      });
      this.readable = readable.pipeThrough(count);
      this.writable = writable;
    }
  }
  vi.stubGlobal("DecompressionStream", Counted);
});
afterEach(() => {
  vi.unstubAllGlobals();
  expect(Math.max(0, ...unpacked)).toBeLessThan(MOST);
});

/** A packed file that begins with `head`, as a block that is stored, and goes on with zeros. */
function bomb(path: string, head: Uint8Array): NamedFile {
  const { length } = head;
  const start = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
  const stored = [0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255];
  return file(path, Uint8Array.from([...start, ...stored, ...head, ...PACKED, ...new Uint8Array(8)]));
}

/** Opens files that are to be refused. */
async function refusal(files: readonly NamedFile[]): Promise<string> {
  return open(files).then(
    () => "opened",
    (error: Error) => error.message,
  );
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  for (const [i, value] of values.entries()) new DataView(bytes.buffer).setUint32(4 * i, value);
  return bytes;
}

describe("NPY, packed", () => {
  const none = new Uint8Array();

  test.each([
    ["no NPY file", none, ": expected an NPY file"],
    [
      "more than is taken",
      npy("<f4", [10_000_000, 784], none),
      ": 10,000,000 rows of 784 features would take 31.4 GB, this page takes at most 2.15 GB",
    ],
    ["more rows than are taken", npy("|u1", [20_000_000, 2], none), ": 20,000,000 rows, this page takes at"],
    ["more features than are taken", npy("|u1", [2, 2_000_000], none), ": 2,000,000 features, this page"],
    ["sizes that overflow", npy("|u1", [1e15, 1e15], none), ".shape: more elements than any file holds"],
    [
      "far more bytes than are announced",
      npy("<f4", [10, 2], none),
      ".shape: trailing bytes: expected 80 bytes of elements, and more follow",
    ],
    ["an element type that is not read", npy("|V8", [10, 2], none), ".descr: expected booleans, integers"],
    ["strings as features", npy("<U9", [10, 2], none), ": expected numbers for features, got strings"],
    [
      "labels that are texts",
      npy("<U100000", [1000], none),
      ": a label has 100,000 characters, at most 1,000 are taken",
    ],
  ])("%s", async (_, head, message) => {
    expect(await refusal([bomb("x.npy.gz", head), TEN_LABELS])).toContain(`x.npy.gz${message}`);
  });

  test("nothing is allocated for elements that do not come", async () => {
    const announced = npy("<f4", [500_000, 1000], new Uint8Array(800));
    const cut = file("x.npy.gz", new Uint8Array(gzipSync(announced)));
    expect(await refusal([cut, TEN_LABELS])).toBe(
      "x.npy.gz.shape: truncated: expected 2000000000 bytes of elements, found 800",
    );
  });
});

describe("IDX, packed", () => {
  const images = file("train-images-idx3-ubyte", new Uint8Array([...words(0x803, 4, 1, 1), 0, 1, 0, 1]));
  const labels = file("train-labels-idx1-ubyte", new Uint8Array([...words(0x801, 4), 0, 1, 0, 1]));

  test.each([
    ["images", words(0x803, 4e8, 28, 28), "400,000,000 rows of 784 features would take 314 GB"],
    [
      "more pixels than are taken",
      words(0x803, 4, 4096, 4096),
      "16,777,216 features, this page takes at most",
    ],
    ["images that are none", words(0x802, 4, 1, 1), "expected the magic number 0x00000803"],
    ["far more images than are announced", words(0x803, 4, 1, 1), "trailing bytes"],
  ])("%s", async (_, head, message) => {
    const packed = bomb("train-images-idx3-ubyte.gz", head);
    expect(await refusal([packed, labels])).toContain(`train-images-idx3-ubyte.gz: ${message}`);
  });

  test("labels that are many more than images", async () => {
    const found = await refusal([images, bomb("train-labels-idx1-ubyte.gz", words(0x801, 4e9))]);
    expect(found).toBe(
      "train-labels-idx1-ubyte.gz: expected one per image, got 4000000000 labels and 4 images",
    );
  });
});

test("a packed table whose row does not end", async () => {
  const head = new TextEncoder().encode("x,species\n1,a\n");
  expect(await refusal([bomb("t.csv.gz", head)])).toBe(
    "t.csv.gz: row 3 does not end within 4,194,304 characters; each row of a table has a line of its own",
  );
});

test("a packed file of no kind is told by its first bytes", async () => {
  expect(await refusal([bomb("data.gz", new Uint8Array(10))])).toBe(
    "data.gz: is none of the files this page knows: tables (CSV, Excel, JSON, Parquet), IDX, NPY, or a folder of pictures such as PNG or JPEG",
  );
});

describe("pictures say how large they are", () => {
  const segment = (marker: number, length: number) => [0xff, marker, length >> 8, length & 255];

  test("JPEG: after other segments, tables and filling", () => {
    const start = [0xff, 0xd8, ...segment(0xe1, 6), 1, 2, 0xff, 0xc0, ...segment(0xc4, 2)];
    const frame = [0xff, ...segment(0xc2, 17), 8, 0x01, 0x02, 0x03, 0x04, 3, 0];
    expect(pixelsOf(Uint8Array.from([...start, ...frame]))).toBe(0x0102 * 0x0304);
    expect(pixelsOf(Uint8Array.from(start))).toBe(null);
  });

  test("PNG, and others not", () => {
    const start = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
    const png = Uint8Array.from([...start, ...words(13, 0x49484452, 60_000, 50_000)]);
    expect(pixelsOf(png)).toBe(3e9);
    expect(pixelsOf(png.subarray(0, 20))).toBe(null);
    expect(pixelsOf(new TextEncoder().encode("GIF89a\u0001\u0000\u0001\u0000"))).toBe(null);
  });
});
