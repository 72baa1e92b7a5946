/** Rows and weights as pictures: samples in the page's colours, and values of both signs in blue and orange. */
import { useEffect, useRef } from "preact/hooks";
import { scaleOf } from "../../../src/data/matrix.ts";
import type { Matrix } from "../../../src/index.ts";
import { type Rgb, themeColour } from "../../ui/theme.ts";
import type { DemoDataset, ImageShape } from "../data/demo-dataset.ts";

/** Paints one pixel with a mixture of two colours; `share`, 0 to 1, is that of `to`. */
function paintBetween({ data }: ImageData, pixel: number, from: Rgb, to: Rgb, share: number): void {
  for (let c = 0; c < 3; c++) data[4 * pixel + c] = from[c] + share * (to[c] - from[c]);
  data[4 * pixel + 3] = 255;
}

/**
 * Returns values as blue above 0 and orange below, in full colour at ±`most`. People with any colour vision can tell
 * the two apart.
 *
 * @param values one for each pixel, row after row
 */
export function divergingImage(values: ArrayLike<number>, width: number, most: number): ImageData {
  const image = new ImageData(width, values.length / width);
  const [none, plus, minus] = [
    themeColour("--surface"),
    themeColour("--series-1"),
    themeColour("--series-2"),
  ];
  for (let pixel = 0; pixel < values.length; pixel++) {
    const share = most > 0 ? values[pixel] / most : 0;
    paintBetween(image, pixel, none, share > 0 ? plus : minus, Math.min(1, Math.abs(share)));
  }
  return image;
}

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/**
 * Returns the colours of 0 and of the largest value in grey pictures: black and white in picture files, whose grey is
 * light, else paper and ink of the page's theme.
 */
export function inkOf({ pictures }: Pick<DemoDataset, "pictures">): readonly [paper: Rgb, ink: Rgb] {
  return pictures ? [BLACK, WHITE] : [themeColour("--sunken"), themeColour("--text")];
}

/** Returns a row as a picture: one channel between two colours; three as red, green and blue. */
export function rowImage(x: Matrix, row: number, shape: ImageShape, paper: Rgb, ink: Rgb): ImageData {
  const image = new ImageData(shape.width, shape.height);
  if (shape.channels === 1) drawInk(image, x, row, paper, ink);
  else drawColours(image, x, row);
  return image;
}

interface SampleImageProps {
  /** The row's data set, or what stands for one: `{}` has no picture files. */
  readonly dataset: Pick<DemoDataset, "pictures">;
  readonly x: Matrix;
  readonly row: number;
  readonly shape: ImageShape;
  /** Text alternative for screen readers. */
  readonly label: string;
}

/** A row as a picture. */
export function SampleImage({ dataset, x, row, shape, label }: SampleImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [paper, ink] = inkOf(dataset);
  const { width, height, channels } = shape;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(rowImage(x, row, shape, paper, ink), 0, 0);
  }, [x, row, width, height, channels, paper, ink]);
  return (
    <canvas class="pixel-image" ref={canvas} width={width} height={height} role="img" aria-label={label} />
  );
}

function drawInk(image: ImageData, x: Matrix, row: number, paper: Rgb, ink: Rgb): void {
  const { data, cols } = x;
  const scale = scaleOf(x);
  for (let pixel = 0; pixel < cols; pixel++) {
    const share = Math.min(1, Math.max(0, scale * data[row * cols + pixel]));
    paintBetween(image, pixel, paper, ink, share);
  }
}

function drawColours(image: ImageData, x: Matrix, row: number): void {
  const { data, cols } = x;
  const scale = 255 * scaleOf(x);
  for (let j = 0; j < cols; j++) image.data[4 * Math.floor(j / 3) + (j % 3)] = scale * data[row * cols + j];
  for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
}

interface SignedImageProps {
  /** `[D]`; the channels of a pixel are added up. */
  readonly values: Float64Array;
  /** |value| that gets the full colour. */
  readonly full: number;
  readonly shape: ImageShape;
  /** Text alternative for screen readers. */
  readonly label: string;
}

export function SignedImage({ values, full, shape, label }: SignedImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ground = themeColour("--surface");
  const { width, height, channels } = shape;
  useEffect(() => {
    const image = divergingImage(ofPixels(values, channels), width, channels * full);
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
  }, [values, full, width, channels, ground]);
  return (
    <canvas class="signed-image" ref={canvas} width={width} height={height} role="img" aria-label={label} />
  );
}

function ofPixels(values: Float64Array, channels: number): Float64Array {
  if (channels === 1) return values;
  const sums = new Float64Array(values.length / channels);
  for (let j = 0; j < values.length; j++) sums[Math.floor(j / channels)] += values[j];
  return sums;
}
