/** IDX files built byte by byte, sources that deliver them, and expectations of how they are refused. */
import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { FormatError } from "../../src/errors.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export const IMAGES_MAGIC = 0x00000803;
export const LABELS_MAGIC = 0x00000801;
/** Three images of 2 × 4 pixels. */
export const SIZES = [3, 2, 4];
export const PIXELS = Uint8Array.from({ length: 24 }, (_, i) => (i * 37 + 5) % 256);
export const LABELS = Uint8Array.of(7, 0, 255);

export function idxFile(magic: number, sizes: readonly number[], body: Uint8Array): Bytes {
  const bytes = new Uint8Array(4 + 4 * sizes.length + body.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of [magic, ...sizes].entries()) view.setUint32(4 * i, word);
  bytes.set(body, 4 + 4 * sizes.length);
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function gzip(bytes: Uint8Array): Bytes {
  return new Uint8Array(gzipSync(bytes));
}

/** Makes a response that delivers its bytes `size` at a time, then `ending`, and records why it was cancelled. */
export function streamed(bytes: Uint8Array, size: number, ending: { error?: Error; endless?: boolean } = {}) {
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

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("resolved, a rejection was expected"),
    (error: unknown) => error,
  );
}

export async function expectFormatError(promise: Promise<unknown>, argument: string, reason: RegExp) {
  const error = await rejection(promise);
  expect(error).toBeInstanceOf(FormatError);
  expect(error).toMatchObject({ argument, message: expect.stringMatching(reason) });
  return error as FormatError;
}

export const imagesFile = idxFile(IMAGES_MAGIC, SIZES, PIXELS);
export const labelsFile = idxFile(LABELS_MAGIC, [3], LABELS);
export const expectedImages = { data: PIXELS, rows: 3, cols: 8, scale: 1 / 255, height: 2, width: 4 };
