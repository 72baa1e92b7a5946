/**
 * What a trainer remembers between calls, each part as the kernels keep parameters: W `[K,D]` padded to whole vectors
 * and an even K, and b behind it, in float32, which doubles hold exactly.
 */
import type { Parameters } from "../../objective.ts";
import type { ModelShape, OptimiserState } from "../backend.ts";
import { layoutOf } from "./workspace.ts";

/** {@link OptimiserState} as the kernels keep it; null for what has not come up. */
export interface PackedState {
  readonly weights: Float32Array;
  readonly velocity: Float32Array;
  readonly secondMoment: Float32Array | null;
  readonly average: Float32Array | null;
}

/** The state of parameters that no step has moved. */
export function initialState(weights: Float32Array): PackedState {
  return { weights, velocity: new Float32Array(weights.length), secondMoment: null, average: null };
}

/** Parameters of zero. */
export function zeroParameters(shape: ModelShape): Float32Array {
  return new Float32Array(layoutOf(shape).bytes / 4);
}

/** Packs parameters for the kernels. */
export function packParameters({ weights, bias }: Parameters, shape: ModelShape): Float32Array {
  const { features, classes } = shape;
  const { weightBytes } = layoutOf(shape);
  const stride = Math.ceil(features / 4) * 4;
  const packed = zeroParameters(shape);
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

/** Packs a state for the kernels. */
export function packState(state: OptimiserState, shape: ModelShape): PackedState {
  const { parameters, velocity, secondMoment, average } = state;
  return {
    weights: packParameters(parameters, shape),
    velocity: packParameters(velocity, shape),
    secondMoment: secondMoment ? packParameters(secondMoment, shape) : null,
    average: average ? packParameters(average, shape) : null,
  };
}

/** The inverse of {@link packState}. */
export function unpackState(packed: PackedState, shape: ModelShape): OptimiserState {
  const { weights, velocity, secondMoment, average } = packed;
  return {
    parameters: unpackParameters(weights, shape),
    velocity: unpackParameters(velocity, shape),
    ...(secondMoment && { secondMoment: unpackParameters(secondMoment, shape) }),
    ...(average && { average: unpackParameters(average, shape) }),
  };
}
