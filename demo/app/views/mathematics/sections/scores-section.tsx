/** Step 1: z = W x + b. */
import { formatDecimal } from "../../../../ui/format.ts";
import { Bar } from "../../../components/bar.tsx";
import { SignedImage } from "../../../components/pixel-images.tsx";
import { Formula, Step } from "../step.tsx";
import { ClassTable, type Column, MatrixTable } from "../tables.tsx";
import { largestSize, type WorkedSample } from "../worked-sample.ts";

export function ScoresSection({ worked }: { readonly worked: WorkedSample }) {
  const { dataset, numbers, shown, point } = worked;
  const { weights, bias } = point.parameters;
  const [classes, features] = [point.classes.length, dataset.train.x.cols];
  const full = largestSize(weights);
  const fullScore = largestSize(numbers.logits);
  const { image } = dataset;
  const imageOf = (k: number) =>
    image && (
      <SignedImage
        values={weights.subarray(k * features, (k + 1) * features)}
        full={full}
        shape={image}
        label={`Weights of class ${point.classes[k]}`}
      />
    );
  const pictures: Column[] = image ? [["weights of the class", <Formula tex="w_k" />, imageOf]] : [];
  const columns: Column[] = [
    ...pictures,
    ["weights times input", <Formula tex="w_k \cdot x" />, (k) => formatDecimal(numbers.products[k])],
    ["bias", <Formula tex="b_k" />, (k) => formatDecimal(bias[k])],
    ["score", <Formula tex="z_k" />, (k) => <b>{formatDecimal(numbers.logits[k])}</b>],
    ["score as a bar", null, (k) => <Bar value={numbers.logits[k]} full={fullScore} signed />],
  ];
  return (
    <Step
      title="1. Scores"
      theory={
        <>
          <Formula display tex="z = Wx + b" />
          <p class="shapes flow">
            <Formula tex={`W \\in \\mathbb{R}^{${classes} \\times ${features}}`} />
            <Formula tex={`x \\in \\mathbb{R}^{${features}}`} />
            <Formula tex={`b, z \\in \\mathbb{R}^{${classes}}`} />
          </p>
          <p>
            Each class has a row <Formula tex="w_k" /> of <Formula tex="W" />. Its score is large where the
            sample is large and so are its weights.
          </p>
          {point.standardization && (
            <p class="hint">
              <Formula tex="x" /> is standardised here, as the model does it: each feature less its mean,
              divided by its deviation.
            </p>
          )}
          <SignLegend />
        </>
      }
    >
      {!image && (
        <MatrixTable
          name="W"
          worked={worked}
          element={(k, j) => weights[k * features + j]}
          full={full}
          withX
        />
      )}
      <ClassTable caption="Scores of the classes" worked={worked} columns={columns} />
      {shown.classes.length < classes && (
        <p class="hint">
          The {shown.classes.length} likeliest of {classes} classes, here and in the steps below.
        </p>
      )}
    </Step>
  );
}

function SignLegend() {
  return (
    <p class="hint sign-legend flow">
      <span>
        <i class="swatch below" /> below 0
      </span>
      <span>
        <i class="swatch above" /> above 0
      </span>
      <span>
        <i class="swatch own" /> the sample’s own class
      </span>
    </p>
  );
}
