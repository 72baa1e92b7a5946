/** Step 7: the objective over all samples, and the origin of 2λW. */
import { useMemo } from "preact/hooks";
import { formatCount, formatDecimal } from "../../../../ui/format.ts";
import { Facts } from "../../../../ui/section.tsx";
import { objectiveNumbers } from "../formulas.ts";
import { Formula, Step } from "../step.tsx";
import { largestSize, type WorkedSample } from "../worked-sample.ts";

export function ObjectiveSection({ worked }: { readonly worked: WorkedSample }) {
  const { dataset, point, choices, numbers, sample } = worked;
  const { l2, l1, labelSmoothing } = choices;
  const { rows, loss, squares, sizes } = useMemo(
    () => objectiveNumbers(dataset, point, labelSmoothing),
    [dataset, point, labelSmoothing],
  );
  const facts: [string, string][] = [
    [`Mean cross-entropy of ${formatCount(rows)} validation rows`, formatDecimal(loss, 4)],
    ["λ", formatDecimal(l2, 4)],
    ["‖W‖²", formatDecimal(squares)],
    ["λ‖W‖²", formatDecimal(l2 * squares, 4)],
    ...(l1 > 0 ? ([["λ₁‖W‖₁", formatDecimal(l1 * sizes, 4)]] as [string, string][]) : []),
    ["J, their sum", formatDecimal(loss + l2 * squares + l1 * sizes, 4)],
    ["Largest element of 2λW", formatDecimal(2 * l2 * largestSize(point.parameters.weights))],
    ["Largest of (p − y) xᵀ", formatDecimal(largestSize(numbers.error) * largestSize(sample.x.data))],
  ];
  return (
    <Step
      title="7. The objective, and where 2λW comes from"
      theory={
        <>
          <Formula display tex="J = \frac{1}{N} \sum_{n=1}^{N} L_n + \lambda \lVert W \rVert^2" />
          <Formula
            display
            tex="\frac{\partial}{\partial W_{kj}}\,\lambda \sum_{c,d} W_{cd}^2 = 2 \lambda W_{kj}"
          />
          <p>
            λ is exactly the coefficient of <Formula tex="\lVert W \rVert^2" />, and the bias is not
            penalised. Every weight is pulled towards 0 in proportion to its size; what the data says often
            enough stands against it.
          </p>
          {l1 > 0 && (
            <p class="hint">
              This run adds λ₁‖W‖₁, which pulls every weight by the same λ₁ and sets small ones to exactly 0.
            </p>
          )}
        </>
      }
    >
      <Facts facts={facts} />
    </Step>
  );
}
