/** The field of one column in the form for a row: a number, a date, a list of values, or a text. */
import { useId } from "preact/hooks";
import type { EncoderColumn } from "../../../data/tables/encoder.ts";
import { brief } from "../../../data/text.ts";

interface CellFieldProps {
  readonly column: EncoderColumn;
  readonly cell: string;
  /** Sentence about the cell's fault; empty if there is none. */
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
        <ValueInput
          {...field}
          type={column.kind === "date" && isDay(cell) ? "date" : "text"}
          isNumber={column.kind === "number"}
          cell={cell}
          onType={onType}
        />
      )}
      {problem && (
        <p class="hint problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** Returns whether a date field can show the cell; browsers have none for days with times. */
function isDay(cell: string): boolean {
  return cell === "" || /^\d{4}-\d\d-\d\d$/.test(cell);
}

interface ValueInputProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly type: "date" | "text";
  /** Whether keyboards on a screen are to show digits. */
  readonly isNumber: boolean;
  readonly cell: string;
  readonly onType: (cell: string) => void;
}

/** A number is text to the browser: a field of numbers would hide what it cannot read, instead of naming it. */
function ValueInput({ type, isNumber, cell, onType, ...field }: ValueInputProps) {
  const input = {
    ...field,
    value: cell,
    placeholder: "missing",
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => onType(currentTarget.value),
  };
  if (type === "date") return <input type="date" {...input} />;
  return <input type="text" inputMode={isNumber ? "decimal" : "text"} {...input} />;
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
