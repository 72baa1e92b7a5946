/** The painting of a scatter plot: the region of each class behind the rows, and rings around mistakes. */
import { colourName, MARKER_NAMES, MARKERS } from "../../../ui/markers.tsx";
import { cssColour, type Rgb, themeColour } from "../../../ui/theme.ts";
import type { Snapshot } from "../../state/run-records.ts";

/** A range of both features. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Index of its class. */
  readonly k: number;
}

interface ScatterPicture {
  readonly points: readonly ScatterPoint[];
  readonly frame: Frame;
  /** Null before training. */
  readonly parameters: Pick<Snapshot, "weights" | "bias"> | null;
}

/** Cells of the shading along a side. */
const GRID = 72;
/** Strength of a region's colour at its edge, and at probability 1. */
const STRENGTH = { edge: 0.08, certain: 0.42 };
/** Sizes in CSS pixels. */
const MARKER = 4;
const RING = 7.5;

const paths = MARKER_NAMES.map((name) => new Path2D(MARKERS[name]));

/** Returns the index of the likeliest class, and how much likelier it is than the second, 0 to 1. */
export function likeliestAt(
  { weights, bias }: Pick<Snapshot, "weights" | "bias">,
  x: number,
  y: number,
): readonly [k: number, lead: number] {
  const scores = Array.from(bias, (b, k) => weights[2 * k] * x + weights[2 * k + 1] * y + b);
  const largest = Math.max(...scores);
  const best = scores.indexOf(largest);
  let [sum, second] = [0, 0];
  for (const [k, score] of scores.entries()) {
    const part = Math.exp(score - largest);
    sum += part;
    if (k !== best) second = Math.max(second, part);
  }
  return [best, (1 - second) / sum];
}

/** Paints the whole canvas. @param ratio device pixels of one CSS pixel */
export function paintScatter(
  context: CanvasRenderingContext2D,
  { points, frame, parameters }: ScatterPicture,
  ratio: number,
): void {
  const { width, height } = context.canvas;
  const ground = themeColour("--surface");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = cssColour(ground);
  context.fillRect(0, 0, width, height);
  if (parameters) paintRegions(context, parameters, frame, ground);
  for (const { x, y, k } of points) {
    const left = (width * (x - frame.left)) / (frame.right - frame.left);
    const top = (height * (frame.top - y)) / (frame.top - frame.bottom);
    const isWrong = parameters !== null && likeliestAt(parameters, x, y)[0] !== k;
    paintPoint(context, { left, top, k, isWrong }, ground, ratio);
  }
}

function paintRegions(
  context: CanvasRenderingContext2D,
  parameters: Pick<Snapshot, "weights" | "bias">,
  { left, right, bottom, top }: Frame,
  ground: Rgb,
): void {
  const image = new ImageData(GRID, GRID);
  for (let cell = 0; cell < GRID * GRID; cell++) {
    const x = left + (((cell % GRID) + 0.5) / GRID) * (right - left);
    const y = top - ((Math.floor(cell / GRID) + 0.5) / GRID) * (top - bottom);
    const [k, lead] = likeliestAt(parameters, x, y);
    const strength = STRENGTH.edge + (STRENGTH.certain - STRENGTH.edge) * lead;
    const colour = themeColour(colourName(k));
    for (let c = 0; c < 3; c++) image.data[4 * cell + c] = ground[c] + strength * (colour[c] - ground[c]);
    image.data[4 * cell + 3] = 255;
  }
  const small = document.createElement("canvas");
  small.width = GRID;
  small.height = GRID;
  small.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, context.canvas.width, context.canvas.height);
}

interface PlacedPoint {
  readonly left: number;
  readonly top: number;
  readonly k: number;
  readonly isWrong: boolean;
}

function paintPoint(
  context: CanvasRenderingContext2D,
  { left, top, k, isWrong }: PlacedPoint,
  ground: Rgb,
  ratio: number,
): void {
  const size = MARKER * ratio;
  context.setTransform(size, 0, 0, size, left, top);
  context.lineWidth = 0.6;
  context.strokeStyle = cssColour(ground);
  context.stroke(paths[k]);
  context.fillStyle = cssColour(themeColour(colourName(k)));
  context.fill(paths[k]);
  context.setTransform(1, 0, 0, 1, 0, 0);
  if (!isWrong) return;
  context.beginPath();
  context.arc(left, top, RING * ratio, 0, 2 * Math.PI);
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = cssColour(themeColour("--text"));
  context.stroke();
}
