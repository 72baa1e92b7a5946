/** gradient-shared alone: softmax from the tiles' statistics, dLogits, and partial gradients [K,D]. */
import { dLogits, softmax } from "../../src/backends/reference/index.ts";
import { dispatchOf, splitsFor } from "../../src/backends/webgpu/index.ts";
import { SHARED_SIDE } from "../../src/backends/webgpu/plan.ts";
import { type KernelCase, type KernelInputs, readFloats } from "./case.ts";
import { partialFloats, partialsError } from "./partials.ts";

/** The kernel at one shape. */
export function gradientShared(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, labels, packed, xBytes, order, model, kind } = inputs;
  const plan = { ...inputs.plan, route: "shared" } as const;
  const { shader, constants, groups } = dispatchOf("gradientShared", plan, model, kind);
  const splits = splitsFor(rows, plan, model);
  const floats = splits * partialFloats(model);
  const logits = inputs.normal(rows * classes, 2);
  const statistics = statisticsOf(logits, labels, classes, SHARED_SIDE * plan.shared.classes);
  return {
    shader,
    constants,
    variant: `${SHARED_SIDE * plan.shared.classes} × ${4 * SHARED_SIDE * plan.shared.features4} tile of a workgroup, ${splits} splits`,
    fields: { rows, shuffled: 1, splits, scale: 1 / rows },
    buffers: {
      order,
      x: packed,
      targets: labels,
      sampleWeights: 4,
      logits,
      statistics,
      partials: 4 * floats,
      losses: 8 * splits,
    },
    groups: groups(rows, splits),
    // Difference, exp, quotient, difference, product of each score; then the outer products.
    flops: (2 * features + 5) * rows * classes,
    bytes: xBytes + 4 * (2 * rows + rows * classes + statistics.length + splits * classes * (features + 1)),
    check: async (run) => {
      const targets = { kind: "labels", labels } as const;
      const t = dLogits(softmax(Float64Array.from(logits), classes), targets, undefined, order, classes);
      return partialsError(inputs, await readFloats(run, "partials", floats), t);
    },
  };
}

/** What scores-shared leaves of each row and tile of classes. */
function statisticsOf(
  logits: Float32Array,
  labels: Uint32Array,
  classes: number,
  tileClasses: number,
): Float32Array<ArrayBuffer> {
  const statistics: number[] = [];
  for (let row = 0; row < labels.length; row++) {
    for (let first = 0; first < classes; first += tileClasses) {
      const end = Math.min(first + tileClasses, classes);
      const tile = logits.subarray(row * classes + first, row * classes + end);
      const m = Math.max(...tile);
      const label = labels[row] - first;
      const isHere = label >= 0 && label < tile.length;
      const sum = tile.reduce((total, z) => total + Math.exp(z - m), 0);
      statistics.push(m, sum, isHere ? m - tile[label] : 0, isHere ? 1 : 0);
      statistics.push(first + tile.indexOf(m), isHere ? 1 : 0, isHere ? labels[row] : first, 0);
    }
  }
  return Float32Array.from(statistics);
}
