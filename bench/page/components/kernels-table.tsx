/** @jsxImportSource preact */
/** Each kernel alone: its time, its rates, and how near it comes to what the adapter can do at best. */

import { gigaPerSecond, roofShare } from "../../figures.ts";
import { shapeText } from "../../measure/text.ts";
import type { BenchRecord, KernelRecord } from "../../record.ts";
import { align, groupBy } from "../align.ts";
import { formatDuration, formatNumber, formatPercent, formatSpan } from "../format.ts";
import type { RecordName } from "../record-names.ts";
import { MachineTable } from "./machine-table.tsx";
import type { TableColumn } from "./result-cells.tsx";

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
