/** Pictures of any kind the browser knows, as bytes of one size. */
import type { ImageShape } from "./demo-dataset.ts";

/** The pixels of a picture, or null where it does not decode. */
export type PictureReader = (file: Blob) => Promise<Uint8Array | null>;

/** A reader that stretches pictures to `shape`; what is transparent becomes white. */
export function createPictureReader({ width, height, channels }: ImageShape): PictureReader {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no canvas to read pictures with");
  return async (file) => {
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
