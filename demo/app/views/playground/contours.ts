/** Edges between classes whose regions are no polygons: marching squares over scores on a grid. */
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";

/** A piece of an edge, in units of the grid's cells, y downwards. */
export type Segment = readonly [from: Point, to: Point];

/**
 * Returns the edges of the region of each class, in which its score leads, from scores `[side², K]` at the corners of the
 * cells, row after row. An edge is found from both of its sides, so the pieces of two classes lie on each other.
 */
export function contours(scores: Float64Array, side: number): Segment[] {
  const classes = scores.length / side ** 2;
  const best = Uint8Array.from({ length: side ** 2 }, (_, corner) => bestAt(scores, corner, classes));
  const segments: Segment[] = [];
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const first = row * side + column;
      // Around the cell, from the top left.
      const corners = [first, first + 1, first + side + 1, first + side];
      const leaders = new Set(corners.map((corner) => best[corner]));
      if (leaders.size === 1) continue;
      for (const k of leaders) {
        const leads = corners.map((corner) => leadOf(scores, corner, classes, k));
        for (const [from, to] of cellSegments(leads))
          segments.push([
            { x: column + from.x, y: row + from.y },
            { x: column + to.x, y: row + to.y },
          ]);
      }
    }
  }
  return segments;
}

function bestAt(scores: Float64Array, corner: number, classes: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++)
    if (scores[corner * classes + k] > scores[corner * classes + best]) best = k;
  return best;
}

/** Returns how far the score of class k is above the largest other one. */
function leadOf(scores: Float64Array, corner: number, classes: number, k: number): number {
  let other = -Infinity;
  for (let j = 0; j < classes; j++) if (j !== k) other = Math.max(other, scores[corner * classes + j]);
  return scores[corner * classes + k] - other;
}

/** The corners of a cell of side 1, around it. */
const CORNERS = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
] as const;

/** Returns the pieces of the line on which `leads`, given at the corners, is 0. */
function cellSegments(leads: readonly number[]): Segment[] {
  const crossings = CORNERS.flatMap((from, i) => {
    const next = (i + 1) % CORNERS.length;
    const [a, b] = [leads[i], leads[next]];
    if (a >= 0 === b >= 0) return [];
    const t = a / (a - b);
    const to = CORNERS[next];
    return [{ x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) }];
  });
  if (crossings.length === 2) return [[crossings[0], crossings[1]]];
  if (crossings.length !== 4) return [];
  // Opposite corners lead. The middle tells whether they are joined; crossing i is between corners i and i + 1.
  const middle = leads.reduce((sum, lead) => sum + lead, 0);
  const [top, right, bottom, left] = crossings;
  return middle >= 0 === leads[0] >= 0
    ? [
        [top, right],
        [bottom, left],
      ]
    : [
        [left, top],
        [right, bottom],
      ];
}
