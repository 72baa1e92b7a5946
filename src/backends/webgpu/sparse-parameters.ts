/**
 * Parameters for sparse rows on the device: W feature by feature, `[D,⌈K/4⌉,4]`, and b as one more feature behind it, so
 * that a stored value needs neighbouring weights. Kernels of updates read all of it as one row of vectors.
 */
import { emptyParameters, type Parameters } from "../../parameters.ts";
import type { ModelShape } from "../backend.ts";
import { toClasses, toFeatures } from "../transpose.ts";
import type { Packing } from "./parameters.ts";

/** Sizes of parameters for sparse rows, in vectors of four. */
export interface SparseLayout {
  /** ⌈K/4⌉, those of a feature. */
  readonly classes4: number;
  /** Those of W. */
  readonly weights4: number;
  /** Those of b: ⌈K/4⌉, or 0 without a bias. */
  readonly bias4: number;
}

/** Returns the layout of a shape's parameters. */
export function sparseLayoutOf({ features, classes, bias }: ModelShape): SparseLayout {
  const classes4 = Math.ceil(classes / 4);
  return { classes4, weights4: features * classes4, bias4: bias ? classes4 : 0 };
}

/** Returns the packing of parameters for sparse rows. */
export function sparsePacking(shape: ModelShape): Packing {
  const { classes4, weights4, bias4 } = sparseLayoutOf(shape);
  const floats = 4 * (weights4 + bias4);
  return {
    bytes: 4 * floats,
    pack({ weights, bias }: Parameters): Float32Array<ArrayBuffer> {
      const packed = new Float32Array(floats);
      toFeatures(weights, packed, 4 * classes4, shape);
      if (shape.bias) packed.set(bias, 4 * weights4);
      return packed;
    },
    unpack(packed: Float32Array): Parameters {
      const parameters = emptyParameters(shape);
      toClasses(packed, 4 * classes4, parameters.weights, shape);
      if (shape.bias) parameters.bias.set(packed.subarray(4 * weights4, 4 * weights4 + shape.classes));
      return parameters;
    },
  };
}
