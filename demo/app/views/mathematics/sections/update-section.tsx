/** Step 6: one gradient step, and its effect on this sample. */
import { useState } from "preact/hooks";
import { formatDecimal } from "../../../../ui/format.ts";
import { Bar } from "../../../components/bar.tsx";
import { SignedImage } from "../../../components/pixel-images.tsx";
import { type DescentStep, stepOf } from "../formulas.ts";
import { ClassPicker, LiveRange } from "../pickers.tsx";
import { Formula, Step } from "../step.tsx";
import { ClassTable, MatrixTable } from "../tables.tsx";
import { largestSize, type WorkedSample } from "../worked-sample.ts";

/** The slider's positions: log₁₀ η. */
const RATES = { min: -4, max: 1, step: 0.05 };

/** How the update of each solver differs from this step. */
const SOLVERS = {
  sgd: "This run does the same with the mean gradient of a batch, and adds momentum: v ← μv + G, W ← W − ηv.",
  adamw:
    "This run is AdamW: it divides the mean gradient of a batch by a running measure of its size, and shrinks W by 2ηλW apart from that.",
  lbfgs:
    "This run is L-BFGS: it takes the mean gradient over all rows, and chooses direction and length from the last ten.",
};

export function UpdateSection({ worked }: { readonly worked: WorkedSample }) {
  const { sample, numbers, point, choices } = worked;
  const [exponent, setExponent] = useState(() => usualRate(sample.x.data));
  const learningRate = 10 ** exponent;
  const settings = { learningRate, l2: choices.l2, labelSmoothing: choices.labelSmoothing };
  const step = stepOf(sample, point.parameters, numbers, settings);
  const [before, after] = step.objective;
  return (
    <Step
      title="6. One step"
      theory={
        <>
          <Formula display tex="W \leftarrow W - \eta \left( (p - y)\,x^{\top} + 2 \lambda W \right)" />
          <Formula display tex="b \leftarrow b - \eta\,(p - y)" />
          <LiveRange
            label="Learning rate η"
            {...RATES}
            value={exponent}
            inWords={formatDecimal(learningRate, learningRate < 0.1 ? 4 : 2)}
            onMove={setExponent}
          />
          <p>
            A step on this sample alone takes <Formula tex="L + \lambda \lVert W \rVert^2" /> from{" "}
            <b>{formatDecimal(before, 4)}</b> to <b>{formatDecimal(after, 4)}</b>.
            {after > before && " That is up: the step is too long."}
          </p>
          <p class="hint">{SOLVERS[choices.solver]} Nothing you do here changes the run.</p>
        </>
      }
    >
      <UpdateMatrices worked={worked} step={step} learningRate={learningRate} />
      <ClassTable
        caption="Probabilities before and after the step"
        worked={worked}
        columns={[
          ["probability before", "p before", (k) => formatDecimal(numbers.probabilities[k], 4)],
          ["before as a bar", null, (k) => <Bar value={numbers.probabilities[k]} full={1} />],
          ["probability after", "p after", (k) => <b>{formatDecimal(step.after.probabilities[k], 4)}</b>],
          ["after as a bar", null, (k) => <Bar value={step.after.probabilities[k]} full={1} />],
        ]}
      />
    </Step>
  );
}

/** Returns log₁₀ η for a visible but stable step, about 1 / (1 + ‖x‖²). */
function usualRate(x: Float64Array): number {
  const exponent = -Math.round(Math.log10(x.reduce((sum, value) => sum + value * value, 1)));
  return Math.min(RATES.max, Math.max(RATES.min, exponent));
}

interface UpdateMatricesProps {
  readonly worked: WorkedSample;
  readonly step: DescentStep;
  readonly learningRate: number;
}

function UpdateMatrices({ worked, step, learningRate }: UpdateMatricesProps) {
  const { dataset, shown, point } = worked;
  const [chosen, setChosen] = useState<number | null>(null);
  const { image } = dataset;
  const { cols } = dataset.train.x;
  const [gradient, after] = [step.gradient.weights, step.parameters.weights];
  if (!image) {
    return (
      <>
        <MatrixTable
          name="−ηG"
          worked={worked}
          element={(k, j) => -learningRate * gradient[k * cols + j]}
          full={learningRate * largestSize(gradient)}
        />
        <MatrixTable
          name="W − ηG"
          worked={worked}
          element={(k, j) => after[k * cols + j]}
          full={largestSize(after)}
        />
      </>
    );
  }
  const k = chosen !== null && shown.classes.includes(chosen) ? chosen : shown.own;
  const rowOf = (values: Float64Array) => values.subarray(k * cols, (k + 1) * cols);
  const pictures = [
    ["w_k", `Weights of class ${point.classes[k]}`, rowOf(point.parameters.weights)],
    ["-\\eta\\,G_k", "What the step adds to them", rowOf(gradient).map((g) => -learningRate * g)],
    ["w_k - \\eta\\,G_k", "The weights after the step", rowOf(after)],
  ] as const;
  return (
    <>
      <ClassPicker classes={point.classes} shown={shown.classes} value={k} onChoose={setChosen} />
      <div class="sum-of-images">
        {pictures.map(([tex, label, values]) => (
          <figure key={tex}>
            <SignedImage values={values} full={largestSize(values)} shape={image} label={label} />
            <figcaption>
              <Formula tex={tex} />
              <span class="hint">up to ±{formatDecimal(largestSize(values))}</span>
            </figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}
