/** @jsxImportSource preact */
/** A table with a row for each class: the same numbers, class by class. */
import type { ComponentChildren } from "preact";
import { ScrollBox } from "../../../../../bench/page/components/scroll-box.tsx";
import type { Label } from "../../../../../src/index.ts";

/** One number of each class. */
export interface Column {
  /** What it is in words, for pointers that rest on the head and for screen readers. */
  readonly name: string;
  /** What is seen of that. */
  readonly head: ComponentChildren;
  /** The cell's content for the class at a position. */
  readonly cell: (k: number) => ComponentChildren;
}

interface ClassTableProps {
  readonly caption: string;
  readonly classes: readonly Label[];
  /** Positions of the classes to show. */
  readonly shown: readonly number[];
  /** The sample's own class. */
  readonly own: number;
  readonly columns: readonly Column[];
}

/** The table. */
export function ClassTable({ caption, classes, shown, own, columns }: ClassTableProps) {
  return (
    <ScrollBox label={caption}>
      <table class="numbers">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">class</th>
            {columns.map(({ name, head }) => (
              <th scope="col" key={name} title={name}>
                <span class="unseen">{name}</span>
                <span aria-hidden="true">{head}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((k) => (
            <tr key={k} class={k === own ? "own" : undefined}>
              <th scope="row">{classes[k]}</th>
              {columns.map(({ name, cell }) => (
                <td key={name}>{cell(k)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
