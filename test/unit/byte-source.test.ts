/**
 * Sources of bytes, read through the IDX reader: what follows a file or its gzip data, corrupt gzip data, and responses
 * that fail or are cancelled. The platform's own decompression is trusted, and the code around it is tested.
 */
import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../src/data/byte-source.ts";
import { readIdxImages, readIdxLabels, readIdxPair } from "../../src/data/idx.ts";
import { DataError, StateError } from "../../src/errors.ts";
import {
  type Bytes,
  concat,
  expectFormatError,
  gzip,
  IMAGES_MAGIC,
  idxFile,
  imagesFile,
  labelsFile,
  rejection,
  streamed,
} from "../support/idx-files.ts";

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

  // Bytes after a gzip member are refused by the platform or by the check of the trailer: both reasons are right.
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

  test("a file in two gzip members is refused", async () => {
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

  test("the two bytes that begin gzip, and noise after them", async () => {
    const noise = Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    await expectFormatError(readIdxImages(noise), "images", /gzip data are corrupt/);
  });
});

describe("responses", () => {
  test("a status that is not ok is named, and the body is cancelled", async () => {
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
  ])("an error of the source itself passes through unchanged: %s", async (_, bytes) => {
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
