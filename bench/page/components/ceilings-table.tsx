/** @jsxImportSource preact */
/** What each adapter can do at best, measured in the same run as everything else. */
import type { BenchRecord, CeilingsRecord } from "../../record.ts";
import { formatNumber, formatSpan, NOTHING } from "../format.ts";
import type { RecordName } from "../record-names.ts";
import { ScrollBox } from "./scroll-box.tsx";

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

/** Ceilings of every record. */
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
