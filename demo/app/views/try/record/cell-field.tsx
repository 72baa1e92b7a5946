/** The field of one column in the form for a row: a number, a date, a list of values, or a text. */
import { useId } from "preact/hooks";
import type { EncoderColumn } from "../../../data/tables/encoder.ts";
import { brief } from "../../../data/text.ts";

interface CellFieldProps {
  readonly column: EncoderColumn;
  readonly cell: string;
  /** What is wrong with the cell; empty if nothing is. */
  readonly problem: string;
  /** Whether a text has the form for itself. */
  readonly isLarge: boolean;
  readonly onType: (cell: string) => void;
}

export function CellField({ column, cell, problem, isLarge, onType }: CellFieldProps) {
  const id = useId();
  const field = { id, "aria-describedby": problem ? `${id}-problem` : undefined };
  return (
    <div class={column.kind === "text" ? "field cell wide" : "field cell"}>
      <label for={id}>{brief(column.name)}</label>
      {column.kind === "category" || column.kind === "yes-no" ? (
        <ValueList {...field} values={column.values} cell={cell} onType={onType} />
      ) : column.kind === "text" ? (
        <textarea
          {...field}
          rows={isLarge ? 7 : 3}
          value={cell}
          onInput={({ currentTarget }) => onType(currentTarget.value)}
        />
      ) : (
        <ValueInput {...field} type={typeFor(column, cell)} cell={cell} onType={onType} />
      )}
      {problem && (
        <p class="hint problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** Returns the type of an input. Browsers have none for days with times and none for all that a number may look like. */
function typeFor({ kind }: EncoderColumn, cell: string): "number" | "date" | "text" {
  if (kind === "date") return cell === "" || /^\d{4}-\d\d-\d\d$/.test(cell) ? "date" : "text";
  return cell === "" || Number.isFinite(Number(cell)) ? "number" : "text";
}

interface ValueInputProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly type: "number" | "date" | "text";
  readonly cell: string;
  readonly onType: (cell: string) => void;
}

function ValueInput({ type, cell, onType, ...field }: ValueInputProps) {
  const input = {
    ...field,
    value: cell,
    placeholder: "missing",
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => onType(currentTarget.value),
  };
  if (type === "number") return <input type="number" step="any" {...input} />;
  return type === "date" ? <input type="date" {...input} /> : <input type="text" {...input} />;
}

interface ValueListProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  /** The values that training rows had. */
  readonly values: readonly string[];
  readonly cell: string;
  readonly onType: (cell: string) => void;
}

/** The known values, one that is none of them, and a missing one. */
function ValueList({ values, cell, onType, ...field }: ValueListProps) {
  const isOther = cell !== "" && !values.includes(cell);
  const other = isOther ? cell : unknownTo(values);
  return (
    <select {...field} value={cell} onChange={({ currentTarget }) => onType(currentTarget.value)}>
      {values.map((value) => (
        <option key={value} value={value}>
          {brief(value)}
        </option>
      ))}
      <option value={other}>{isOther ? `${brief(cell)} (another value)` : "another value"}</option>
      <option value="">missing</option>
    </select>
  );
}

/** Returns a cell that is none of the values. */
function unknownTo(values: readonly string[]): string {
  let cell = "another value";
  while (values.includes(cell)) cell += "…";
  return cell;
}
