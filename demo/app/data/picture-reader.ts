/** Pictures of any kind the browser knows, as bytes of one size. Those that would take too much memory are not decoded. */
import type { ImageShape } from "./demo-dataset.ts";
import { count } from "./open-dataset.ts";
import { pixelsOf } from "./picture-size.ts";
import { reasonOf } from "./reason.ts";
import { standInOf } from "./stand-in.ts";

/** Returns the pixels of a picture. For a broken picture, returns the fault as the end of a sentence instead. */
export type PictureReader = (file: Blob) => Promise<Uint8Array | string>;

/** Bytes of a file at most. */
const MAX_BYTES = 2 ** 28;
/** Pixels of a picture at most: four bytes each are half a gigabyte while it is decoded. Cameras make no larger ones. */
const MAX_PIXELS = 2 ** 27;
/** Pixels from which a picture is decoded alone, so that eight at the same time take no more than one of the largest. */
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
    if (file.size > MAX_BYTES) return `has ${count(file.size)} bytes, more than ${count(MAX_BYTES)}`;
    const bytes = await bytesOf(file);
    if (typeof bytes === "string") return bytes;
    // The bytes are decoded from memory, so that the file is read from the disk once.
    const inMemory = new Blob([bytes]);
    const pixels = pixelsOf(bytes) ?? (await pixelsByElement(inMemory));
    if (pixels > MAX_PIXELS) {
      return `has ${count(pixels)} pixels, more than the ${count(MAX_PIXELS)} that are decoded here`;
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

/** Returns the pixels that a picture of any kind has by its header, 0 of what is none. An element decodes it later. */
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

/** Luma, ITU-R BT.601. */
function toGrey(rgba: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) =>
    Math.round(0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2]),
  );
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from(rgba.filter((_, at) => at % 4 < 3));
}
