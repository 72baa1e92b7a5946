/** Step 3: the derivative of every probability by every score. */
import { ScrollBox } from "../../../../ui/section.tsx";
import { jacobian } from "../formulas.ts";
import { Formula, Step } from "../step.tsx";
import { HeatCell } from "../tables.tsx";
import { largestSize, type WorkedSample } from "../worked-sample.ts";

/** Values that are written as 0.000 get no colour. */
const LEAST_FULL = 0.005;

const CAPTION = "The Jacobian of softmax: row i, column j";

export function JacobianSection({ worked: { numbers, shown, point } }: { readonly worked: WorkedSample }) {
  const { probabilities } = numbers;
  const derivative = (i: number, j: number) => jacobian(probabilities, i, j);
  // The diagonal element is the largest of its row and column.
  const full = Math.max(LEAST_FULL, largestSize(shown.classes.map((k) => derivative(k, k))));
  return (
    <Step
      title="3. The Jacobian’s two cases"
      theory={
        <>
          <Formula
            display
            tex="\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i\,(1 - p_i) & i = j \\ -p_i\,p_j & i \ne j \end{cases}"
          />
          <p>
            With <Formula tex="s = \sum_c e^{z_c}" />, the quotient rule on{" "}
            <Formula tex="p_i = e^{z_i} / s" />:
          </p>
          <Formula display tex="i = j:\;\; \frac{e^{z_i} s - e^{z_i} e^{z_i}}{s^2} = p_i - p_i^2" />
          <Formula display tex="i \ne j:\;\; \frac{0 - e^{z_i} e^{z_j}}{s^2} = -p_i\,p_j" />
          <p>
            Every column sums to 0: to raise one score moves probability about, and makes none. It is largest
            at <Formula tex="p_i = \tfrac12" />, and near 0 when the model is sure.
          </p>
        </>
      }
    >
      <ScrollBox label={CAPTION}>
        <table class="numbers matrix jacobian">
          <caption class="hint">{CAPTION}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">class i</span>
                <span aria-hidden="true">
                  <Formula tex="\partial p_i / \partial z_j" />
                </span>
              </th>
              {shown.classes.map((j) => (
                <th scope="col" key={j}>
                  {point.classes[j]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.classes.map((i) => (
              <tr key={i} class={i === shown.own ? "own" : undefined}>
                <th scope="row">{point.classes[i]}</th>
                {shown.classes.map((j) => (
                  <HeatCell key={j} value={derivative(i, j)} full={full} rounded strong={i === j} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Step>
  );
}
