/** @jsxImportSource preact */
/** A row of an image data set as the picture it is. */
import { useEffect, useRef } from "preact/hooks";
import { scaleOf } from "../../../src/data/matrix.ts";
import type { Matrix } from "../../../src/index.ts";
import type { ImageShape } from "../data/demo-dataset.ts";
import { paintBetween } from "./pixels.ts";
import { type Rgb, themeColour } from "./theme.ts";

interface SampleImageProps {
  readonly x: Matrix;
  readonly row: number;
  readonly shape: ImageShape;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** The picture: one channel as ink on paper, in the page's own colours; three as red, green and blue. */
export function SampleImage({ x, row, shape, label }: SampleImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [paper, ink] = [themeColour("--sunken"), themeColour("--text")];
  const { width, height, channels } = shape;
  useEffect(() => {
    const image = new ImageData(width, height);
    if (channels === 1) drawInk(image, x, row, paper, ink);
    else drawColours(image, x, row);
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
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
