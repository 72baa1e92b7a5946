/** Sweeps, which are shapes that differ in one dimension, and series of rows per second along them. */
import { formatNumber } from "../../../demo/ui/format.ts";
import type { MarkerName } from "../../../demo/ui/markers.tsx";
import { rowsPerSecond } from "../../figures.ts";
import { shapeText } from "../../measure/text.ts";
import { type BenchRecord, type BenchShape, isCorrect } from "../../record.ts";
import { groupBy } from "../align.ts";
import type { RecordName } from "../record-names.ts";
import { type ChartSeries, cycle, DASHES } from "./series.ts";

export type Dimension = keyof BenchShape;

/** Shapes along one dimension. */
export interface Sweep {
  readonly over: Dimension;
  /** A shape of the sweep; the other two dimensions are equal in all. */
  readonly like: BenchShape;
}

const DIMENSIONS: readonly Dimension[] = ["rows", "features", "classes"];

/** Returns the sweep with the most different values, the first of equals; null if no two shapes make one. */
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

/** Returns whether a shape lies on a sweep. */
export function isInSweep(shape: BenchShape, { over, like }: Sweep): boolean {
  return DIMENSIONS.every((dimension) => dimension === over || shape[dimension] === like[dimension]);
}

const MARKER_OF = { f32: "circle", f16: "square", u8: "triangle" } as const satisfies Record<
  string,
  MarkerName
>;

/** Returns a series for each contender and storage of each record; wrong results are left out. */
export function sweepSeries(
  records: readonly BenchRecord[],
  names: readonly RecordName[],
  sweep: Sweep,
): ChartSeries[] {
  const contenders = [...new Set(records.flatMap(({ steps }) => steps.map(({ contender }) => contender)))];
  return records.flatMap(({ steps }, i) => {
    const group = records.length > 1 ? `${names[i].machine}, ${names[i].date}` : "";
    const correct = steps.filter((step) => isCorrect(step) && isInSweep(step.shape, sweep));
    const groups = groupBy(correct, ({ contender, storage }) => `${contender}, ${storage}`);
    return groups.map(([label, own]): ChartSeries => {
      const [{ contender, storage }] = own;
      return {
        group,
        label,
        colour: contenders.indexOf(contender),
        marker: MARKER_OF[storage],
        dash: cycle(DASHES, i),
        points: own.map((step) => {
          const y = rowsPerSecond(step);
          const what = [label, shapeText(step.shape), group].filter(Boolean).join(", ");
          const text = `${what}: ${formatNumber(y)} rows/s`;
          return { x: step.shape[sweep.over], y, text };
        }),
      };
    });
  });
}
