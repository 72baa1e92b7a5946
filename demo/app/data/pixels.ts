/** Numbers as the bytes of pictures, and the scale that brings these to [0, 1]. */
import { DataError } from "../../../src/index.ts";

/** Factor from bytes of pictures to values in [0, 1]. */
export const PIXEL_SCALE = 1 / 255;

/**
 * Brightness from 0 to 255: the brightest value becomes 255, which changes nothing where it is 255 already.
 *
 * @throws DataError negative values, or nothing but 0
 */
export function toPixels(values: Float32Array | Float64Array, argument: string): Uint8Array<ArrayBuffer> {
  let brightest = 0;
  for (const value of values) {
    if (value < 0) throw new DataError(argument, `${value} is no brightness: pixels are 0 or more`);
    if (value > brightest) brightest = value;
  }
  if (brightest === 0) throw new DataError(argument, "every pixel is 0");
  return Uint8Array.from(values, (value) => Math.round((255 * value) / brightest));
}
