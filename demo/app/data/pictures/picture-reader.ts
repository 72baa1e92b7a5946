/** Decodes picture files of any kind the browser knows to rows, except those that need too much memory. */
import { formatCount } from "../../../ui/format.ts";
import type { ImageShape } from "../demo-dataset.ts";
import { STAND_IN_BYTES, standInOf } from "../open-kind.ts";
import { reasonOf } from "../text.ts";
import type { PictureFit } from "./picture-fit.ts";
import { pixelsOf } from "./picture-size.ts";
import { PictureWorkers } from "./picture-workers.ts";

/** Reads files as `pictureRow` does, in Workers. */
export interface PictureReader {
  /** Files that are best read at the same time. */
  readonly together: number;
  /** Returns the row of a file. For a broken picture, returns the fault as the end of a sentence instead. */
  readonly read: (file: Blob) => Promise<Uint8Array | string>;
  /** Ends the Workers; files that are being read reject. */
  readonly dispose: () => void;
}

const MAX_BYTES = 2 ** 28;
/** Pixels of a picture at most: half a gigabyte while it is decoded, more than any camera's picture. */
const MAX_PIXELS = 2 ** 27;
/** Least pixels of a picture that is decoded alone, so that a few at a time take no more memory than the largest. */
const LARGE = MAX_PIXELS / 4;

/** Returns a reader of pictures to rows of this shape. It must be disposed of. */
export function createPictureReader(shape: ImageShape, fit: PictureFit): PictureReader {
  const workers = new PictureWorkers();
  let lastLarge: Promise<unknown> = Promise.resolve();

  const read = async (file: Blob): Promise<Uint8Array | string> => {
    if (file.size > MAX_BYTES)
      return `has ${formatCount(file.size)} bytes, more than ${formatCount(MAX_BYTES)}`;
    const bytes = await bytesOf(file);
    if (typeof bytes === "string") return bytes;
    const pixels = pixelsOf(bytes) ?? (await pixelsByElement(new Blob([bytes])));
    if (pixels > MAX_PIXELS) {
      return `has ${formatCount(pixels)} pixels, more than the ${formatCount(MAX_PIXELS)} that are decoded here`;
    }
    // The Worker takes the bytes, so their first are copied.
    const head = bytes.slice(0, STAND_IN_BYTES);
    const decode = () => workers.decode({ bytes, shape, fit });
    const decoding = pixels < LARGE ? decode() : lastLarge.then(decode);
    if (pixels >= LARGE) lastLarge = decoding.catch(() => null);
    return (await decoding) ?? standInOf(head) ?? "cannot be decoded as a picture";
  };

  return { together: workers.count, read, dispose: () => workers.dispose() };
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
