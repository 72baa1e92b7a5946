/** A picture from elsewhere as a row like those of training: its size, its values, and light on dark or dark on light. */
import { scaleOf } from "../../../../src/data/matrix.ts";
import type { DemoDataset, ImageShape } from "../../data/demo-dataset.ts";
import type { PictureFit } from "../../data/pictures/picture-fit.ts";
import { asDense } from "../../data/rows.ts";
import type { ImageStyle } from "./raster.ts";

/** Returns how pictures are brought to the size of the rows: as those of training were. */
export function fitOf({ pictures }: DemoDataset): PictureFit {
  return pictures?.fit ?? "crop";
}

/**
 * Returns the row x `[D]` of the bytes of a picture. If the training images came as numbers and not as pictures, such as
 * MNIST's light digits on dark, a grey picture with the other one as its ground has light and dark swapped.
 */
export function rowOfBytes(
  bytes: Uint8Array,
  dataset: DemoDataset,
  image: ImageShape,
  { ground, full }: ImageStyle,
): Float32Array {
  const scale = scaleOf(asDense(dataset.train.x));
  const x = Float32Array.from(bytes, (value) => scale * value);
  if (image.channels > 1 || dataset.pictures) return x;
  const edge = medianOfEdge(x, image);
  return Math.abs(edge - full) < Math.abs(edge - ground) ? x.map((value) => ground + full - value) : x;
}

function medianOfEdge(x: Float32Array, { width, height }: ImageShape): number {
  const edge = x.filter((_, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    return row === 0 || column === 0 || row === height - 1 || column === width - 1;
  });
  return edge.sort()[edge.length >> 1];
}
