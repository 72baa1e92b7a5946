/**
 * Parameters and a trainer's state between calls, packed as the kernels read them, then b, in float32. For dense rows W
 * lies class by class, `[K,D]`, padded to whole vectors and an even K; for sparse rows feature by feature, `[D,K]`,
 * padded to whole vectors, but two classes to 8 bytes. The float64 arrays outside hold these values exactly.
 */
import type { Parameters } from "../../parameters.ts";
import type { ModelShape, OptimiserState } from "../backend.ts";

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

/** Most classes whose weights of a feature take 8 bytes. */
const TWO = 2;

/** Returns the layout of a shape. */
export function layoutOf({ features, classes, sparse }: ModelShape): ParameterLayout {
  const even = classes + (classes % 2);
  const stride = Math.ceil(classes / 4) * 16;
  const ofFeature = classes <= TWO ? 8 : stride;
  const rowBytes = sparse ? ofFeature : Math.ceil(features / 4) * 16;
  const weightBytes = Math.ceil(((sparse ? features : even) * rowBytes) / 16) * 16;
  return { classes: even, rowBytes, weightBytes, bytes: weightBytes + stride, stride };
}

/** {@link OptimiserState} as the kernels read it; null for parts that no step has used. */
export interface PackedState {
  readonly weights: Float32Array;
  readonly velocity: Float32Array;
  readonly secondMoment: Float32Array | null;
  readonly average: Float32Array | null;
}

/** Returns the state of parameters that no step has moved. */
export function initialState(weights: Float32Array): PackedState {
  return { weights, velocity: new Float32Array(weights.length), secondMoment: null, average: null };
}

/** Returns parameters of zero. */
export function zeroParameters(shape: ModelShape): Float32Array {
  return new Float32Array(layoutOf(shape).bytes / 4);
}

/** Packs parameters for the kernels. */
export function packParameters({ weights, bias }: Parameters, shape: ModelShape): Float32Array {
  const { features, classes } = shape;
  const { weightBytes, rowBytes } = layoutOf(shape);
  const packed = zeroParameters(shape);
  if (shape.sparse) transpose(weights, classes, features, packed, features, rowBytes / 4);
  else
    for (let k = 0; k < classes; k++)
      packed.set(weights.subarray(k * features, (k + 1) * features), (k * rowBytes) / 4);
  if (shape.bias) packed.set(bias, weightBytes / 4);
  return packed;
}

/** Unpacks what {@link packParameters} packed. */
export function unpackParameters(packed: Float32Array, shape: ModelShape): Parameters {
  const { features, classes } = shape;
  const { weightBytes, rowBytes } = layoutOf(shape);
  const weights = new Float64Array(classes * features);
  const stride = rowBytes / 4;
  if (shape.sparse) transpose(packed, features, classes, weights, stride, features);
  else
    for (let k = 0; k < classes; k++)
      weights.set(packed.subarray(k * stride, k * stride + features), k * features);
  return { weights, bias: Float64Array.from(packed.subarray(weightBytes / 4, weightBytes / 4 + classes)) };
}

/** Rows and columns of a square of a transpose: what stays in the first cache. */
const SQUARE = 64;

/** Writes the transpose of a matrix `[rows, cols]` whose rows lie `stride` elements apart, as rows of `toStride`. */
function transpose(
  from: Float32Array | Float64Array,
  rows: number,
  cols: number,
  to: Float32Array | Float64Array,
  stride: number,
  toStride: number,
): void {
  for (let first = 0; first < cols; first += SQUARE)
    for (let i = 0; i < rows; i++)
      for (let j = first; j < Math.min(cols, first + SQUARE); j++)
        to[j * toStride + i] = from[i * stride + j];
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

/** Unpacks what {@link packState} packed. */
export function unpackState(packed: PackedState, shape: ModelShape): OptimiserState {
  const { weights, velocity, secondMoment, average } = packed;
  return {
    parameters: unpackParameters(weights, shape),
    velocity: unpackParameters(velocity, shape),
    ...(secondMoment && { secondMoment: unpackParameters(secondMoment, shape) }),
    ...(average && { average: unpackParameters(average, shape) }),
  };
}
