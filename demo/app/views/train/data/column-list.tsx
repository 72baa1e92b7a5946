/** The columns of a table that may be features: ticked ones are, each read as a kind that can be changed. */
import { useId, useMemo, useState } from "preact/hooks";
import { formatCount } from "../../../../ui/format.ts";
import type { TableChoices } from "../../../data/open-context.ts";
import type { ColumnKind } from "../../../data/tables/columns.ts";
import { type ColumnProfile, kindOfColumn } from "../../../data/tables/profile.ts";
import { brief } from "../../../data/text.ts";
import { columnNote, KINDS, kindText } from "./column-words.ts";

interface ColumnListProps {
  /** All columns except the labels. */
  readonly columns: readonly ColumnProfile[];
  readonly choices: TableChoices;
  readonly onChoose: (kinds: TableChoices["kinds"]) => void;
}

/** Most columns that are shown at once; more are shown on request. */
const MAX_UNFOLDED = 30;
/** Columns at most in the list; more are searched by name. */
const MAX_SHOWN = 60;

/** The list; many columns are folded away behind their number. */
export function ColumnList(props: ColumnListProps) {
  const { columns, choices } = props;
  const [isOpen, setOpen] = useState(false);
  const used = useMemo(
    () => columns.reduce((sum, column) => sum + (kindOfColumn(column, choices) === "leave out" ? 0 : 1), 0),
    [columns, choices],
  );
  if (columns.length <= MAX_UNFOLDED) return <Columns {...props} />;
  return (
    <details class="more-features" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Features: {formatCount(used)} of {formatCount(columns.length)} columns
      </summary>
      {isOpen && (columns.length > MAX_SHOWN ? <FoundColumns {...props} /> : <Columns {...props} />)}
    </details>
  );
}

/** A search by name, the first matches, and two buttons for all matches. */
function FoundColumns({ columns, choices, onChoose }: ColumnListProps) {
  const [part, setPart] = useState("");
  const found = useMemo(
    () => columns.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase())),
    [columns, part],
  );
  const shown = found.slice(0, MAX_SHOWN);
  const chooseAll = (isUsed: boolean) => {
    const kinds = new Map(choices.kinds);
    for (const { name, kind } of found) kinds.set(name, isUsed ? kind : "leave out");
    onChoose(kinds);
  };
  return (
    <>
      <label class="field">
        Find columns by a part of their names
        <input type="search" value={part} onInput={({ currentTarget }) => setPart(currentTarget.value)} />
      </label>
      <p class="hint" role="status">
        {formatCount(found.length)} found
        {found.length > shown.length &&
          `, ${formatCount(found.length - shown.length)} of them not shown below`}
      </p>
      <div class="buttons">
        <button type="button" onClick={() => chooseAll(true)}>
          Tick all found
        </button>
        <button type="button" onClick={() => chooseAll(false)}>
          Untick all found
        </button>
      </div>
      <Columns columns={shown} choices={choices} onChoose={onChoose} />
    </>
  );
}

function Columns({ columns, choices, onChoose }: ColumnListProps) {
  const id = useId();
  return (
    <fieldset class="feature-checks">
      <legend class={columns.length > MAX_UNFOLDED ? "unseen" : ""}>Features</legend>
      <ul>
        {columns.map((column, at) => (
          <ColumnItem
            key={column.name}
            id={`${id}-${at}`}
            column={column}
            use={kindOfColumn(column, choices)}
            onChoose={(use) => onChoose(new Map(choices.kinds).set(column.name, use))}
          />
        ))}
      </ul>
    </fieldset>
  );
}

interface ColumnItemProps {
  readonly id: string;
  readonly column: ColumnProfile;
  readonly use: ColumnKind | "leave out";
  readonly onChoose: (use: ColumnKind | "leave out") => void;
}

function ColumnItem({ id, column, use, onChoose }: ColumnItemProps) {
  const isUsed = use !== "leave out";
  const note = columnNote(column);
  const name = brief(column.name);
  return (
    <li class={isUsed ? "" : "unused"}>
      <label>
        <input
          type="checkbox"
          checked={isUsed}
          aria-describedby={note ? id : undefined}
          onChange={({ currentTarget }) => onChoose(currentTarget.checked ? column.kind : "leave out")}
        />
        {name}
      </label>
      <select
        aria-label={`Kind of ${name}`}
        value={isUsed ? use : column.kind}
        disabled={!isUsed}
        onChange={({ currentTarget }) => onChoose(KINDS[currentTarget.selectedIndex])}
      >
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {kindText(kind)}
          </option>
        ))}
      </select>
      <span class="hint" id={id}>
        {note}
      </span>
    </li>
  );
}
