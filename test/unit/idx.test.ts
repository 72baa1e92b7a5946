/**
 * The IDX reader against files built here byte by byte. Every refusal is checked for its class, argument
 * and reason; the platform's own gunzip is trusted, what surrounds it is not.
 */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../src/data/byte-source.ts";
import { readIdxImages, readIdxLabels, readIdxPair } from "../../src/data/idx.ts";
import { DataError, FormatError, ShapeError, StateError } from "../../src/errors.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const IMAGES_MAGIC = 0x00000803;
const LABELS_MAGIC = 0x00000801;
/** Three images of 2 × 4 pixels. */
const SIZES = [3, 2, 4];
const PIXELS = Uint8Array.from({ length: 24 }, (_, i) => (i * 37 + 5) % 256);
const LABELS = Uint8Array.of(7, 0, 255);

function idxFile(magic: number, sizes: readonly number[], body: Uint8Array): Bytes {
  const bytes = new Uint8Array(4 + 4 * sizes.length + body.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of [magic, ...sizes].entries()) view.setUint32(4 * i, word);
  bytes.set(body, 4 + 4 * sizes.length);
  return bytes;
}

function concat(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function gzip(bytes: Uint8Array): Bytes {
  return new Uint8Array(gzipSync(bytes));
}

/** A response that gives its bytes `size` at a time, then `ending`, and records why it was cancelled. */
function streamed(bytes: Uint8Array, size: number, ending: { error?: Error; endless?: boolean } = {}) {
  const cancelled: unknown[] = [];
  const delivered = { bytes: 0 };
  let rest = bytes;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (rest.length === 0 && ending.error) return controller.error(ending.error);
        if (rest.length === 0 && ending.endless) rest = new Uint8Array(size);
        if (rest.length === 0) return controller.close();
        const chunk = rest.slice(0, size);
        rest = rest.subarray(size);
        delivered.bytes += chunk.length;
        controller.enqueue(chunk);
      },
      cancel: (reason) => void cancelled.push(reason),
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body as ReadableStream<Bytes>), cancelled, delivered };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("resolved, a rejection was expected"),
    (error: unknown) => error,
  );
}

async function expectFormatError(promise: Promise<unknown>, argument: string, reason: RegExp) {
  const error = await rejection(promise);
  expect(error).toBeInstanceOf(FormatError);
  expect(error).toMatchObject({ argument, message: expect.stringMatching(reason) });
  return error as FormatError;
}

const imagesFile = idxFile(IMAGES_MAGIC, SIZES, PIXELS);
const labelsFile = idxFile(LABELS_MAGIC, [3], LABELS);
const expectedImages = { data: PIXELS, rows: 3, cols: 8, scale: 1 / 255, height: 2, width: 4 };

describe("valid files", () => {
  for (const [compression, bytes] of [
    ["plain", imagesFile],
    ["gzip", gzip(imagesFile)],
  ] as const) {
    const padded = concat(Uint8Array.of(9, 9, 9), bytes, Uint8Array.of(9));
    const sources: readonly (readonly [string, () => ByteSource])[] = [
      ["Uint8Array", () => bytes],
      ["Uint8Array inside a larger buffer", () => padded.subarray(3, 3 + bytes.length)],
      ["ArrayBuffer", () => bytes.buffer],
      ["Blob", () => new Blob([bytes])],
      ["File", () => new File([bytes], "images")],
      ["Response", () => new Response(bytes)],
      ["Response, one byte at a time", () => streamed(bytes, 1).response],
      ["Response, seven bytes at a time", () => streamed(bytes, 7).response],
    ];
    test.each(sources)(`${compression} images from a %s`, async (_, source) => {
      expect(await readIdxImages(source())).toEqual(expectedImages);
    });
  }

  test("labels, plain and gzip, any byte value", async () => {
    expect(await readIdxLabels(labelsFile)).toEqual(LABELS);
    expect(await readIdxLabels(gzip(labelsFile))).toEqual(LABELS);
  });

  test("a pair, one plain and one gzip", async () => {
    const { x, y } = await readIdxPair(gzip(imagesFile), labelsFile);
    expect(x).toEqual(expectedImages);
    expect(y).toEqual(LABELS);
  });

  test("a body larger than the first allocation, from sources of unknown length", async () => {
    const body = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 2654435761) >>> 24);
    const file = idxFile(LABELS_MAGIC, [body.length], body);
    for (const source of [gzip(file), streamed(file, 100_003).response]) {
      const labels = await readIdxLabels(source);
      expect(labels.length).toBe(body.length);
      expect(labels.buffer.byteLength).toBe(body.length);
      expect(Buffer.compare(labels, body)).toBe(0);
    }
  });

  test("the result does not share memory with the source", async () => {
    const source = labelsFile.slice();
    const labels = await readIdxLabels(source);
    source.fill(1);
    expect(labels).toEqual(LABELS);
  });
});

describe("wrong files", () => {
  test("labels where images belong, and the reverse: the other kind is named", async () => {
    const asImages = /expected the magic number 0x00000803.*found 0x00000801, .*labels/;
    const asLabels = /expected the magic number 0x00000801.*found 0x00000803, .*images/;
    await expectFormatError(readIdxImages(labelsFile), "images", asImages);
    await expectFormatError(readIdxLabels(gzip(imagesFile)), "labels", asLabels);
  });

  test("a file that is no IDX file", async () => {
    const text = new TextEncoder().encode("a,b,c,d\n");
    await expectFormatError(readIdxImages(text), "images", /found 0x612c622c$/);
    await expectFormatError(readIdxLabels(new Response(text)), "labels", /found 0x612c622c$/);
  });

  test("the right kind with another element type", async () => {
    const floats = idxFile(0x00000d03, SIZES, PIXELS);
    await expectFormatError(readIdxImages(floats), "images", /found 0x00000d03$/);
  });

  test.each([
    ["images", [0, 2, 4]],
    ["height", [3, 0, 4]],
    ["width", [3, 2, 0]],
  ])("a size of zero for %s", async (name, sizes) => {
    const file = idxFile(IMAGES_MAGIC, sizes, new Uint8Array());
    await expectFormatError(readIdxImages(file), "images", new RegExp(`size of 0 for ${name}$`));
  });

  test("no labels", async () => {
    const file = idxFile(LABELS_MAGIC, [0], new Uint8Array());
    await expectFormatError(readIdxLabels(gzip(file)), "labels", /size of 0 for labels$/);
  });

  test("not a source", async () => {
    for (const source of [
      undefined,
      null,
      "train-images.idx",
      [1, 2],
      new Uint16Array(40),
      new DataView(new ArrayBuffer(9)),
    ]) {
      const error = await rejection(readIdxImages(source as unknown as ByteSource));
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject({
        argument: "images",
        message: expect.stringContaining("expected a Blob"),
      });
    }
  });

  test("as many labels as images", async () => {
    const error = await rejection(readIdxPair(imagesFile, idxFile(LABELS_MAGIC, [2], LABELS.subarray(1))));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({
      argument: "labels",
      message: expect.stringMatching(/2 labels and 3 images/),
    });
  });
});

describe("truncated", () => {
  for (const [kind, file, read, header] of [
    ["images", imagesFile, readIdxImages, 16],
    ["labels", labelsFile, readIdxLabels, 8],
  ] as const) {
    test(`plain ${kind} cut at every byte: both lengths are reported`, async () => {
      for (let length = 0; length < file.length; length++) {
        const part =
          length < header ? `truncated header: expected ${header}` : `truncated: expected ${file.length}`;
        const reason = new RegExp(`${part} bytes.*, found ${length}$`);
        await expectFormatError(read(file.slice(0, length)), kind, reason);
        await expectFormatError(read(streamed(file.slice(0, length), 5).response), kind, reason);
      }
    });

    test(`${kind} cut at every byte before compression`, async () => {
      for (let length = 0; length < file.length; length++) {
        const reason = new RegExp(`truncated.*, found ${length}$`);
        await expectFormatError(read(gzip(file.slice(0, length))), kind, reason);
      }
    });

    test(`gzip ${kind} cut at every byte`, async () => {
      const compressed = gzip(file);
      for (let length = 0; length < compressed.length; length++) {
        const error = await expectFormatError(
          read(compressed.slice(0, length)),
          kind,
          /truncated|expected the magic/,
        );
        if (length >= 2) {
          expect(error.message).toMatch(
            /gzip data are corrupt, truncated or .*: expected at least \d+ .*found \d+$/,
          );
          expect(error.cause).toBeInstanceOf(Error);
        }
      }
    });
  }
});

describe("trailing bytes", () => {
  const extra = Uint8Array.of(0);
  const reason = /trailing bytes/;

  test("after a plain file", async () => {
    const file = concat(imagesFile, extra);
    await expectFormatError(readIdxImages(file), "images", /trailing bytes: expected 40 bytes .*found 41$/);
    await expectFormatError(readIdxImages(new Blob([file])), "images", reason);
    await expectFormatError(readIdxImages(streamed(file, 40).response), "images", reason);
  });

  test("inside the gzip data", async () => {
    await expectFormatError(readIdxImages(gzip(concat(imagesFile, extra))), "images", reason);
  });

  // What follows a gzip member is the platform's to refuse, or else the trailer check's: either reason is right.
  test.each([
    ["a zero", Uint8Array.of(0)],
    ["zeros", new Uint8Array(40)],
    ["other bytes", Uint8Array.of(1, 2, 3)],
    ["an empty gzip member", gzip(new Uint8Array())],
    ["the same member again", gzip(labelsFile)],
  ])("after the gzip data: %s", async (_, tail) => {
    const file = concat(gzip(labelsFile), tail);
    const afterGzip = /trailing bytes|gzip data are corrupt/;
    await expectFormatError(readIdxLabels(file), "labels", afterGzip);
    await expectFormatError(readIdxLabels(streamed(file, 1).response), "labels", afterGzip);
  });

  test("a file split over two gzip members is one member too many", async () => {
    const file = concat(gzip(labelsFile.slice(0, 9)), gzip(labelsFile.slice(9)));
    await expectFormatError(readIdxLabels(file), "labels", /trailing bytes|gzip data are corrupt|truncated/);
  });
});

describe("corrupt gzip", () => {
  test("a changed checksum: the platform's error is the cause", async () => {
    const file = gzip(imagesFile);
    file[file.length - 8] ^= 1;
    const error = await expectFormatError(readIdxImages(file), "images", /gzip data are corrupt/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("nothing but the two bytes that say gzip, and noise after them", async () => {
    const noise = Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    await expectFormatError(readIdxImages(noise), "images", /gzip data are corrupt/);
  });
});

describe("headers that lie", () => {
  const huge = 0xffffffff;

  test("0xffffffff in every dimension is refused by its product", async () => {
    const file = idxFile(IMAGES_MAGIC, [huge, huge, huge], PIXELS);
    const reason = /4294967295 × 4294967295 × 4294967295 elements, at most 4294967295/;
    await expectFormatError(readIdxImages(file), "images", reason);
    await expectFormatError(readIdxImages(gzip(file)), "images", reason);
  });

  test("one element over the limit is refused, the limit itself is only a truncated file", async () => {
    const over = idxFile(IMAGES_MAGIC, [2 ** 16, 2 ** 8, 2 ** 8], PIXELS);
    await expectFormatError(readIdxImages(over), "images", /at most/);
    const most = idxFile(IMAGES_MAGIC, [huge, 1, 1], PIXELS);
    await expectFormatError(readIdxImages(most), "images", /truncated: expected 4294967311 bytes.*found 40$/);
  });

  test("4 GB declared over few bytes: refused without 4 GB of memory, whatever the source", async () => {
    const file = idxFile(LABELS_MAGIC, [huge], LABELS);
    const before = process.memoryUsage().arrayBuffers;
    for (const source of [file, gzip(file), new Blob([file]), streamed(file, 6).response]) {
      await expectFormatError(
        readIdxLabels(source),
        "labels",
        /truncated: expected 4294967303 bytes.*found 11$/,
      );
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
  });

  test("a gzip bomb declared small is left after the first bytes too many", async () => {
    const bomb = gzip(idxFile(LABELS_MAGIC, [3], new Uint8Array(2 ** 26)));
    const { response, cancelled, delivered } = streamed(bomb, 1024);
    const error = await expectFormatError(readIdxLabels(response), "labels", /trailing bytes/);
    expect(cancelled).toEqual([error]);
    expect(delivered.bytes).toBeLessThan(bomb.length / 2);
  });
});

describe("responses", () => {
  test("a status that is not ok is named, and the body let go", async () => {
    const cancelled: unknown[] = [];
    const body = new ReadableStream<Bytes>({ cancel: (reason) => void cancelled.push(reason) });
    const response = new Response(body, { status: 404, statusText: "Not Found" });
    await expectFormatError(readIdxLabels(response), "labels", /status 404 Not Found$/);
    expect(cancelled).toHaveLength(1);
  });

  test("a response without a body is a truncated file", async () => {
    await expectFormatError(readIdxLabels(new Response(null)), "labels", /expected 8 bytes, found 0$/);
  });

  test("a body that has been read before", async () => {
    const response = new Response(labelsFile);
    await response.arrayBuffer();
    expect(await rejection(readIdxLabels(response))).toBeInstanceOf(StateError);
  });

  test.each([
    ["plain", labelsFile],
    ["gzip", gzip(labelsFile)],
  ])("an error of the source itself comes through as it is: %s", async (_, bytes) => {
    for (let length = 0; length < bytes.length; length += 3) {
      const lost = new Error("connection lost");
      const { response } = streamed(bytes.slice(0, length), 4, { error: lost });
      expect(await rejection(readIdxLabels(response))).toBe(lost);
    }
  });

  test.each([
    ["plain", concat(labelsFile, new Uint8Array(9))],
    ["gzip", gzip(concat(labelsFile, new Uint8Array(9)))],
    ["wrong magic", imagesFile],
  ])("a refused stream is cancelled with the error: %s", async (_, bytes) => {
    const { response, cancelled } = streamed(bytes, 4, { endless: true });
    const error = await expectFormatError(readIdxLabels(response), "labels", /trailing|magic|gzip/);
    expect(cancelled).toEqual([error]);
  });

  test("when one file of a pair is refused, the other is cancelled", async () => {
    const images = streamed(imagesFile.slice(0, 20), 4, { endless: true });
    const declaredLarge = idxFile(IMAGES_MAGIC, [1e6, 28, 28], new Uint8Array());
    const endless = streamed(declaredLarge, 4, { endless: true });
    const error = await expectFormatError(readIdxPair(endless.response, imagesFile), "labels", /magic/);
    expect(endless.cancelled).toEqual([error]);
    const notASource = await rejection(readIdxPair(images.response, 5 as unknown as ByteSource));
    expect(notASource).toBeInstanceOf(DataError);
    expect(images.cancelled).toEqual([notASource]);
  });
});
