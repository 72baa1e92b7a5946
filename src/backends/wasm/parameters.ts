/** Parameters as the kernels keep them: W [K,D] padded to whole vectors and an even K, and b behind it. */
import type { Parameters } from "../../objective.ts";
import type { ModelShape } from "../backend.ts";
import { layoutOf } from "./workspace.ts";

/** Packs parameters for the kernels. */
export function packParameters({ weights, bias }: Parameters, shape: ModelShape): Float32Array {
  const { features, classes } = shape;
  const { bytes, weightBytes } = layoutOf(shape);
  const stride = Math.ceil(features / 4) * 4;
  const packed = new Float32Array(bytes / 4);
  for (let k = 0; k < classes; k++)
    packed.set(weights.subarray(k * features, (k + 1) * features), k * stride);
  if (shape.bias) packed.set(bias, weightBytes / 4);
  return packed;
}

/** The inverse of {@link packParameters}. */
export function unpackParameters(packed: Float32Array, shape: ModelShape): Parameters {
  const { features, classes } = shape;
  const { weightBytes } = layoutOf(shape);
  const stride = Math.ceil(features / 4) * 4;
  const weights = new Float64Array(classes * features);
  for (let k = 0; k < classes; k++)
    weights.set(packed.subarray(k * stride, k * stride + features), k * features);
  return { weights, bias: Float64Array.from(packed.subarray(weightBytes / 4, weightBytes / 4 + classes)) };
}
