/** Parameters as the kernels keep them: W [K,D] padded to whole vectors, the bias in a vector behind each row. */

import type { Parameters } from "../../objective.ts";
import type { ModelShape } from "../backend.ts";

/** Packs parameters for the device: `[K, weights4, 4]` f32. */
export function packParameters(
  { weights, bias }: Parameters,
  shape: ModelShape,
  weights4: number,
): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(shape.classes * weights4 * 4);
  for (let k = 0; k < shape.classes; k++) {
    packed.set(weights.subarray(k * shape.features, (k + 1) * shape.features), k * weights4 * 4);
    if (shape.bias) packed[(k + 1) * weights4 * 4 - 4] = bias[k];
  }
  return packed;
}

/** The inverse of {@link packParameters}. */
export function unpackParameters(packed: Float32Array, shape: ModelShape, weights4: number): Parameters {
  const weights = new Float64Array(shape.classes * shape.features);
  const bias = new Float64Array(shape.classes);
  for (let k = 0; k < shape.classes; k++) {
    const start = k * weights4 * 4;
    weights.set(packed.subarray(start, start + shape.features), k * shape.features);
    if (shape.bias) bias[k] = packed[start + weights4 * 4 - 4];
  }
  return { weights, bias };
}
