/** Tables of the results: training steps, the limits of the adapter, and kernels. */
import { formatDuration, formatNumber, formatPercent, formatSpan, NOTHING } from "../../../demo/ui/format.ts";
import { ScrollBox } from "../../../demo/ui/section.tsx";
import { comparison, gigaPerSecond, roofShare, rowsPerSecond, stepsPerSecond } from "../../figures.ts";
import type { CeilingsRecord, Spread } from "../../record.ts";
import type { NamedRecords } from "../record-names.ts";
import { MachineTable } from "./machine-table.tsx";

export function StepsTable({ records, names }: NamedRecords) {
  return (
    <MachineTable
      caption="Training steps, median of rounds"
      rowTitle="Contender"
      names={names}
      results={records.map(({ steps }) => steps)}
      nameOf={({ contender }) => contender}
      columns={[
        ["ms per step", ({ time }) => <Measured spread={time} format={formatNumber} />],
        ["Steps/s", (step) => formatNumber(stepsPerSecond(step))],
        ["Rows/s", (step) => formatNumber(rowsPerSecond(step))],
        ["Speed", (step, record) => comparison(step, records[record].steps)],
      ]}
    />
  );
}

const CEILINGS: readonly { key: keyof CeilingsRecord; title: string; unit: string; meaning: string }[] = [
  { key: "fma", title: "Arithmetic", unit: "GFLOP/s", meaning: "multiply-adds alone; each counts two" },
  { key: "read", title: "Reading", unit: "GB/s", meaning: "a buffer larger than caches, once" },
  { key: "dispatch", title: "A dispatch", unit: "µs", meaning: "that does nothing" },
  { key: "submit", title: "A submit", unit: "µs", meaning: "that does nothing, with the wait for it" },
];

export function CeilingsTable({ records, names }: NamedRecords) {
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
                  {ceilings ? <Measured spread={ceilings[key]} format={formatNumber} unit={unit} /> : NOTHING}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

export function KernelsTable({ records, names }: NamedRecords) {
  return (
    <MachineTable
      caption="Kernels, one dispatch each"
      rowTitle="Kernel"
      names={names}
      results={records.map(({ kernels }) => kernels)}
      nameOf={({ kernel }) => kernel}
      columns={[
        [
          "Time",
          ({ time, variant }) => (
            <>
              <Measured spread={time} format={formatDuration} />
              <span class="span">{variant}</span>
            </>
          ),
        ],
        ["GFLOP/s", ({ flops, time }) => formatNumber(gigaPerSecond(flops, time.median))],
        ["GB/s", ({ bytes, time }) => formatNumber(gigaPerSecond(bytes, time.median))],
        ["Of the roof", (kernel, record) => formatPercent(roofShare(kernel, records[record].ceilings))],
      ]}
    />
  );
}

interface MeasuredProps {
  readonly spread: Spread;
  readonly format: (value: number) => string;
  readonly unit?: string;
}

/** A median, and below it the range of the measurements. */
function Measured({ spread, format, unit = "" }: MeasuredProps) {
  return (
    <>
      {format(spread.median)} {unit}
      <span class="span">{formatSpan(spread, format)}</span>
    </>
  );
}
