/** A table of results with a block of columns for each record and a row for each measurement. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { formatError, NOTHING } from "../../../demo/ui/format.ts";
import { ScrollBox } from "../../../demo/ui/section.tsx";
import { isCorrect } from "../../record.ts";
import type { AlignedRow } from "../align.ts";
import type { RecordName } from "../record-names.ts";

/** Rows under a heading. */
interface TableGroup<T> {
  readonly title: string;
  readonly rows: readonly AlignedRow<T>[];
}

interface MachineTableProps<T extends Checked> {
  readonly caption: string;
  readonly rowTitle: string;
  /** Name of the property by which rows are grouped. */
  readonly groupTitle: string;
  readonly names: readonly RecordName[];
  readonly columns: readonly TableColumn<T>[];
  readonly groups: readonly TableGroup<T>[];
  readonly rowHead: (sample: T) => ComponentChildren;
}

/** The table, and above it the choice of groups. */
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

/** The head; a single block of columns has no name. */
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

/** Most groups that are all shown at first; a longer table starts with one. */
const FEW = 5;
const ALL = "all";

/** Returns the groups to show; `picked` is a title, `"all"`, or null at first. */
function pickedGroups<G extends { readonly title: string }>(
  groups: readonly G[],
  picked: string | null,
): readonly G[] {
  if (picked === ALL || (picked === null && groups.length <= FEW)) return groups;
  const chosen = groups.filter(({ title }) => title === picked);
  return chosen.length > 0 ? chosen : groups.slice(0, 1);
}

interface GroupPickerProps {
  readonly label: string;
  readonly groups: readonly { readonly title: string }[];
  readonly shown: readonly { readonly title: string }[];
  readonly onPick: (title: string) => void;
}

/** The choice of a group; nothing for a single group. */
function GroupPicker({ label, groups, shown, onPick }: GroupPickerProps) {
  const id = useId();
  if (groups.length < 2) return null;
  return (
    <p class="picker">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={shown.length === groups.length ? ALL : shown[0].title}
        onChange={({ currentTarget }) => onPick(currentTarget.value)}
      >
        <option value={ALL}>all {groups.length}</option>
        {groups.map(({ title }) => (
          <option key={title} value={title}>
            {title}
          </option>
        ))}
      </select>
    </p>
  );
}

/** A result with its error. */
interface Checked {
  readonly error: number;
  readonly tolerance: number;
}

/** A column with a value of correct results. */
export interface TableColumn<T> {
  readonly title: string;
  readonly cell: (entry: T, record: number) => ComponentChildren;
}

interface CellsProps<T extends Checked> {
  readonly entry: T | undefined;
  readonly record: number;
  readonly columns: readonly TableColumn<T>[];
}

/** The cells of one result; dashes if a record has none. */
function Cells<T extends Checked>({ entry, record, columns }: CellsProps<T>) {
  const correct = entry !== undefined && isCorrect(entry);
  return (
    <>
      {columns.map(({ title, cell }, i) => (
        <td key={title} class={i === 0 ? "first" : undefined}>
          {correct ? cell(entry, record) : i === 0 && entry ? <Wrong /> : NOTHING}
        </td>
      ))}
      <td>
        {entry ? formatError(entry.error) : NOTHING}
        {entry && <span class="span">allowed {formatError(entry.tolerance)}</span>}
      </td>
    </>
  );
}

function Wrong() {
  return <strong class="badge wrong">wrong</strong>;
}
