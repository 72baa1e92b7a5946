/** @jsxImportSource preact */
/** A matrix `[K,D]` as numbers on coloured ground: classes down, features across, x above them where it is given. */
import { ScrollBox } from "../../../../../bench/page/components/scroll-box.tsx";
import { format } from "../numbers/format.ts";
import { largestSize } from "../numbers/shown.ts";
import type { Shown } from "../worked-sample.ts";
import { HeatCell } from "./heat-cell.tsx";

interface MatrixTableProps {
  readonly caption: string;
  /** `[K,D]` */
  readonly values: Float64Array;
  readonly shown: Shown;
  /** x `[D]`, as a first row. */
  readonly x?: Float64Array;
}

/** The table. */
export function MatrixTable({ caption, values, shown, x }: MatrixTableProps) {
  const { classes, features } = shown;
  const cols = values.length / shown.classNames.length;
  const full = largestSize(values);
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
                <HeatCell key={j} value={values[k * cols + j]} full={full} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
