/** Converts numbers to the bytes of pictures. */
import { DataError } from "../../../src/index.ts";
import { inBlocks } from "./arrays.ts";

/** Factor from bytes of pictures to values in [0, 1]. */
export const PIXEL_SCALE = 1 / 255;

/**
 * Scales values so that the brightest becomes 255.
 *
 * @throws DataError negative values, or nothing but 0
 */
export async function toPixels(
  values: Float32Array,
  argument: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  let brightest = 0;
  await inBlocks(values.length, signal, (at) => {
    if (values[at] < 0) throw new DataError(argument, `${values[at]} is no brightness: pixels are 0 or more`);
    if (values[at] > brightest) brightest = values[at];
  });
  if (brightest === 0) throw new DataError(argument, "every pixel is 0");
  const pixels = new Uint8Array(values.length);
  await inBlocks(values.length, signal, (at) => {
    pixels[at] = Math.round((255 * values[at]) / brightest);
  });
  return pixels;
}
