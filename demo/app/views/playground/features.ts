/** What a classifier sees of a place in the plane: x and y, and the features that are switched on. */
import type { Matrix } from "../../../../src/data/matrix.ts";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";

interface PlaneFeature<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** For a screen reader and a tooltip. */
  readonly inWords: string;
  readonly of: (place: Point) => number;
}

function feature<Id extends string>(id: Id, label: string, inWords: string, of: (place: Point) => number) {
  return { id, label, inWords, of } satisfies PlaneFeature<Id>;
}

const ALWAYS = [feature("x", "x", "x", ({ x }) => x), feature("y", "y", "y", ({ y }) => y)] as const;

/**
 * Features that can be switched on, in the order of the columns. The squares and the product give every conic as an
 * edge; the distance gives circles by one weight, which shows what a single fitting feature is worth.
 */
export const EXTRAS = [
  feature("x2", "x²", "x squared", ({ x }) => x * x),
  feature("y2", "y²", "y squared", ({ y }) => y * y),
  feature("xy", "x·y", "x times y", ({ x, y }) => x * y),
  feature("r", "r", "r, the distance from the middle", ({ x, y }) => Math.hypot(x, y)),
] as const;

export type Extra = (typeof EXTRAS)[number]["id"];

/** Returns all features of a classifier with these extras, in the order of its columns. */
export function featuresOf(extras: readonly Extra[]): PlaneFeature<string>[] {
  return [...ALWAYS, ...EXTRAS.filter(({ id }) => extras.includes(id))];
}

/** Returns the features of places as a matrix, a row for each place. */
export function matrixOf(places: readonly Point[], extras: readonly Extra[]): Matrix<Float32Array> {
  const columns = featuresOf(extras);
  const data = new Float32Array(places.length * columns.length);
  for (const [row, place] of places.entries())
    for (const [column, { of }] of columns.entries()) data[row * columns.length + column] = of(place);
  return { data, rows: places.length, cols: columns.length };
}
