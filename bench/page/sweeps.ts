/** Finds, among measured shapes, those that differ in one dimension only, so that a chart can be drawn over it. */
import type { BenchShape } from "../record.ts";

/** A dimension to draw over. */
export type Dimension = keyof BenchShape;

/** Shapes along one dimension. */
export interface Sweep {
  readonly over: Dimension;
  /** One of the shapes; all have its other two dimensions. */
  readonly like: BenchShape;
}

const DIMENSIONS: readonly Dimension[] = ["rows", "features", "classes"];

/** The sweep with the most different values, the first of equals; null if no two shapes make one. */
export function findSweep(shapes: readonly BenchShape[], over: Dimension): Sweep | null {
  let best: Sweep | null = null;
  let most = 1;
  for (const like of shapes) {
    const sweep = { over, like };
    const values = new Set(shapes.filter((shape) => isInSweep(shape, sweep)).map((shape) => shape[over]));
    if (values.size <= most) continue;
    most = values.size;
    best = sweep;
  }
  return best;
}

/** Whether a shape lies on a sweep. */
export function isInSweep(shape: BenchShape, { over, like }: Sweep): boolean {
  return DIMENSIONS.every((dimension) => dimension === over || shape[dimension] === like[dimension]);
}
