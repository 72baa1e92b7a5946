/** @jsxImportSource preact */
/**
 * One result of one record, a cell for each figure. A result whose error is over its tolerance is shown as wrong,
 * with its error and nothing else.
 */
import type { ComponentChildren } from "preact";
import { isCorrect } from "../../record.ts";
import { formatError, NOTHING } from "../format.ts";

/** A result with the error it was found to have. */
export interface Checked {
  readonly error: number;
  readonly tolerance: number;
}

/** A figure of a correct result. */
export interface TableColumn<T> {
  readonly title: string;
  readonly cell: (entry: T, record: number) => ComponentChildren;
}

interface CellsProps<T extends Checked> {
  readonly entry: T | undefined;
  readonly record: number;
  readonly columns: readonly TableColumn<T>[];
}

/** The cells, all dashes where a record has no such result. */
export function Cells<T extends Checked>({ entry, record, columns }: CellsProps<T>) {
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
