/** Decodes pictures of any kind the browser knows to bytes of one size, except those that need too much memory. */
import { viewOf } from "../../../src/formats/bytes.ts";
import { formatCount } from "../../ui/format.ts";
import type { ImageShape } from "./demo-dataset.ts";
import { standInOf } from "./open-kind.ts";
import { reasonOf } from "./text.ts";

/** Returns the pixels of a picture. For a broken picture, returns the fault as the end of a sentence instead. */
type PictureReader = (file: Blob) => Promise<Uint8Array | string>;

const MAX_BYTES = 2 ** 28;
/** Pixels of a picture at most: half a gigabyte while it is decoded, more than any camera's picture. */
const MAX_PIXELS = 2 ** 27;
/** Least pixels of a picture that is decoded alone, so that eight at a time take no more memory than the largest. */
const LARGE = MAX_PIXELS / 8;

/** Returns a reader that stretches pictures to `shape` and makes transparent pixels white. */
export function createPictureReader({ width, height, channels }: ImageShape): PictureReader {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no canvas to read pictures with");
  let lastLarge: Promise<unknown> = Promise.resolve();

  const decode = async (file: Blob): Promise<Uint8Array | null> => {
    const bitmap = await createImageBitmap(file, {
      resizeWidth: width,
      resizeHeight: height,
      resizeQuality: "high",
    }).catch(() => null);
    if (!bitmap) return null;
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    return channels === 1 ? toGrey(data) : withoutAlpha(data);
  };

  return async (file) => {
    if (file.size > MAX_BYTES)
      return `has ${formatCount(file.size)} bytes, more than ${formatCount(MAX_BYTES)}`;
    const bytes = await bytesOf(file);
    if (typeof bytes === "string") return bytes;
    // The bytes are decoded from memory, so that the file is read from the disk once.
    const inMemory = new Blob([bytes]);
    const pixels = pixelsOf(bytes) ?? (await pixelsByElement(inMemory));
    if (pixels > MAX_PIXELS) {
      return `has ${formatCount(pixels)} pixels, more than the ${formatCount(MAX_PIXELS)} that are decoded here`;
    }
    const decoding = pixels < LARGE ? decode(inMemory) : lastLarge.then(() => decode(inMemory));
    if (pixels >= LARGE) lastLarge = decoding;
    return (await decoding) ?? standInOf(bytes) ?? "cannot be decoded as a picture";
  };
}

/** Returns the content, or why it cannot be read. */
async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer> | string> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    return `cannot be read: ${reasonOf(cause)}`;
  }
}

/** Returns the number of pixels by the header of a picture of any kind; 0 for other files. Decodes nothing. */
async function pixelsByElement(file: Blob): Promise<number> {
  const address = URL.createObjectURL(file);
  const image = new Image();
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = address;
    });
    return image.naturalWidth * image.naturalHeight;
  } catch {
    return 0;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Returns the luma of each pixel, ITU-R BT.601. */
function toGrey(rgba: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) =>
    Math.round(0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2]),
  );
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from(rgba.filter((_, at) => at % 4 < 3));
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8];
/** Markers without a length: TEM, RST0 to RST7, SOI and EOI. */
const BARE = /^(01|d[0-9])$/;
/** Markers of a frame, which begins with its size: SOF0 to SOF15 without DHT, JPG and DAC. */
const FRAME = /^c[0-35-79abd-f]$/;

/** Returns width × height of a PNG or JPEG; null for other pictures and truncated files. */
export function pixelsOf(bytes: Uint8Array): number | null {
  if (startsWith(bytes, PNG)) return pixelsOfPng(bytes);
  return startsWith(bytes, JPEG) ? pixelsOfJpeg(bytes) : null;
}

/** Format: https://www.w3.org/TR/png-3/#11IHDR, always the first chunk. */
function pixelsOfPng(bytes: Uint8Array): number | null {
  if (bytes.length < 24) return null;
  const view = viewOf(bytes);
  return view.getUint32(16) * view.getUint32(20);
}

/** Format: ITU-T T.81, B.2: segments with a length each up to the frame. */
function pixelsOfJpeg(bytes: Uint8Array): number | null {
  const view = viewOf(bytes);
  for (let at = JPEG.length; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1].toString(16).padStart(2, "0");
    // Any number of 0xff may stand before a marker.
    if (marker === "ff") at += 1;
    else if (BARE.test(marker)) at += 2;
    else if (FRAME.test(marker)) return view.getUint16(at + 5) * view.getUint16(at + 7);
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
