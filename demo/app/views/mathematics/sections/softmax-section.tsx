/** Step 2: p = softmax(z), with the largest score subtracted. */

import { useState } from "preact/hooks";
import type { Label } from "../../../../../src/index.ts";
import { formatDecimal } from "../../../../ui/format.ts";
import { Facts } from "../../../../ui/section.tsx";
import { naiveSoftmax, stableSoftmax } from "../formulas.ts";
import { LiveRange } from "../pickers.tsx";
import { Formula, Step } from "../step.tsx";
import { Bar, ClassTable } from "../tables.tsx";
import type { WorkedSample } from "../worked-sample.ts";

export function SoftmaxSection({ worked: { numbers, shown, point } }: { readonly worked: WorkedSample }) {
  const { logits, max, exponentials, sum, probabilities } = numbers;
  return (
    <Step
      title="2. Stable softmax"
      theory={
        <>
          <Formula display tex="m = \max_k z_k" />
          <Formula display tex="p_k = \frac{e^{z_k - m}}{\sum_c e^{z_c - m}}" />
          <p>
            Subtracting <Formula tex="m" /> changes nothing, as <Formula tex="e^{-m}" /> cancels. But now no
            power is above 1, and the sum is at least 1: nothing overflows, and nothing is divided by 0.
          </p>
          <OverflowExperiment logits={logits} classes={point.classes} own={shown.own} />
        </>
      }
    >
      <ClassTable
        caption="Softmax of the scores"
        classes={point.classes}
        shown={shown.classes}
        own={shown.own}
        columns={[
          { name: "score", head: <Formula tex="z_k" />, cell: (k) => formatDecimal(logits[k]) },
          {
            name: "score less the largest",
            head: <Formula tex="z_k - m" />,
            cell: (k) => formatDecimal(logits[k] - max),
          },
          {
            name: "its power",
            head: <Formula tex="e^{z_k - m}" />,
            cell: (k) => formatDecimal(exponentials[k], 4),
          },
          {
            name: "probability",
            head: <Formula tex="p_k" />,
            cell: (k) => <b>{formatDecimal(probabilities[k], 4)}</b>,
          },
          {
            name: "probability as a bar",
            head: null,
            cell: (k) => <Bar value={probabilities[k]} full={1} />,
          },
        ]}
      />
      <p class="totals flow">
        <Formula tex={`m = ${formatDecimal(max)}`} />
        <Formula tex={`\\textstyle\\sum_c e^{z_c - m} = ${formatDecimal(sum, 4)}`} />
        <Formula
          tex={`\\textstyle\\sum_k p_k = ${formatDecimal(
            probabilities.reduce((a, b) => a + b),
            4,
          )}`}
        />
      </p>
    </Step>
  );
}

interface OverflowExperimentProps {
  readonly logits: Float64Array;
  readonly classes: readonly Label[];
  /** Position of the class whose probability is shown. */
  readonly own: number;
}

/** The slider and both results. */
function OverflowExperiment({ logits, classes, own }: OverflowExperimentProps) {
  const [shift, setShift] = useState(0);
  const naive = naiveSoftmax(logits, shift)[own];
  const stable = stableSoftmax(logits, shift)[own];
  return (
    <div class="experiment box">
      <p>
        <b>Try it in float32.</b> A constant added to all scores must leave p as it is.
      </p>
      <LiveRange
        label="Added to every score"
        min={-150}
        max={150}
        step={1}
        value={shift}
        inWords={formatDecimal(shift, 0)}
        onMove={setShift}
      />
      <Facts
        class="facts pair"
        facts={[
          [
            `p of class ${classes[own]}, without subtracting m`,
            formatDecimal(naive, 4),
            { class: Number.isNaN(naive) ? "bad" : "" },
          ],
          ["with m subtracted", formatDecimal(stable, 4)],
        ]}
      />
    </div>
  );
}
