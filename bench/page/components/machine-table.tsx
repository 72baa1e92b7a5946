/** A table of results with a block of columns for each record and a row for each measurement, grouped by shape. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { formatError, NOTHING } from "../../../demo/ui/format.ts";
import { ScrollBox } from "../../../demo/ui/section.tsx";
import { shapeText } from "../../measure/text.ts";
import { type BenchShape, isCorrect } from "../../record.ts";
import { align, groupBy } from "../align.ts";
import type { RecordName } from "../record-names.ts";

interface Result {
  readonly shape: BenchShape;
  readonly storage: string;
  readonly error: number;
  readonly tolerance: number;
}

/** A column with a value of correct results. */
type TableColumn<T> = readonly [title: string, cell: (result: T, record: number) => ComponentChildren];

interface MachineTableProps<T extends Result> {
  readonly caption: string;
  readonly rowTitle: string;
  readonly names: readonly RecordName[];
  /** The results of each record. */
  readonly results: readonly (readonly T[])[];
  /** Returns the head of a row: the kernel or step that was measured. */
  readonly nameOf: (result: T) => string;
  readonly columns: readonly TableColumn<T>[];
}

/** The table, and above it the choice of a shape. */
export function MachineTable<T extends Result>(props: MachineTableProps<T>) {
  const { caption, rowTitle, names, results, nameOf, columns } = props;
  const [picked, setPicked] = useState<string | null>(null);
  const rows = align(results, (one) => JSON.stringify([nameOf(one), shapeText(one.shape), one.storage]));
  const groups = groupBy(rows, ({ sample }) => shapeText(sample.shape));
  const shown = pickedGroups(groups, picked);
  const titles = [...columns.map(([title]) => title), "Error"];
  return (
    <>
      {groups.length > 1 && (
        <ShapePicker
          shapes={groups.map(([shape]) => shape)}
          value={shown.length === groups.length ? ALL : shown[0][0]}
          onPick={setPicked}
        />
      )}
      <ScrollBox label={caption}>
        <table class={names.length > 1 ? "several" : undefined}>
          <caption>{caption}</caption>
          <MachineHead rowTitle={rowTitle} names={names} titles={titles} />
          {shown.map(([shape, ofShape]) => (
            <tbody key={shape}>
              <tr>
                <th scope="rowgroup" class="group">
                  {shape}
                </th>
                <td colSpan={titles.length * names.length} />
              </tr>
              {ofShape.map(({ key, entries, sample }) => (
                <tr key={key}>
                  <th scope="row">
                    {nameOf(sample)} <span class="tag">{sample.storage}</span>
                  </th>
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

/** Returns the groups to show; `picked` is a shape, `"all"`, or null at first. */
function pickedGroups<G extends readonly [shape: string, ...unknown[]]>(
  groups: G[],
  picked: string | null,
): G[] {
  if (picked === ALL || (picked === null && groups.length <= FEW)) return groups;
  const chosen = groups.filter(([shape]) => shape === picked);
  return chosen.length > 0 ? chosen : groups.slice(0, 1);
}

interface ShapePickerProps {
  readonly shapes: readonly string[];
  readonly value: string;
  readonly onPick: (shape: string) => void;
}

function ShapePicker({ shapes, value, onPick }: ShapePickerProps) {
  const id = useId();
  return (
    <p class="picker">
      <label for={id}>Shape</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onPick(currentTarget.value)}>
        <option value={ALL}>all {shapes.length}</option>
        {shapes.map((shape) => (
          <option key={shape} value={shape}>
            {shape}
          </option>
        ))}
      </select>
    </p>
  );
}

interface CellsProps<T extends Result> {
  readonly entry: T | undefined;
  readonly record: number;
  readonly columns: readonly TableColumn<T>[];
}

/** The cells of one result; dashes if a record has none. */
function Cells<T extends Result>({ entry, record, columns }: CellsProps<T>) {
  const correct = entry !== undefined && isCorrect(entry);
  return (
    <>
      {columns.map(([title, cell], i) => (
        <td key={title} class={i === 0 ? "first" : undefined}>
          {correct ? (
            cell(entry, record)
          ) : i === 0 && entry ? (
            <strong class="badge wrong">wrong</strong>
          ) : (
            NOTHING
          )}
        </td>
      ))}
      <td>
        {entry ? formatError(entry.error) : NOTHING}
        {entry && <span class="span">allowed {formatError(entry.tolerance)}</span>}
      </td>
    </>
  );
}
