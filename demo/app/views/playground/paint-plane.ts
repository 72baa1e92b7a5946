/** Paints the plane: shading, edges of the regions, points, and the cursor of the keyboard. */
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import { colourName, MARKER_NAMES, MARKERS } from "../../../ui/markers.tsx";
import { cssColour, type Rgb, themeColour } from "../../../ui/theme.ts";
import type { Trained } from "./course.ts";
import { type PlanePoint, REACH, toSheet } from "./plane.ts";
import { edges, GRID, probabilityGrid, shaded } from "./regions.ts";

interface PlanePicture {
  readonly points: readonly PlanePoint[];
  readonly trained: Trained | null;
  /** The cursor of the keyboard; null if it is not used. */
  readonly cursor: Point | null;
}

/** Sizes in CSS pixels. */
const MARKER = 5.5;
const CURSOR = 12;

const paths = MARKER_NAMES.map((name) => new Path2D(MARKERS[name]));

/** Paints the square canvas; `ratio` device pixels are one CSS pixel. */
export function paintPlane(context: CanvasRenderingContext2D, picture: PlanePicture, ratio: number): void {
  const side = context.canvas.width;
  const ground = themeColour("--surface");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = cssColour(ground);
  context.fillRect(0, 0, side, side);
  if (picture.trained) paintShading(context, picture.trained, ground);
  paintAxes(context, ratio);
  if (picture.trained) paintEdges(context, picture.trained, ratio);
  for (const point of picture.points) paintPoint(context, point, ground, ratio);
  if (picture.cursor) paintCursor(context, picture.cursor, ratio);
}

function classColour(k: number): Rgb {
  return themeColour(colourName(k));
}

function paintShading(context: CanvasRenderingContext2D, trained: Trained, ground: Rgb): void {
  const small = document.createElement("canvas");
  small.width = GRID;
  small.height = GRID;
  const pixels = shaded(probabilityGrid(trained), ground, trained.present.map(classColour));
  small.getContext("2d")?.putImageData(new ImageData(pixels, GRID, GRID), 0, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, context.canvas.width, context.canvas.height);
}

function paintAxes(context: CanvasRenderingContext2D, ratio: number): void {
  const side = context.canvas.width;
  context.lineWidth = ratio;
  for (let at = 1 - REACH; at < REACH; at++) {
    context.strokeStyle = cssColour(themeColour("--muted"), at === 0 ? 0.5 : 0.15);
    const { x } = toSheet({ x: at, y: 0 });
    context.beginPath();
    context.moveTo(side * x, 0);
    context.lineTo(side * x, side);
    context.moveTo(0, side * x);
    context.lineTo(side, side * x);
    context.stroke();
  }
}

function paintEdges(context: CanvasRenderingContext2D, trained: Trained, ratio: number): void {
  const side = context.canvas.width;
  context.strokeStyle = cssColour(themeColour("--text"), 0.75);
  context.lineWidth = 1.25 * ratio;
  context.lineJoin = "round";
  context.beginPath();
  for (const line of edges(trained)) {
    for (const [i, place] of line.entries()) {
      const { x, y } = toSheet(place);
      if (i === 0) context.moveTo(side * x, side * y);
      else context.lineTo(side * x, side * y);
    }
  }
  context.stroke();
}

function paintPoint(context: CanvasRenderingContext2D, point: PlanePoint, ground: Rgb, ratio: number): void {
  const path = paths[point.k];
  const { x, y } = toSheet(point);
  const size = MARKER * ratio;
  context.setTransform(size, 0, 0, size, context.canvas.width * x, context.canvas.height * y);
  context.lineWidth = 0.7;
  context.lineJoin = "round";
  context.strokeStyle = cssColour(ground);
  context.stroke(path);
  context.fillStyle = cssColour(classColour(point.k));
  context.fill(path);
  context.setTransform(1, 0, 0, 1, 0, 0);
}

function paintCursor(context: CanvasRenderingContext2D, cursor: Point, ratio: number): void {
  const { x, y } = toSheet(cursor);
  const [left, top, reach] = [context.canvas.width * x, context.canvas.height * y, CURSOR * ratio];
  const cross = () => {
    context.beginPath();
    context.moveTo(left - reach, top);
    context.lineTo(left + reach, top);
    context.moveTo(left, top - reach);
    context.lineTo(left, top + reach);
    context.stroke();
  };
  context.strokeStyle = cssColour(themeColour("--surface"));
  context.lineWidth = 5 * ratio;
  cross();
  context.strokeStyle = cssColour(themeColour("--text"));
  context.lineWidth = 2 * ratio;
  cross();
}
