/**
 * Multiplies training pictures: each also mirrored, shifted, and both. The classifier has a weight for each pixel, so
 * it learns nothing of an object that it has never seen at another place.
 */
import { createRandom } from "../../../../src/data/random.ts";
import { inBlocks } from "../arrays.ts";
import type { ImageShape, Samples } from "../demo-dataset.ts";
import { asDense } from "../rows.ts";

/** Rows for each picture: as it is, mirrored, shifted, mirrored and shifted. */
export const COPIES = 4;

const SEED = 0;
/** Widths of a picture in a shift at most: 2 pixels of 28. */
const MOST = 1 / 14;

/** A picture's copy: pixel (x, y) comes from (x − dx, y − dy), or from the nearest if that is outside. */
interface Move {
  readonly isMirrored: boolean;
  readonly dx: number;
  readonly dy: number;
}

/** Returns all rows as they are, then all mirrored, then all shifted, then both; each with its own label and path. */
export async function withCopies(samples: Samples, shape: ImageShape, signal: AbortSignal): Promise<Samples> {
  const { y, origin } = samples;
  const x = asDense(samples.x);
  const { rows, cols } = x;
  const data = new Uint8Array(COPIES * rows * cols);
  const random = createRandom(SEED);
  const most = Math.max(1, Math.round(MOST * Math.min(shape.width, shape.height)));
  /** Returns a distance other than 0. */
  const distance = () => (1 + random.integer(most)) * (random.integer(2) === 0 ? 1 : -1);
  const copy = (at: number) => {
    const place = data.subarray(at * cols, (at + 1) * cols);
    const row = at % rows;
    const kind = Math.floor(at / rows);
    const isShifted = kind >= 2;
    const move = {
      isMirrored: kind % 2 === 1,
      dx: isShifted ? distance() : 0,
      dy: isShifted ? distance() : 0,
    };
    moved(x.data.subarray(row * cols, (row + 1) * cols), place, shape, move);
  };
  await inBlocks(COPIES * rows, signal, copy, cols);
  const repeat = <Item>(items: readonly Item[]) => Array.from({ length: COPIES }, () => items).flat();
  return {
    x: { ...x, data, rows: COPIES * rows },
    y: repeat(y),
    ...(origin?.kind === "pictures" && { origin: { ...origin, paths: repeat(origin.paths) } }),
  };
}

/** Writes a picture moved. */
function moved(
  from: ArrayLike<number>,
  to: Uint8Array,
  { width, height, channels }: ImageShape,
  { isMirrored, dx, dy }: Move,
): void {
  const within = (at: number, size: number) => Math.min(size - 1, Math.max(0, at));
  for (let y = 0; y < height; y++) {
    const line = within(y - dy, height) * width;
    for (let x = 0; x < width; x++) {
      const column = within(x - dx, width);
      const source = channels * (line + (isMirrored ? width - 1 - column : column));
      for (let c = 0; c < channels; c++) to[channels * (y * width + x) + c] = from[source + c];
    }
  }
}
