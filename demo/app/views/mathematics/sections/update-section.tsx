/** @jsxImportSource preact */
/** Step 6: one step against the gradient, and what it does to this sample. */
import { useState } from "preact/hooks";
import { format } from "../numbers/format.ts";
import { stepOf } from "../numbers/step.ts";
import { Bar } from "../parts/bar.tsx";
import { ClassTable } from "../parts/class-table.tsx";
import { Formula } from "../parts/formula.tsx";
import { LiveRange } from "../parts/live-range.tsx";
import { Step } from "../parts/step.tsx";
import type { WorkedSample } from "../worked-sample.ts";
import { UpdateMatrices } from "./update-matrices.tsx";

/** The slider's positions: log₁₀ η. */
const RATES = { min: -4, max: 1, step: 0.05 };

/** How runs move by other rules than this step's. */
const SOLVERS = {
  sgd: "This run does the same with the mean gradient of a batch, and adds momentum: v ← μv + G, W ← W − ηv.",
  adamw:
    "This run is AdamW: it divides the mean gradient of a batch by a running measure of its size, and shrinks W by 2ηλW apart from that.",
  lbfgs:
    "This run is L-BFGS: it takes the mean gradient over all rows, and chooses direction and length from the last ten.",
};

/** The panel. */
export function UpdateSection({ worked }: { readonly worked: WorkedSample }) {
  const { sample, numbers, shown, point, choices } = worked;
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
            min={RATES.min}
            max={RATES.max}
            step={RATES.step}
            value={exponent}
            inWords={format(learningRate, learningRate < 0.1 ? 4 : 2)}
            onMove={setExponent}
          />
          <p>
            A step on this sample alone takes <Formula tex="L + \lambda \lVert W \rVert^2" /> from{" "}
            <b>{format(before, 4)}</b> to <b>{format(after, 4)}</b>.
            {after > before && " That is up: the step is too long."}
          </p>
          <p class="hint">{SOLVERS[choices.solver]} Nothing you do here changes the run.</p>
        </>
      }
    >
      <UpdateMatrices worked={worked} step={step} learningRate={learningRate} />
      <ClassTable
        caption="Probabilities before and after the step"
        classes={point.classes}
        shown={shown.classes}
        own={shown.own}
        columns={[
          { name: "probability before", head: "p before", cell: (k) => format(numbers.probabilities[k], 4) },
          {
            name: "before as a bar",
            head: null,
            cell: (k) => <Bar value={numbers.probabilities[k]} full={1} />,
          },
          {
            name: "probability after",
            head: "p after",
            cell: (k) => <b>{format(step.after.probabilities[k], 4)}</b>,
          },
          {
            name: "after as a bar",
            head: null,
            cell: (k) => <Bar value={step.after.probabilities[k]} full={1} />,
          },
        ]}
      />
    </Step>
  );
}

/** log₁₀ η for a step that is felt and not too long, about 1 / (1 + ‖x‖²). */
function usualRate(x: Float64Array): number {
  const exponent = -Math.round(Math.log10(x.reduce((sum, value) => sum + value * value, 1)));
  return Math.min(RATES.max, Math.max(RATES.min, exponent));
}
