/**
 * Reads one picture to the bytes of a row, always in the same way: for files, frames of a camera and canvases, to train
 * on and to predict. Runs on the page and in a Worker.
 */
import type { ImageShape } from "../demo-dataset.ts";
import { type Box, type PictureFit, placementOf } from "./picture-fit.ts";

type Drawable = ImageBitmap | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas;

/** A picture file, or an image, video or canvas of the page. */
export type PictureSource = Blob | Drawable;

/**
 * Returns the pixels of a picture, `[height · width · channels]`: the luma or red, green and blue of each, 0 to 255.
 * Transparent pixels become white. The orientation that a camera wrote into a file is respected.
 *
 * Resampling a large file takes tens of milliseconds: on the page, files are read by `createPictureReader`.
 *
 * @throws DOMException a file that cannot be decoded
 */
export async function pictureRow(
  source: PictureSource,
  shape: ImageShape,
  fit: PictureFit,
): Promise<Uint8Array> {
  if (!(source instanceof Blob)) return rowOf(source, shape, fit);
  const bitmap = await createImageBitmap(source);
  try {
    return rowOf(bitmap, shape, fit);
  } finally {
    bitmap.close();
  }
}

function rowOf(picture: Drawable, shape: ImageShape, fit: PictureFit): Uint8Array {
  const { width, height, channels } = shape;
  const { source, target } = placementOf(sizeOf(picture), shape, fit);
  const context = canvasOf(target);
  context.fillStyle = "white";
  context.fillRect(0, 0, target.width, target.height);
  drawSmaller(picture, source, context);
  const inner = context.getImageData(0, 0, target.width, target.height).data;
  const rgba = target.width === width && target.height === height ? inner : withBorder(inner, target, shape);
  return channels === 1 ? toGrey(rgba) : withoutAlpha(rgba);
}

function sizeOf(picture: Drawable) {
  return "videoWidth" in picture ? { width: picture.videoWidth, height: picture.videoHeight } : picture;
}

function canvasOf({ width, height }: Pick<Box, "width" | "height">): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no canvas to read pictures with");
  context.imageSmoothingQuality = "high";
  return context;
}

/**
 * Draws a part of a picture over a whole canvas. A large one is halved first, again and again: browsers look at a few
 * pixels for each that they draw, so that fine patterns would come out as noise.
 */
function drawSmaller(picture: Drawable, part: Box, context: OffscreenCanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  let [from, box]: [Drawable, Box] = [picture, part];
  while (box.width >= 2 * width || box.height >= 2 * height) {
    const half = canvasOf({
      width: box.width >= 2 * width ? Math.round(box.width / 2) : Math.ceil(box.width),
      height: box.height >= 2 * height ? Math.round(box.height / 2) : Math.ceil(box.height),
    });
    draw(from, box, half);
    from = half.canvas;
    box = { x: 0, y: 0, width: half.canvas.width, height: half.canvas.height };
  }
  draw(from, box, context);
}

function draw(picture: Drawable, { x, y, width, height }: Box, to: OffscreenCanvasRenderingContext2D): void {
  to.drawImage(picture, x, y, width, height, 0, 0, to.canvas.width, to.canvas.height);
}

/** Returns the pixels in the middle of a whole picture; the others have the mean colour of the edge of those. */
function withBorder(inner: Uint8ClampedArray, target: Box, { width, height }: ImageShape): Uint8ClampedArray {
  const [red, green, blue] = edgeColour(inner, target);
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < rgba.length; at += 4) {
    rgba[at] = red;
    rgba[at + 1] = green;
    rgba[at + 2] = blue;
    rgba[at + 3] = 255;
  }
  for (let row = 0; row < target.height; row++) {
    const line = inner.subarray(4 * row * target.width, 4 * (row + 1) * target.width);
    rgba.set(line, 4 * ((target.y + row) * width + target.x));
  }
  return rgba;
}

/** Returns the mean of the outermost pixels. */
function edgeColour(rgba: Uint8ClampedArray, { width, height }: Box): readonly number[] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let row = 0; row < height; row++) {
    const isEdge = row === 0 || row === height - 1;
    for (let column = 0; column < width; column += isEdge ? 1 : Math.max(1, width - 1)) {
      for (let c = 0; c < 3; c++) sums[c] += rgba[4 * (row * width + column) + c];
      count++;
    }
  }
  return sums.map((sum) => sum / count);
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
