/** @jsxImportSource preact */
/** A validation row with what it is, what it was taken for, and how probable the model holds both. */

import { scaleOf } from "../../../../src/data/matrix.ts";
import { percent } from "../../components/percent.ts";
import { SampleImage } from "../../components/sample-image.tsx";
import type { DemoDataset, Samples } from "../../data/demo-dataset.ts";
import type { Judged } from "./most-wrong.ts";

/** Numbers of a row that is no picture, as far as they are shown. */
const NUMBERS = 6;

interface SampleCardProps {
  readonly dataset: DemoDataset;
  readonly samples: Samples;
  readonly judged: Judged;
}

/** One row. */
export function SampleCard({ dataset, samples, judged }: SampleCardProps) {
  const { row, label, probability, predicted, confidence } = judged;
  return (
    <li class="sample-card">
      {dataset.image ? (
        <SampleImage x={samples.x} row={row} shape={dataset.image} label={`Row ${row}: a ${label}`} />
      ) : (
        <p class="sample-numbers">{numbersOf(samples, row, dataset.features)}</p>
      )}
      <p class="says">
        <span>
          says <b>{predicted}</b> {percent(confidence)}
        </span>
        {predicted !== label && (
          <span class="own">
            is <b>{label}</b> {percent(probability)}
          </span>
        )}
      </p>
    </li>
  );
}

function numbersOf({ x }: Samples, row: number, names: readonly string[] | null): string {
  const scale = scaleOf(x);
  const shown = Array.from({ length: Math.min(NUMBERS, x.cols) }, (_, j) => {
    const value = Number((scale * x.data[row * x.cols + j]).toPrecision(3));
    return names ? `${names[j]} ${value}` : `${value}`;
  });
  return shown.join(", ").replaceAll("-", "−") + (x.cols > NUMBERS ? ", …" : "");
}
