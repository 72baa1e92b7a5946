/** gradient alone: P partial gradients [K,D] whose sum is dLogitsᵀ X. */
import shader from "../../shaders/gradient.wgsl";
import { gradient as reference } from "../../src/backends/reference/index.ts";
import { unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { largestError } from "../measure/error.ts";
import {
  classTile,
  gradientTiles,
  type KernelCase,
  type KernelInputs,
  readFloats,
  STORAGE,
  sampleOf,
  splitsOf,
} from "./case.ts";

const THREADS = 32;

/** The kernel at one shape. */
export function gradient(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, packed, xBytes, order, storage } = inputs;
  const features4 = Math.ceil(features / 4);
  const tiles = gradientTiles(inputs);
  const splits = splitsOf(rows, tiles);
  const dLogits = inputs.normal(rows * classes, 1 / rows);
  return {
    shader,
    variant: `${classTile(classes)} × 8 tile, ${splits} splits`,
    constants: {
      CLASSES: classes,
      FEATURES4: features4,
      BIAS: true,
      STORAGE: STORAGE[storage],
      TILE_CLASSES: classTile(classes),
      TILE_FEATURES4: 2,
      WORKGROUP_SIZE: THREADS,
    },
    fields: { rows, shuffled: 1, splits },
    buffers: { order, x: packed, dLogits, partials: 16 * splits * classes * (features4 + 1) },
    groups: Math.ceil((tiles * splits) / THREADS),
    flops: 2 * rows * features * classes,
    bytes: xBytes + 4 * (rows + rows * classes + splits * classes * (features + 1)),
    check: async (run) => {
      const size = 4 * classes * (features4 + 1);
      const partials = await readFloats(run, "partials", splits * size);
      const sum = new Float32Array(size);
      for (let i = 0; i < partials.length; i++) sum[i % size] += partials[i];
      const { weights } = unpackParameters(sum, { features, classes, bias: true }, features4 + 1);
      const columns = sampleOf(features);
      const actual = pickColumns(weights, features, columns);
      return largestError(actual, gradientOfColumns(inputs, dLogits, columns));
    },
  };
}

/** The reference's gradient of some features alone, `[K, columns]`. */
function gradientOfColumns(
  { x, rows, features, classes, order }: KernelInputs,
  dLogits: Float32Array,
  columns: Uint32Array,
): Float64Array {
  const data = pickColumns(x, features, columns);
  const zero = { weights: new Float64Array(classes * columns.length), bias: new Float64Array(classes) };
  return reference(Float64Array.from(dLogits), { data, rows, cols: columns.length }, order, zero, 0).weights;
}

/** Some columns of a matrix of `width` columns. */
function pickColumns(matrix: ArrayLike<number>, width: number, columns: Uint32Array): Float64Array {
  const picked = new Float64Array((matrix.length / width) * columns.length);
  for (let i = 0; i < picked.length; i++)
    picked[i] = matrix[Math.floor(i / columns.length) * width + columns[i % columns.length]];
  return picked;
}
