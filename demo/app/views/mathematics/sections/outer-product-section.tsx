/** Step 5: the gradient of W is an outer product. */
import { formatDecimal } from "../../../../ui/format.ts";
import { SignedImage } from "../../../components/pixel-images.tsx";
import { Formula, Step } from "../step.tsx";
import { MatrixTable } from "../tables.tsx";
import { largestSize, type WorkedSample } from "../worked-sample.ts";

export function OuterProductSection({ worked }: { readonly worked: WorkedSample }) {
  const { dataset, sample, numbers, shown, point } = worked;
  const x = sample.x.data;
  const { error } = numbers;
  const { image } = dataset;
  const rowOf = (k: number) => x.map((value) => error[k] * value);
  const full = largestSize(error) * largestSize(x);
  return (
    <Step
      title="5. The gradient is an outer product"
      theory={
        <>
          <Formula display tex="\frac{\partial L}{\partial W} = (p - y)\,x^{\top}" />
          <Formula display tex="\frac{\partial L}{\partial b} = p - y" />
          <p>
            <Formula tex="z_k" /> contains <Formula tex="W_{kj}" /> as <Formula tex="W_{kj} x_j" /> alone, so{" "}
            <Formula tex="\partial L / \partial W_{kj} = (p_k - y_k)\,x_j" />: the sample itself, once for
            each class, in proportion to the error.
          </p>
          <p>
            A batch of <Formula tex="B" /> rows takes the mean of theirs, one matrix product{" "}
            <Formula tex="T^{\top} X" /> with <Formula tex="T = (P - Y) / B" />.
          </p>
        </>
      }
    >
      {image ? (
        <ul class="class-images">
          {shown.classes.map((k) => (
            <li key={k} class={k === shown.own ? "own" : undefined}>
              <SignedImage
                values={rowOf(k)}
                full={full}
                shape={image}
                label={`Gradient of the weights of class ${point.classes[k]}`}
              />
              <span class="class-name">{point.classes[k]}</span>
              <span class="hint">{formatDecimal(error[k], 4)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <MatrixTable
          name="(p − y) xᵀ"
          worked={worked}
          element={(k, j) => error[k] * x[j]}
          full={full}
          withX
        />
      )}
      {image && (
        <p class="hint">Under each picture: its class, and p − y, what the sample is multiplied by.</p>
      )}
    </Step>
  );
}
