/** The IDX reader: files that are read, and files that are refused, each by class of error, argument and reason. */
import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../src/data/byte-source.ts";
import { readIdxImages, readIdxLabels, readIdxPair } from "../../src/data/idx.ts";
import { DataError, ShapeError } from "../../src/errors.ts";
import {
  concat,
  expectedImages,
  expectFormatError,
  gzip,
  IMAGES_MAGIC,
  idxFile,
  imagesFile,
  LABELS,
  LABELS_MAGIC,
  labelsFile,
  PIXELS,
  rejection,
  SIZES,
  streamed,
} from "../support/idx-files.ts";

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
  test("labels in place of images, and the reverse: the other kind is named", async () => {
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

describe("false headers", () => {
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

  test("4 GB declared for a few bytes are refused without 4 GB of memory, whatever the source", async () => {
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

  test("a gzip bomb with a small header is cancelled after the first surplus bytes", async () => {
    const bomb = gzip(idxFile(LABELS_MAGIC, [3], new Uint8Array(2 ** 26)));
    const { response, cancelled, delivered } = streamed(bomb, 1024);
    const error = await expectFormatError(readIdxLabels(response), "labels", /trailing bytes/);
    expect(cancelled).toEqual([error]);
    expect(delivered.bytes).toBeLessThan(bomb.length / 2);
  });
});
