/**
 * Series of the roofline plot: the roof of each record, and its correct kernels below it. Markers distinguish kernels.
 * Colours distinguish kernels if there is one record, and records if there are several.
 */
import { formatNumber, formatPercent } from "../../../demo/ui/format.ts";
import { gigaPerSecond, intensity, roofAt, roofShare } from "../../figures.ts";
import { shapeText } from "../../measure/text.ts";
import { type BenchRecord, type CeilingsRecord, isCorrect, type KernelRecord } from "../../record.ts";
import { groupBy } from "../align.ts";
import type { RecordName } from "../record-names.ts";
import { type ChartPoint, type ChartSeries, cycle, DASHES, SERIES_MARKERS } from "./series.ts";

/** Returns the series; none if no record has both ceilings and kernels. */
export function rooflineSeries(records: readonly BenchRecord[], names: readonly RecordName[]): ChartSeries[] {
  const usable = records.flatMap(({ ceilings, kernels }, i) => {
    const correct = kernels.filter(isCorrect);
    return ceilings && correct.length > 0 ? [{ ceilings, kernels: correct, name: names[i] }] : [];
  });
  const kernelNames = [...new Set(usable.flatMap(({ kernels }) => kernels.map(({ kernel }) => kernel)))];
  const several = usable.length > 1;
  const ends = rangeOf(
    usable.flatMap(({ ceilings, kernels }) => [ridgeOf(ceilings), ...kernels.map(intensity)]),
  );
  return usable.flatMap(({ ceilings, kernels, name }, i) => {
    const group = several ? `${name.machine}, ${name.date}` : "";
    const roof: ChartSeries = {
      group,
      label: "Roof",
      colour: i,
      marker: null,
      dash: cycle(DASHES, i),
      points: roofPoints(ceilings, ends),
    };
    const marks = groupBy(kernels, ({ kernel }) => kernel).map(([kernel, own]): ChartSeries => {
      const index = kernelNames.indexOf(kernel);
      return {
        group,
        label: kernel,
        colour: several ? i : index + 1,
        marker: cycle(SERIES_MARKERS, index),
        dash: null,
        points: own.map((one) => pointOf(one, ceilings, group)),
      };
    });
    return [roof, ...marks];
  });
}

/** Returns the intensity from which on arithmetic, not reading, is the limit. */
function ridgeOf({ fma, read }: CeilingsRecord): number {
  return fma.median / read.median;
}

function rangeOf(values: readonly number[]): [min: number, max: number] {
  const usable = values.filter((value) => Number.isFinite(value) && value > 0);
  return [Math.min(...usable) / 2, Math.max(...usable) * 2];
}

function roofPoints(ceilings: CeilingsRecord, [min, max]: readonly [number, number]): ChartPoint[] {
  return [min, ridgeOf(ceilings), max].map((x) => ({ x, y: roofAt(x, ceilings), text: "" }));
}

function pointOf(kernel: KernelRecord, ceilings: CeilingsRecord, group: string): ChartPoint {
  const y = gigaPerSecond(kernel.flops, kernel.time.median);
  const what = [kernel.kernel, shapeText(kernel.shape), kernel.storage, group].filter(Boolean).join(", ");
  const share = formatPercent(roofShare(kernel, ceilings));
  return { x: intensity(kernel), y, text: `${what}: ${formatNumber(y)} GFLOP/s, ${share} of the roof` };
}
