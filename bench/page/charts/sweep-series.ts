/** Series of rows per second along a sweep: colours tell contenders apart, marks storages, dashes records. */

import { rowsPerSecond } from "../../figures.ts";
import { shapeText } from "../../measure/text.ts";
import { type BenchRecord, isCorrect } from "../../record.ts";
import { groupBy } from "../align.ts";
import { formatNumber } from "../format.ts";
import type { RecordName } from "../record-names.ts";
import { isInSweep, type Sweep } from "../sweeps.ts";
import { type ChartSeries, cycle, DASHES, type Marker } from "./series.ts";

const MARKER_OF = { f32: "circle", f16: "square", u8: "triangle" } as const satisfies Record<string, Marker>;

/** A series for each contender and storage of each record; wrong results are left out. */
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
