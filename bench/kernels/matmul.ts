/** matmul alone: Z [N,K] = X Wᵀ + b. */
import shader from "../../shaders/matmul.wgsl";
import { matmul as reference } from "../../src/backends/reference/index.ts";
import { packParameters } from "../../src/backends/webgpu/parameters.ts";
import { largestError } from "../measure/error.ts";
import { classTile, type KernelCase, type KernelInputs, readFloats, STORAGE, sampleOf } from "./case.ts";

const TILE_ROWS = 4;
const THREADS = 32;

/** The kernel at one shape. */
export function matmul(inputs: KernelInputs): KernelCase {
  const { x, rows, features, classes, packed, xBytes, order, storage } = inputs;
  const tileClasses = classTile(classes);
  const features4 = Math.ceil(features / 4);
  const shape = { features, classes, bias: true };
  const w = {
    weights: Float64Array.from(inputs.normal(classes * features, 1 / Math.sqrt(features))),
    bias: Float64Array.from(inputs.normal(classes, 1)),
  };
  return {
    shader,
    variant: `${TILE_ROWS} × ${tileClasses} tile`,
    constants: {
      CLASSES: classes,
      FEATURES4: features4,
      BIAS: true,
      STORAGE: STORAGE[storage],
      TILE_ROWS,
      TILE_CLASSES: tileClasses,
      WORKGROUP_SIZE: THREADS,
    },
    fields: { rows, shuffled: 1 },
    buffers: {
      order,
      x: packed,
      weights: packParameters(w, shape, features4 + 1),
      logits: 4 * rows * classes,
    },
    groups: Math.ceil((Math.ceil(rows / TILE_ROWS) * Math.ceil(classes / tileClasses)) / THREADS),
    flops: 2 * rows * features * classes,
    bytes: xBytes + 4 * (rows + classes * (features + 1) + rows * classes),
    check: async (run) => {
      const logits = await readFloats(run, "logits", rows * classes);
      const sample = sampleOf(rows);
      const actual = [...sample].flatMap((row) => [...logits.subarray(row * classes, (row + 1) * classes)]);
      return largestError(actual, reference({ data: x, rows, cols: features }, sample, w));
    },
  };
}
