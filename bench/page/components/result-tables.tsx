/** Tables of the results: training steps, the limits of the adapter, and kernels. */

import {
  formatDuration,
  formatNumber,
  formatPercent,
  formatRatio,
  formatSpan,
  NOTHING,
} from "../../../demo/ui/format.ts";
import { ScrollBox } from "../../../demo/ui/section.tsx";
import { gigaPerSecond, ratioToTuned, roofShare, rowsPerSecond, stepsPerSecond } from "../../figures.ts";
import { shapeText } from "../../measure/text.ts";
import type { BenchRecord, CeilingsRecord, KernelRecord, StepRecord } from "../../record.ts";
import { align, groupBy } from "../align.ts";
import type { RecordName } from "../record-names.ts";
import { MachineTable, type TableColumn } from "./machine-table.tsx";

interface StepsTableProps {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

/** Training steps, grouped by shape. */
export function StepsTable({ records, names }: StepsTableProps) {
  const rows = align(
    records.map(({ steps }) => steps),
    ({ contender, shape, storage }) => JSON.stringify([contender, shapeText(shape), storage]),
  );
  const groups = groupBy(rows, ({ sample }) => shapeText(sample.shape));
  const columns: TableColumn<StepRecord>[] = [
    {
      title: "ms per step",
      cell: ({ time }) => (
        <>
          {formatNumber(time.median)}
          <span class="span">{formatSpan(time, formatNumber)}</span>
        </>
      ),
    },
    { title: "Steps/s", cell: (step) => formatNumber(stepsPerSecond(step)) },
    { title: "Rows/s", cell: (step) => formatNumber(rowsPerSecond(step)) },
    {
      title: "× tuned WebGPU",
      cell: (step, record) => formatRatio(ratioToTuned(step, records[record].steps)),
    },
  ];
  return (
    <MachineTable
      caption="Training steps, median of rounds"
      rowTitle="Contender"
      groupTitle="Shape"
      names={names}
      columns={columns}
      groups={groups.map(([title, grouped]) => ({ title, rows: grouped }))}
      rowHead={({ contender, storage }) => (
        <>
          {contender} <span class="tag">{storage}</span>
        </>
      )}
    />
  );
}

const CEILINGS: readonly { key: keyof CeilingsRecord; title: string; unit: string; meaning: string }[] = [
  { key: "fma", title: "Arithmetic", unit: "GFLOP/s", meaning: "multiply-adds alone; each counts two" },
  { key: "read", title: "Reading", unit: "GB/s", meaning: "a buffer larger than caches, once" },
  { key: "dispatch", title: "A dispatch", unit: "µs", meaning: "that does nothing" },
  { key: "submit", title: "A submit", unit: "µs", meaning: "that does nothing, with the wait for it" },
];

interface CeilingsTableProps {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

/** The measured limits of the adapter of every record. */
export function CeilingsTable({ records, names }: CeilingsTableProps) {
  const caption = "What the GPU can do at best";
  return (
    <ScrollBox label={caption}>
      <table class="narrow">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Measured</th>
            {names.map(({ machine, date }) => (
              <th key={machine + date} scope="col" class="first">
                {machine} <span class="span">{date}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {CEILINGS.map(({ key, title, unit, meaning }) => (
            <tr key={key}>
              <th scope="row">
                {title} <span class="span">{meaning}</span>
              </th>
              {records.map(({ ceilings }, i) => (
                <td key={names[i].machine + names[i].date} class="first">
                  {ceilings ? `${formatNumber(ceilings[key].median)} ${unit}` : NOTHING}
                  {ceilings && <span class="span">{formatSpan(ceilings[key], formatNumber)}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

interface KernelsTableProps {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

/** Kernels, grouped by shape. */
export function KernelsTable({ records, names }: KernelsTableProps) {
  const rows = align(
    records.map(({ kernels }) => kernels),
    ({ kernel, shape, storage }) => JSON.stringify([kernel, shapeText(shape), storage]),
  );
  const groups = groupBy(rows, ({ sample }) => shapeText(sample.shape));
  const columns: TableColumn<KernelRecord>[] = [
    {
      title: "Time",
      cell: ({ time, variant }) => (
        <>
          {formatDuration(time.median)}
          <span class="span">{formatSpan(time, formatDuration)}</span>
          <span class="span">{variant}</span>
        </>
      ),
    },
    { title: "GFLOP/s", cell: ({ flops, time }) => formatNumber(gigaPerSecond(flops, time.median)) },
    { title: "GB/s", cell: ({ bytes, time }) => formatNumber(gigaPerSecond(bytes, time.median)) },
    {
      title: "Of the roof",
      cell: (kernel, record) => formatPercent(roofShare(kernel, records[record].ceilings)),
    },
  ];
  return (
    <MachineTable
      caption="Kernels, one dispatch each"
      rowTitle="Kernel"
      groupTitle="Shape"
      names={names}
      columns={columns}
      groups={groups.map(([title, grouped]) => ({ title, rows: grouped }))}
      rowHead={({ kernel, storage }) => (
        <>
          {kernel} <span class="tag">{storage}</span>
        </>
      )}
    />
  );
}
