/** Step 2: p = softmax(z), with the largest score subtracted. */
import { useState } from "preact/hooks";
import { formatDecimal } from "../../../../ui/format.ts";
import { Facts } from "../../../../ui/section.tsx";
import { Bar } from "../../../components/bar.tsx";
import { naiveSoftmax, stableSoftmax } from "../formulas.ts";
import { LiveRange } from "../pickers.tsx";
import { Formula, Step } from "../step.tsx";
import { ClassTable } from "../tables.tsx";
import type { WorkedSample } from "../worked-sample.ts";

export function SoftmaxSection({ worked }: { readonly worked: WorkedSample }) {
  const { logits, max, exponentials, sum, probabilities } = worked.numbers;
  const total = probabilities.reduce((a, b) => a + b);
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
          <OverflowExperiment worked={worked} />
        </>
      }
    >
      <ClassTable
        caption="Softmax of the scores"
        worked={worked}
        columns={[
          ["score", <Formula tex="z_k" />, (k) => formatDecimal(logits[k])],
          ["score less the largest", <Formula tex="z_k - m" />, (k) => formatDecimal(logits[k] - max)],
          ["its power", <Formula tex="e^{z_k - m}" />, (k) => formatDecimal(exponentials[k], 4)],
          ["probability", <Formula tex="p_k" />, (k) => <b>{formatDecimal(probabilities[k], 4)}</b>],
          ["probability as a bar", null, (k) => <Bar value={probabilities[k]} full={1} />],
        ]}
      />
      <p class="totals flow">
        <Formula tex={`m = ${formatDecimal(max)}`} />
        <Formula tex={`\\textstyle\\sum_c e^{z_c - m} = ${formatDecimal(sum, 4)}`} />
        <Formula tex={`\\textstyle\\sum_k p_k = ${formatDecimal(total, 4)}`} />
      </p>
    </Step>
  );
}

/** A slider that adds to all scores, and the probability of the sample's class by both formulas. */
function OverflowExperiment({ worked: { numbers, shown, point } }: { readonly worked: WorkedSample }) {
  const [shift, setShift] = useState(0);
  const naive = naiveSoftmax(numbers.logits, shift)[shown.own];
  const stable = stableSoftmax(numbers.logits, shift)[shown.own];
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
            `p of class ${point.classes[shown.own]}, without subtracting m`,
            formatDecimal(naive, 4),
            { class: Number.isNaN(naive) ? "bad" : "" },
          ],
          ["with m subtracted", formatDecimal(stable, 4)],
        ]}
      />
    </div>
  );
}
