/** @jsxImportSource preact */
/** What is shown of a matrix `[K,D]`, on coloured ground: classes down, features across, x above them if it is given. */
import { ScrollBox } from "../../../../../bench/page/components/scroll-box.tsx";
import { format } from "../numbers/format.ts";
import type { Shown } from "../worked-sample.ts";
import { HeatCell } from "./heat-cell.tsx";

interface MatrixTableProps {
  readonly caption: string;
  /** The element of class k and feature j. */
  readonly element: (k: number, j: number) => number;
  /** The largest |element| of all, whose ground is the fullest. */
  readonly full: number;
  readonly shown: Shown;
  /** x `[D]`, as a first row. */
  readonly x?: Float64Array;
}

/** The table. */
export function MatrixTable({ caption, element, full, shown, x }: MatrixTableProps) {
  const { classes, features } = shown;
  return (
    <ScrollBox label={caption}>
      <table class="numbers matrix">
        <caption>{caption}</caption>
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
          {x && (
            <tr>
              <th scope="row">
                <i>x</i>
              </th>
              {features.map((j) => (
                <td key={j}>{format(x[j])}</td>
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
