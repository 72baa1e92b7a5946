/** The choice of the label column: from a list, or by name if there are very many columns. */
import { useId, useMemo, useState } from "preact/hooks";
import { Choice } from "../../../../ui/fields.tsx";
import { formatCount } from "../../../../ui/format.ts";
import type { ColumnProfile } from "../../../data/tables/profile.ts";

interface LabelColumnProps {
  readonly columns: readonly ColumnProfile[];
  readonly value: string;
  readonly onChoose: (name: string) => void;
}

/** Columns of a list at most: a longer one takes too long to build and to search. */
const MAX_LISTED = 1000;
/** Suggestions for a typed name at most. */
const PROPOSED = 20;

export function LabelColumn({ columns, value, onChoose }: LabelColumnProps) {
  if (columns.length > MAX_LISTED) return <NameField columns={columns} value={value} onChoose={onChoose} />;
  return (
    <Choice
      label="Label column"
      options={columns.map((column) => ({ id: column.name, label: column.name, hint: hintOf(column) }))}
      value={value}
      onChoose={onChoose}
    />
  );
}

function NameField({ columns, value, onChoose }: LabelColumnProps) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  const known = useMemo(() => new Map(columns.map((column) => [column.name, column])), [columns]);
  const proposed = useMemo(() => someThatBegin(columns, typed), [columns, typed]);
  const column = known.get(typed);
  const missing = `No column has this name, so it is still “${value}”.`;
  return (
    <div class="field">
      <label for={id}>Label column</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        value={typed}
        list={`${id}-list`}
        aria-invalid={!column}
        aria-describedby={`${id}-hint`}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          if (known.has(currentTarget.value)) onChoose(currentTarget.value);
        }}
      />
      <datalist id={`${id}-list`}>
        {proposed.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <p class="hint" id={`${id}-hint`}>
        One of {formatCount(columns.length)}, by its name. {column ? hintOf(column) : missing}
      </p>
    </div>
  );
}

function hintOf({ kind }: ColumnProfile): string {
  return `It holds ${kind === "number" ? "numbers" : "text"}; each of its values is a class.`;
}

function someThatBegin(columns: readonly ColumnProfile[], start: string): string[] {
  const names: string[] = [];
  for (const { name } of columns) {
    if (name.startsWith(start)) names.push(name);
    if (names.length === PROPOSED) break;
  }
  return names;
}
