/** Strokes of the pad of cells, which draws without a pointer: neighbouring cells are joined. */
import type { Stroke } from "./raster.ts";

/** Cells along the width of the pad, and along its height. */
export const CELLS = 12;

/** Returns the strokes of the cells that are on (row · CELLS + column), in widths of the drawing area. */
export function strokesOfCells(cells: ReadonlySet<number>, aspect: number): Stroke[] {
  const pointOf = (cell: number) => ({
    x: ((cell % CELLS) + 0.5) / CELLS,
    y: (aspect * (Math.floor(cell / CELLS) + 0.5)) / CELLS,
  });
  return [...cells].flatMap((cell) => [
    [pointOf(cell)],
    ...joined(cell, cells).map((other) => [pointOf(cell), pointOf(other)]),
  ]);
}

/** Returns the cells to the right and below that are on; a diagonal one only if no neighbour of both is on. */
function joined(cell: number, cells: ReadonlySet<number>): number[] {
  const column = cell % CELLS;
  const isOn = (dx: number, dy: number) => {
    const x = column + dx;
    return x >= 0 && x < CELLS && cells.has(cell + dx + dy * CELLS);
  };
  const steps = [
    [1, 0],
    [0, 1],
    [1, 1],
    [-1, 1],
  ] as const;
  return steps
    .filter(([dx, dy]) => isOn(dx, dy) && !(dx && dy && (isOn(dx, 0) || isOn(0, dy))))
    .map(([dx, dy]) => cell + dx + dy * CELLS);
}
