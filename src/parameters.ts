/** W and b on the host: their flat form, as L-BFGS moves them, and their penalty. */

/** Parameters on the host, in double precision: `weights [K·D]` row after row, `bias [K]`. */
export interface Parameters {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Returns parameters of 0. */
export function zeros({ classes, features }: { classes: number; features: number }): Parameters {
  return { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
}

/** Returns λ‖W‖² + λ₁‖W‖₁; the bias is not penalised. */
export function penalty({ weights }: Parameters, l2: number, l1 = 0): number {
  let [squares, sizes] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    squares += weights[i] * weights[i];
    sizes += Math.abs(weights[i]);
  }
  return l2 * squares + l1 * sizes;
}

/** Returns whether no parameter is NaN or infinite. */
export function areFinite({ weights, bias }: Parameters): boolean {
  return areAllFinite(weights) && areAllFinite(bias);
}

function areAllFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Returns W row after row and, if there is a bias, b behind it. */
export function flatten({ weights, bias }: Parameters, hasBias: boolean): Float64Array {
  const flat = new Float64Array(weights.length + (hasBias ? bias.length : 0));
  flat.set(weights);
  if (hasBias) flat.set(bias, weights.length);
  return flat;
}

/** Returns the flat form: without a copy, if b lies behind W already. */
export function joined({ weights, bias }: Parameters, hasBias: boolean): Float64Array {
  const { buffer, byteOffset, length } = weights;
  if (!hasBias) return weights;
  const isBehind = bias.buffer === buffer && bias.byteOffset === byteOffset + weights.byteLength;
  return isBehind
    ? new Float64Array(buffer, byteOffset, length + bias.length)
    : flatten({ weights, bias }, hasBias);
}

/** Returns room for the parameters of a model, b behind W. */
export function emptyParameters(shape: { classes: number; features: number }): Parameters {
  const flat = new Float64Array(shape.classes * (shape.features + 1));
  return partsOf(flat, { ...shape, bias: true });
}

/** The size of a model, and whether it has a bias. */
interface Shape {
  readonly classes: number;
  readonly features: number;
  readonly bias: boolean;
}

/** Returns W and b as parts of their flat form, without a copy; b is 0 if there is none. */
export function partsOf(flat: Float64Array, { classes, features, bias }: Shape): Parameters {
  const count = classes * features;
  return { weights: flat.subarray(0, count), bias: bias ? flat.subarray(count) : new Float64Array(classes) };
}

/** Returns copies of W and b in their flat form; b is 0 if there is none. */
export function unflatten(flat: Float64Array, shape: Shape): Parameters {
  const { weights, bias } = partsOf(flat, shape);
  return { weights: weights.slice(), bias: bias.slice() };
}
