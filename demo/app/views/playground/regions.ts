/**
 * The region of each class, in which it is the most probable. Regions of a classifier on x and y alone are convex
 * polygons, so their edges are exact at any size. With more features edges are curves, found on a grid. The shading is
 * computed on a coarse grid, too, by the reference's functions.
 */
import { matmul, softmax } from "../../../../src/backends/reference/operations.ts";
import type { Matrix } from "../../../../src/data/matrix.ts";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import type { Parameters } from "../../../../src/parameters.ts";
import type { Rgb } from "../../../ui/theme.ts";
import { contours } from "./contours.ts";
import { type Extra, matrixOf } from "./features.ts";
import { fromSheet, REACH } from "./plane.ts";

/** Cells of the shading along a side. */
export const GRID = 96;
/** Strength of a region's colour at its edge, and at probability 1. */
const STRENGTH = { edge: 0.1, certain: 0.5 };

/** A classifier in the plane, with the features that are switched on. */
export interface PlaneClassifier {
  readonly parameters: Parameters;
  readonly extras: readonly Extra[];
}

/** The features at the places of a square grid, row after row from the top left, kept until other extras are asked for. */
class PlaneGrid {
  readonly #places: readonly Point[];
  readonly #rows: readonly number[];
  #kept: { readonly extras: string; readonly matrix: Matrix } | null = null;

  /** @param margin distance of the outer places from the edge of the sheet, in cells of which `cells` are along it */
  constructor(side: number, cells: number, margin: number) {
    this.#rows = Array.from({ length: side * side }, (_, at) => at);
    this.#places = this.#rows.map((at) =>
      fromSheet(((at % side) + margin) / cells, (Math.floor(at / side) + margin) / cells),
    );
  }

  /** Returns Z `[places, K]`. */
  scores({ parameters, extras }: PlaneClassifier): Float64Array {
    const key = extras.join();
    if (this.#kept?.extras !== key) this.#kept = { extras: key, matrix: matrixOf(this.#places, extras) };
    return matmul(this.#kept.matrix, this.#rows, parameters);
  }
}

const middles = new PlaneGrid(GRID, GRID, 0.5);
const corners = new PlaneGrid(GRID + 1, GRID, 0);

/** Returns P `[GRID², K]` at the middle of each cell, row after row from the top left. */
export function probabilityGrid(classifier: PlaneClassifier): Float64Array {
  return softmax(middles.scores(classifier), classifier.parameters.bias.length);
}

/** Returns the edges between the regions as lines: closed polygons of x and y alone, else pieces of curves. */
export function edges(classifier: PlaneClassifier): Point[][] {
  if (classifier.extras.length === 0)
    return regions(classifier.parameters).flatMap((polygon) =>
      polygon.length > 0 ? [[...polygon, polygon[0]]] : [],
    );
  return contours(corners.scores(classifier), GRID + 1).map((segment) =>
    segment.map(({ x, y }) => fromSheet(x / GRID, y / GRID)),
  );
}

/** Returns RGBA bytes: the colour of the likeliest class, paler if the second likeliest is close. */
export function shaded(
  probabilities: Float64Array,
  ground: Rgb,
  colours: readonly Rgb[],
): Uint8ClampedArray<ArrayBuffer> {
  const classes = colours.length;
  const rgba = new Uint8ClampedArray((4 * probabilities.length) / classes);
  for (let cell = 0; cell < rgba.length / 4; cell++) {
    let [best, first, second] = [0, -1, -1];
    for (let k = 0; k < classes; k++) {
      const p = probabilities[cell * classes + k];
      if (p > first) [best, first, second] = [k, p, first];
      else if (p > second) second = p;
    }
    const strength = STRENGTH.edge + (STRENGTH.certain - STRENGTH.edge) * (first - second);
    for (let c = 0; c < 3; c++) rgba[4 * cell + c] = ground[c] + strength * (colours[best][c] - ground[c]);
    rgba[4 * cell + 3] = 255;
  }
  return rgba;
}

/** Returns the region of each class of x and y alone as a polygon that reaches a little beyond the plane; empty for no region. */
export function regions({ weights, bias }: Parameters): Point[][] {
  const edge = 1.1 * REACH;
  const square = [
    { x: -edge, y: -edge },
    { x: edge, y: -edge },
    { x: edge, y: edge },
    { x: -edge, y: edge },
  ];
  const all = Array.from(bias.keys());
  return all.map((k) =>
    all
      .filter((other) => other !== k)
      .reduce<Point[]>(
        (polygon, other) =>
          halfOf(
            polygon,
            ({ x, y }) =>
              (weights[2 * k] - weights[2 * other]) * x +
              (weights[2 * k + 1] - weights[2 * other + 1]) * y +
              (bias[k] - bias[other]),
          ),
        square,
      ),
  );
}

/** Returns the part of a convex polygon in which the linear `lead` is not negative (Sutherland and Hodgman). */
function halfOf(polygon: readonly Point[], lead: (point: Point) => number): Point[] {
  return polygon.flatMap((to, i) => {
    const from = polygon.at(i - 1) as Point;
    const [a, b] = [lead(from), lead(to)];
    const kept = b >= 0 ? [to] : [];
    if (a >= 0 === b >= 0) return kept;
    const t = a / (a - b);
    return [{ x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) }, ...kept];
  });
}
