/** softmax alone: P = softmax(Z), then dLogits = (P − Q) / N in the place of Z, and half the mean of CE. */
import { crossEntropy, dLogits, softmax as reference } from "../../src/backends/reference/index.ts";
import { dispatchOf } from "../../src/backends/webgpu/index.ts";
import { largestError } from "../measure/error.ts";
import { type KernelCase, type KernelInputs, readFloats } from "./case.ts";

/** The kernel at one shape. */
export function softmax({
  rows,
  classes,
  labels,
  order,
  normal,
  plan,
  model,
  kind,
}: KernelInputs): KernelCase {
  const dispatch = dispatchOf("softmax", plan, model, kind);
  const groups = dispatch.groups(rows, 1);
  const lanes = Number(dispatch.constants.LANES);
  const logits = normal(rows * classes, 2);
  return {
    shader: dispatch.shader,
    constants: dispatch.constants,
    variant: lanes > 1 ? `${lanes} threads a row` : "1 thread a row",
    fields: { rows, shuffled: 1, scale: 1 / rows },
    buffers: { order, targets: labels, sampleWeights: 4, logits, losses: 8 * groups },
    groups,
    // Maximum, difference, exp, sum; quotient, difference, product.
    flops: 7 * rows * classes,
    bytes: 4 * (2 * rows + 2 * rows * classes),
    check: async (run) => {
      const targets = { kind: "labels", labels } as const;
      const exact = Float64Array.from(logits);
      const t = dLogits(reference(exact, classes), targets, undefined, order, classes);
      const ce = crossEntropy(exact, targets, order, classes).reduce((sum, value) => sum + value, 0);
      const pairs = await readFloats(run, "losses", 2 * groups);
      const loss = pairs.reduce((sum, value, i) => (i % 2 === 0 ? sum + value : sum), 0);
      const left = await readFloats(run, "logits", rows * classes);
      return Math.max(largestError(left, t), largestError([loss], [ce / (2 * rows)]));
    },
  };
}
