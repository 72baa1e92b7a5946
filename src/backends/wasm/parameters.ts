/**
 * Parameters and a trainer's state between calls, packed as the kernels read them, in float32: W, followed by b. For dense
 * rows W lies class by class, `[K,D]`, padded to whole vectors and an even K; for sparse rows feature by feature, `[D,K]`,
 * padded to whole vectors, but two classes to 8 bytes. Two classes whose parameters mirror each other, as all do that
 * began at 0, take one number: that of the second class. The float64 arrays outside hold these values exactly.
 */
import { emptyParameters, type Parameters, zeros } from "../../parameters.ts";
import type { ModelShape, OptimiserState } from "../backend.ts";

/** A shape, and whether its parameters are packed as one class that the other mirrors. */
export interface PackedShape extends ModelShape {
  readonly isMirrored?: boolean;
}

/** Sizes of packed parameters: W, followed by b. */
export interface ParameterLayout {
  /** K rounded up to an even number, since kernels process classes in pairs; the added class is 0 throughout. */
  readonly classes: number;
  /** Bytes from one row of W to the next: of a class, or of a feature if rows are sparse. */
  readonly rowBytes: number;
  /** Bytes of W. */
  readonly weightBytes: number;
  /** Bytes of W and b. */
  readonly bytes: number;
  /** Bytes of a row of scores. */
  readonly stride: number;
}

/** Returns the layout of a shape. */
export function layoutOf(shape: PackedShape): ParameterLayout {
  const { features, classes, sparse } = shape;
  const even = classes + (classes % 2);
  const stride = Math.ceil(classes / 4) * 16;
  const rowBytes = sparse ? featureBytesOf(shape) : Math.ceil(features / 4) * 16;
  const weightBytes = Math.ceil(((sparse ? features : even) * rowBytes) / 16) * 16;
  return { classes: even, rowBytes, weightBytes, bytes: weightBytes + stride, stride };
}

/** Returns the bytes of a feature's weights for all classes. */
function featureBytesOf({ classes, isMirrored }: PackedShape): number {
  if (classes > 2) return Math.ceil(classes / 4) * 16;
  return isMirrored ? 4 : 8;
}

/** Tells whether parameters can be packed as one class: sparse rows, and two classes of opposite parameters. */
export function areMirrored(
  { weights, bias }: Parameters,
  { features, classes, sparse }: ModelShape,
): boolean {
  if (!sparse || classes !== 2 || bias[0] !== -bias[1]) return false;
  for (let j = 0; j < features; j++) if (weights[j] !== -weights[features + j]) return false;
  return true;
}

/** {@link OptimiserState} as the kernels read it; null for parts that no step has used. */
export interface PackedState {
  readonly weights: Float32Array;
  readonly velocity: Float32Array | null;
  readonly secondMoment: Float32Array | null;
  readonly average: Float32Array | null;
}

/** Returns the state of parameters that no step has moved. */
export function initialState(weights: Float32Array): PackedState {
  return { weights, velocity: null, secondMoment: null, average: null };
}

/** Returns parameters of zero. */
export function zeroParameters(shape: PackedShape): Float32Array {
  return new Float32Array(layoutOf(shape).bytes / 4);
}

/** Packs parameters for the kernels, in new memory. */
export function packParameters(parameters: Parameters, shape: PackedShape): Float32Array {
  const packed = zeroParameters(shape);
  packInto(packed, parameters, shape);
  return packed;
}

/** Packs parameters into memory that is 0, or holds others of the same shape. */
export function packInto(packed: Float32Array, { weights, bias }: Parameters, shape: PackedShape): void {
  const { features, classes } = shape;
  const { weightBytes, rowBytes } = layoutOf(shape);
  if (shape.isMirrored) packed.set(weights.subarray(features));
  else if (shape.sparse) toFeatures(weights, packed, rowBytes / 4, shape);
  else
    for (let k = 0; k < classes; k++)
      packed.set(weights.subarray(k * features, (k + 1) * features), (k * rowBytes) / 4);
  if (shape.bias) packed.set(bias, weightBytes / 4);
  if (shape.isMirrored) packed[weightBytes / 4] = 0;
}

/**
 * Unpacks what {@link packParameters} packed.
 *
 * @param sign of the first class if the other mirrors it: 1 for second moments, which are squares. Default −1
 */
export function unpackParameters(packed: Float32Array, shape: PackedShape, sign = -1): Parameters {
  const { features, classes } = shape;
  const { weightBytes, rowBytes } = layoutOf(shape);
  const parameters = emptyParameters(shape);
  const { weights, bias } = parameters;
  const stride = rowBytes / 4;
  bias.set(packed.subarray(weightBytes / 4, weightBytes / 4 + classes));
  if (shape.isMirrored) {
    for (let j = 0; j < features; j++) weights[j] = sign * packed[j];
    weights.set(packed.subarray(0, features), features);
    bias[0] = sign * bias[1];
  } else if (shape.sparse) toClasses(packed, stride, weights, shape);
  else
    for (let k = 0; k < classes; k++)
      weights.set(packed.subarray(k * stride, k * stride + features), k * features);
  return parameters;
}

/** Features of a piece of a transpose: what stays in the first cache. */
const PIECE = 64;

/** Writes W `[K,D]` feature by feature, `stride` elements apart. */
function toFeatures(
  weights: Float64Array,
  packed: Float32Array,
  stride: number,
  { features, classes }: ModelShape,
): void {
  for (let first = 0; first < features; first += PIECE) {
    const end = Math.min(features, first + PIECE);
    for (let k = 0; k < classes; k++)
      for (let j = first; j < end; j++) packed[j * stride + k] = weights[k * features + j];
  }
}

/** Reads what {@link toFeatures} has written. */
function toClasses(
  packed: Float32Array,
  stride: number,
  weights: Float64Array,
  { features, classes }: ModelShape,
): void {
  for (let first = 0; first < features; first += PIECE) {
    const end = Math.min(features, first + PIECE);
    for (let k = 0; k < classes; k++)
      for (let j = first; j < end; j++) weights[k * features + j] = packed[j * stride + k];
  }
}

/** Packs a state for the kernels. */
export function packState(state: OptimiserState, shape: PackedShape): PackedState {
  const { parameters, velocity, secondMoment, average } = state;
  return {
    weights: packParameters(parameters, shape),
    velocity: packParameters(velocity, shape),
    secondMoment: secondMoment ? packParameters(secondMoment, shape) : null,
    average: average ? packParameters(average, shape) : null,
  };
}

/** Unpacks what {@link packState} packed. */
export function unpackState(packed: PackedState, shape: PackedShape): OptimiserState {
  const { weights, velocity, secondMoment, average } = packed;
  return {
    parameters: unpackParameters(weights, shape),
    velocity: velocity ? unpackParameters(velocity, shape) : zeros(shape),
    ...(secondMoment && { secondMoment: unpackParameters(secondMoment, shape, 1) }),
    ...(average && { average: unpackParameters(average, shape) }),
  };
}
