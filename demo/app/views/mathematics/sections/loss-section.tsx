/** Step 4: the loss, and why its derivative is p − y. */
import { formatDecimal } from "../../../../ui/format.ts";
import { Bar } from "../../../components/bar.tsx";
import { throughJacobian } from "../formulas.ts";
import { Formula, Step } from "../step.tsx";
import { ClassTable } from "../tables.tsx";
import { largestSize, type WorkedSample } from "../worked-sample.ts";

export function LossSection({ worked }: { readonly worked: WorkedSample }) {
  const { numbers, shown, point, choices } = worked;
  const { probabilities, target, error, loss, max, sum, logits } = numbers;
  const chain = throughJacobian(probabilities, target, shown.classes);
  const apart = largestSize(chain.map((value, n) => value - error[shown.classes[n]]));
  const score = target.reduce((total, y, k) => total + y * logits[k], 0);
  return (
    <Step
      title="4. The loss, and why its derivative is p − y"
      theory={
        <>
          <Formula display tex="L = -\sum_i y_i \log p_i" />
          <p>The chain rule, through both cases of the Jacobian:</p>
          <Formula
            display
            tex="\begin{aligned} \frac{\partial L}{\partial z_j} &= -\sum_i \frac{y_i}{p_i} \frac{\partial p_i}{\partial z_j} \\ &= -\frac{y_j}{p_j}\,p_j (1 - p_j) + \sum_{i \ne j} \frac{y_i}{p_i}\,p_i\,p_j \\ &= -y_j + p_j \sum_i y_i \\ &= p_j - y_j \end{aligned}"
          />
          <p>
            The last step needs <Formula tex="\sum_i y_i = 1" /> and nothing else, so it holds for soft labels
            too.
          </p>
          {choices.labelSmoothing > 0 && (
            <p class="hint">
              With label smoothing ε = {choices.labelSmoothing}, y is (1 − ε) y + ε/{point.classes.length}.
            </p>
          )}
        </>
      }
    >
      <ClassTable
        caption="Probabilities, target and error"
        worked={worked}
        columns={[
          ["probability", <Formula tex="p_k" />, (k) => formatDecimal(probabilities[k], 4)],
          ["target", <Formula tex="y_k" />, (k) => formatDecimal(target[k], target[k] % 1 ? 4 : 0)],
          [
            "error, the derivative of the loss by the score",
            <Formula tex="p_k - y_k" />,
            (k) => <b>{formatDecimal(error[k], 4)}</b>,
          ],
          ["error as a bar", null, (k) => <Bar value={error[k]} full={1} signed />],
        ]}
      />
      <p class="totals flow">
        <Formula tex="L = (m + \log \textstyle\sum_c e^{z_c - m})" />
        <Formula tex="-\;\textstyle\sum_k y_k z_k" />
        <Formula
          tex={`= ${formatDecimal(max + Math.log(sum))} ${score < 0 ? "+" : "-"} ${formatDecimal(Math.abs(score))} = ${formatDecimal(loss)}`}
        />
      </p>
      <p class="hint">
        {Number.isNaN(apart) ? (
          <>
            A probability that counts has become 0 in float64: the chain rule divides 0 by 0,{" "}
            <Formula tex="p - y" /> does not.
          </>
        ) : (
          <>
            The first line of the derivation, worked out number by number with the table of step 3, differs
            from <Formula tex="p - y" /> by {formatDecimal(apart)} at most.
          </>
        )}
      </p>
    </Step>
  );
}
