/** @jsxImportSource preact */
/** W less ηG gives the new W: of one class as pictures, of all classes where there are few features as a table. */
import { useState } from "preact/hooks";
import { format } from "../numbers/format.ts";
import { largestSize } from "../numbers/shown.ts";
import type { Step } from "../numbers/step.ts";
import { Formula } from "../parts/formula.tsx";
import { MatrixTable } from "../parts/matrix-table.tsx";
import { SignedImage } from "../parts/signed-image.tsx";
import type { WorkedSample } from "../worked-sample.ts";
import { ClassPicker } from "./class-picker.tsx";
import { shownCaption } from "./shown-caption.ts";

interface UpdateMatricesProps {
  readonly worked: WorkedSample;
  readonly step: Step;
  readonly learningRate: number;
}

/** The pictures, or the tables. */
export function UpdateMatrices({ worked, step, learningRate }: UpdateMatricesProps) {
  const { dataset, shown, point } = worked;
  const [chosen, setChosen] = useState<number | null>(null);
  const { image } = dataset;
  const { cols } = dataset.train.x;
  const [gradient, after] = [step.gradient.weights, step.parameters.weights];
  if (!image) {
    return (
      <>
        <MatrixTable
          caption={shownCaption("−ηG", worked)}
          element={(k, j) => -learningRate * gradient[k * cols + j]}
          full={learningRate * largestSize(gradient)}
          shown={shown}
        />
        <MatrixTable
          caption={shownCaption("W − ηG", worked)}
          element={(k, j) => after[k * cols + j]}
          full={largestSize(after)}
          shown={shown}
        />
      </>
    );
  }
  const k = chosen !== null && shown.classes.includes(chosen) ? chosen : shown.own;
  const rowOf = (values: Float64Array) => values.subarray(k * cols, (k + 1) * cols);
  const name = point.classes[k];
  const before = rowOf(point.parameters.weights);
  const pictures = [
    { tex: "w_k", label: `Weights of class ${name}`, values: before },
    {
      tex: "-\\eta\\,G_k",
      label: "What the step adds to them",
      values: rowOf(gradient).map((g) => -learningRate * g),
    },
    { tex: "w_k - \\eta\\,G_k", label: "The weights after the step", values: rowOf(after) },
  ];
  return (
    <>
      <ClassPicker classes={point.classes} shown={shown.classes} value={k} onChoose={setChosen} />
      <div class="sum-of-images">
        {pictures.map(({ tex, label, values }) => (
          <figure key={tex}>
            <SignedImage values={values} full={largestSize(values)} shape={image} label={label} />
            <figcaption>
              <Formula tex={tex} />
              <span class="hint">up to ±{format(largestSize(values))}</span>
            </figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}
