/** forward alone: scores, softmax, loss and dLogits [N,K] = (P − Q) / N in one dispatch. */
import { dLogits, matmul, softmax } from "../../src/backends/reference/index.ts";
import { dispatchOf } from "../../src/backends/webgpu/index.ts";
import { packParameters } from "../../src/backends/webgpu/parameters.ts";
import { largestError } from "../measure/error.ts";
import { type KernelCase, type KernelInputs, readFloats, sampleOf } from "./case.ts";

/** The kernel at one shape, as the plan has it. */
export function forward(inputs: KernelInputs): KernelCase {
  const { x, rows, features, classes, labels, packed, xBytes, order, plan, model, kind, parameters } = inputs;
  const { shader, constants, groups } = dispatchOf("forward", plan, model, kind);
  const { rows: tileRows, classes: tileClasses, slices } = plan.forward;
  return {
    shader,
    constants,
    variant: `${tileRows} × ${tileClasses} tile${slices > 1 ? `, ${slices} slices` : ""}`,
    fields: { rows, shuffled: 1, scale: 1 / rows },
    buffers: {
      order,
      x: packed,
      weights: packParameters(parameters, model, Math.ceil(features / 4) + 1),
      targets: labels,
      sampleWeights: 4,
      logits: 4 * rows * classes,
      losses: 8 * groups(rows, 1),
    },
    groups: groups(rows, 1),
    // The product; then maximum, difference, exp, sum, quotient, difference, product of each score.
    flops: (2 * features + 7) * rows * classes,
    bytes: xBytes + 4 * (2 * rows + classes * (features + 1) + rows * classes),
    check: async (run) => {
      const left = await readFloats(run, "logits", rows * classes);
      const sample = sampleOf(rows);
      const actual = [...sample].flatMap((row) => [...left.subarray(row * classes, (row + 1) * classes)]);
      const scores = matmul({ data: x, rows, cols: features }, sample, parameters);
      const targets = { kind: "labels", labels } as const;
      // The reference takes the mean over the sample, the kernel over all rows.
      const t = dLogits(softmax(scores, classes), targets, undefined, sample, classes);
      return largestError(
        actual,
        t.map((value) => (value * sample.length) / rows),
      );
    },
  };
}
