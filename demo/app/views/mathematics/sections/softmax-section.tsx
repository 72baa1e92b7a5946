/** @jsxImportSource preact */
/** Step 2: p = softmax(z), with the largest score subtracted. */

import { format } from "../numbers/format.ts";
import { Bar } from "../parts/bar.tsx";
import { ClassTable } from "../parts/class-table.tsx";
import { Formula } from "../parts/formula.tsx";
import { Step } from "../parts/step.tsx";
import type { WorkedSample } from "../worked-sample.ts";
import { OverflowExperiment } from "./overflow-experiment.tsx";

/** The panel. */
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
          { name: "score", head: <Formula tex="z_k" />, cell: (k) => format(logits[k]) },
          {
            name: "score less the largest",
            head: <Formula tex="z_k - m" />,
            cell: (k) => format(logits[k] - max),
          },
          { name: "its power", head: <Formula tex="e^{z_k - m}" />, cell: (k) => format(exponentials[k], 4) },
          {
            name: "probability",
            head: <Formula tex="p_k" />,
            cell: (k) => <b>{format(probabilities[k], 4)}</b>,
          },
          {
            name: "probability as a bar",
            head: null,
            cell: (k) => <Bar value={probabilities[k]} full={1} />,
          },
        ]}
      />
      <p class="totals">
        <Formula tex={`m = ${format(max)}`} />
        <Formula tex={`\\textstyle\\sum_c e^{z_c - m} = ${format(sum, 4)}`} />
        <Formula
          tex={`\\textstyle\\sum_k p_k = ${format(
            probabilities.reduce((a, b) => a + b),
            4,
          )}`}
        />
      </p>
    </Step>
  );
}
