/** @jsxImportSource preact */
/** A table of results with a block of columns for each record and a row for each thing measured. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { AlignedRow } from "../align.ts";
import type { RecordName } from "../record-names.ts";
import { GroupPicker, pickedGroups } from "./group-picker.tsx";
import { Cells, type Checked, type TableColumn } from "./result-cells.tsx";
import { ScrollBox } from "./scroll-box.tsx";

/** Rows under a heading of their own. */
export interface TableGroup<T> {
  readonly title: string;
  readonly rows: readonly AlignedRow<T>[];
}

interface MachineTableProps<T extends Checked> {
  readonly caption: string;
  readonly rowTitle: string;
  /** What the groups differ in. */
  readonly groupTitle: string;
  readonly names: readonly RecordName[];
  readonly columns: readonly TableColumn<T>[];
  readonly groups: readonly TableGroup<T>[];
  readonly rowHead: (sample: T) => ComponentChildren;
}

/** The table, and above it which of its groups are shown. */
export function MachineTable<T extends Checked>(props: MachineTableProps<T>) {
  const { caption, rowTitle, groupTitle, names, columns, groups, rowHead } = props;
  const [picked, setPicked] = useState<string | null>(null);
  const shown = pickedGroups(groups, picked);
  const titles = [...columns.map(({ title }) => title), "Error"];
  return (
    <>
      <GroupPicker label={groupTitle} groups={groups} shown={shown} onPick={setPicked} />
      <ScrollBox label={caption}>
        <table class={names.length > 1 ? "several" : undefined}>
          <caption>{caption}</caption>
          <MachineHead rowTitle={rowTitle} names={names} titles={titles} />
          {shown.map(({ title, rows }) => (
            <tbody key={title}>
              <tr>
                <th scope="rowgroup" class="group">
                  {title}
                </th>
                <td colSpan={titles.length * names.length} />
              </tr>
              {rows.map(({ key, entries, sample }) => (
                <tr key={key}>
                  <th scope="row">{rowHead(sample)}</th>
                  {entries.map((entry, record) => (
                    <Cells key={record} entry={entry} record={record} columns={columns} />
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </ScrollBox>
    </>
  );
}

interface MachineHeadProps {
  readonly rowTitle: string;
  readonly names: readonly RecordName[];
  readonly titles: readonly string[];
}

/** One block of columns needs no name over it. */
function MachineHead({ rowTitle, names, titles }: MachineHeadProps) {
  return (
    <thead>
      {names.length > 1 && (
        <tr>
          <td />
          {names.map(({ machine, date }) => (
            <th key={machine + date} scope="colgroup" colSpan={titles.length} class="machine">
              {machine} <span class="hint">{date}</span>
            </th>
          ))}
        </tr>
      )}
      <tr>
        <th scope="col">{rowTitle}</th>
        {names.flatMap(({ machine, date }) =>
          titles.map((title, i) => (
            <th key={machine + date + title} scope="col" class={i === 0 ? "first" : undefined}>
              {title}
            </th>
          )),
        )}
      </tr>
    </thead>
  );
}
