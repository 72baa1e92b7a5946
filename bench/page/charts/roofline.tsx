/** @jsxImportSource preact */
/** The roofline plot: how fast each kernel computes, by how much it computes for each byte, under the roof. */
import { useMemo } from "preact/hooks";
import type { BenchRecord } from "../../record.ts";
import type { RecordName } from "../record-names.ts";
import { ChartGroup } from "./chart-group.tsx";
import { rooflineSeries } from "./roofline-series.ts";
import type { ChartAxis } from "./series.ts";

const X: ChartAxis = { label: "floating-point operations per byte", base: 10 };
const Y: ChartAxis = { label: "GFLOP/s", base: 10 };

interface RooflineProps {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

/** The plot; nothing where no adapter's ceilings were measured. */
export function Roofline({ records, names }: RooflineProps) {
  const series = useMemo(() => rooflineSeries(records, names), [records, names]);
  if (series.length === 0) return null;
  const caption = "Kernels under the roof of what the GPU can do";
  return <ChartGroup charts={[{ caption, series, x: X, y: Y }]} />;
}
