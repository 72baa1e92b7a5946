/** Tables of numbers by class and by feature, with bars and coloured cells. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { formatCell, formatDecimal, isTiny } from "../../../ui/format.ts";
import { ScrollBox } from "../../../ui/section.tsx";
import { shownCaption, type WorkedSample } from "./worked-sample.ts";

/** A column with a cell for each class k. The name is for the tooltip of the head and for screen readers. */
export type Column = readonly [name: string, head: ComponentChildren, cell: (k: number) => ComponentChildren];

interface ClassTableProps {
  readonly caption: string;
  readonly worked: WorkedSample;
  readonly columns: readonly Column[];
}

export function ClassTable({ caption, worked: { shown }, columns }: ClassTableProps) {
  return (
    <ScrollBox label={caption}>
      <table class="numbers">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">class</th>
            {columns.map(([name, head]) => (
              <th scope="col" key={name} title={name}>
                <span class="unseen">{name}</span>
                <span aria-hidden="true">{head}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.classes.map((k) => (
            <tr key={k} class={k === shown.own ? "own" : undefined}>
              <th scope="row">{shown.classNames[k]}</th>
              {columns.map(([name, , cell]) => (
                <td key={name}>{cell(k)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

interface MatrixTableProps {
  readonly name: string;
  readonly worked: WorkedSample;
  /** The element of class k and feature j. */
  readonly element: (k: number, j: number) => number;
  /** The largest |element| of all, which gets the full colour. */
  readonly full: number;
  /** Whether x is a first row. */
  readonly withX?: boolean;
}

export function MatrixTable({ name, worked, element, full, withX = false }: MatrixTableProps) {
  const { shown, sample } = worked;
  const { classes, features } = shown;
  const caption = shownCaption(name, worked);
  return (
    <ScrollBox label={caption}>
      <table class="numbers matrix">
        <caption class="hint">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">class</th>
            {features.map((j) => (
              <th scope="col" key={j}>
                {shown.featureNames(j)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {withX && (
            <tr>
              <th scope="row">
                <i>x</i>
              </th>
              {features.map((j) => (
                <td key={j}>{formatDecimal(sample.x.data[j])}</td>
              ))}
            </tr>
          )}
          {classes.map((k) => (
            <tr key={k} class={k === shown.own ? "own" : undefined}>
              <th scope="row">{shown.classNames[k]}</th>
              {features.map((j) => (
                <HeatCell key={j} value={element(k, j)} full={full} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

interface HeatCellProps {
  readonly value: number;
  /** |value| that gets the full colour. */
  readonly full: number;
  /** Whether to show three digits after the point, which makes very small numbers 0.000. */
  readonly rounded?: boolean;
  /** Emphasised, such as the diagonal. */
  readonly strong?: boolean;
}

export function HeatCell({ value, full, rounded = false, strong = false }: HeatCellProps) {
  const cell = useRef<HTMLTableCellElement>(null);
  const share = full > 0 ? Math.min(1, Math.abs(value) / full) : 0;
  useLayoutEffect(() => {
    cell.current?.style.setProperty("--share", share.toFixed(3));
  }, [share]);
  const classes = [
    "heat",
    value < 0 ? "below" : "above",
    rounded && isTiny(value) && "tiny",
    strong && "strong",
  ];
  return (
    <td ref={cell} class={classes.filter(Boolean).join(" ")}>
      {rounded ? formatCell(value) : formatDecimal(value)}
    </td>
  );
}
