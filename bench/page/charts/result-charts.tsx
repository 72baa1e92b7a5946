/** The charts of the results: rows per second along sweeps, and the roofline plot. */
import { useMemo } from "preact/hooks";
import { formatCount } from "../../../demo/ui/format.ts";
import type { NamedRecords } from "../record-names.ts";
import { rooflineSeries } from "./roofline-series.ts";
import { ChartGroup } from "./scatter-chart.tsx";
import type { ChartAxis, ChartProps } from "./series.ts";
import { type Dimension, findSweep, type Sweep, sweepSeries } from "./sweep-series.ts";

const SWEEP_X: Readonly<Record<Dimension, ChartAxis>> = {
  rows: { label: "rows of a batch", base: 2 },
  features: { label: "features D", base: 2 },
  classes: { label: "classes K", base: 2 },
};
const SWEEP_Y: ChartAxis = { label: "rows per second", base: 10 };

/** Up to three charts, or how to get them. */
export function SweepCharts({ records, names }: NamedRecords) {
  const charts = useMemo(() => {
    const shapes = records.flatMap(({ steps }) => steps.map(({ shape }) => shape));
    return (["rows", "features", "classes"] as const).flatMap((over): ChartProps[] => {
      const sweep = findSweep(shapes, over);
      if (!sweep) return [];
      const series = sweepSeries(records, names, sweep);
      return [{ caption: captionOf(sweep), series, x: SWEEP_X[over], y: SWEEP_Y }];
    });
  }, [records, names]);
  if (charts.length === 0) return <p class="hint">Measure a sweep to see charts here.</p>;
  return <ChartGroup charts={charts} />;
}

function captionOf({ over, like }: Sweep): string {
  const rows = `${formatCount(like.rows)} rows`;
  const features = `${formatCount(like.features)} features`;
  const classes = `${formatCount(like.classes)} classes`;
  if (over === "rows") return `Over the batch size, at ${features} and ${classes}`;
  if (over === "features") return `Over the features, at ${rows} and ${classes}`;
  return `Over the classes, at ${rows} and ${features}`;
}

const ROOFLINE_X: ChartAxis = { label: "floating-point operations per byte", base: 10 };
const ROOFLINE_Y: ChartAxis = { label: "GFLOP/s", base: 10 };

/** The roofline plot; nothing if the limits of no adapter were measured. */
export function Roofline({ records, names }: NamedRecords) {
  const series = useMemo(() => rooflineSeries(records, names), [records, names]);
  if (series.length === 0) return null;
  const caption = "Kernels under the roof of what the GPU can do";
  return <ChartGroup charts={[{ caption, series, x: ROOFLINE_X, y: ROOFLINE_Y }]} />;
}
