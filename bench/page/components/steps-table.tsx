/** @jsxImportSource preact */
/** Training steps of every contender, beside this library's own on a tuned WebGPU. */

import { ratioToTuned, rowsPerSecond, stepsPerSecond } from "../../figures.ts";
import { shapeText } from "../../measure/text.ts";
import type { BenchRecord, StepRecord } from "../../record.ts";
import { align, groupBy } from "../align.ts";
import { formatNumber, formatRatio, formatSpan } from "../format.ts";
import type { RecordName } from "../record-names.ts";
import { MachineTable } from "./machine-table.tsx";
import type { TableColumn } from "./result-cells.tsx";

interface StepsTableProps {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

/** Steps, grouped by shape. */
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
