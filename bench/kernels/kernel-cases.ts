/** The kernels that are measured alone: dispatch, expected result and cost of each. */
import * as reference from "../../src/backends/reference/index.ts";
import { dispatchOf, type Operation, type StepPlan, splitsFor } from "../../src/backends/webgpu/index.ts";
import { packParameters, unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { SHARED_SIDE } from "../../src/backends/webgpu/plan.ts";
import { LEARNING_RATE, MOMENTUM } from "../contenders/contender.ts";
import { largestError } from "../measure/problem.ts";
import type { BoundKernel, KernelSetup } from "./bound-kernel.ts";
import { type KernelInputs, sampleOf } from "./kernel-inputs.ts";

/** One kernel fitted to one problem. */
export interface KernelCase extends KernelSetup {
  /** How it was fitted, in words. */
  readonly variant: string;
  /** Operations of a dispatch by the formula, padding not counted. */
  readonly flops: number;
  /** Bytes of a dispatch, if each input is read once and each output written once. */
  readonly bytes: number;
  /** Returns the error of the first dispatch's results, see largestError. */
  check(kernel: BoundKernel): Promise<number>;
}

/** A row of the table: how the case is prepared, and the route that a device must be able to take to run the kernel. */
export interface KernelEntry {
  readonly prepare: (inputs: KernelInputs) => KernelCase;
  readonly route?: StepPlan["route"];
}

/** All measured kernels: the four basic ones, then the fused one and those through workgroup memory. */
export const KERNELS: Readonly<Record<string, KernelEntry>> = {
  matmul: { prepare: matmul },
  softmax: { prepare: softmax },
  gradient: { prepare: gradient },
  sgd: { prepare: sgd },
  forward: { prepare: forward },
  "scores-shared": { prepare: scoresShared, route: "shared" },
  "gradient-shared": { prepare: gradientShared, route: "shared" },
};

/** Prepares matmul: Z [N,K] = X Wᵀ + b. */
function matmul(inputs: KernelInputs): KernelCase {
  const { x, rows, features, classes, xBytes, parameters } = inputs;
  const { constants, ...dispatch } = dispatched(inputs, "matmul");
  return {
    ...dispatch,
    constants,
    variant: `${constants.TILE_ROWS} × ${constants.TILE_CLASSES} tile`,
    fields: { rows, shuffled: 1 },
    buffers: { ...rowsAndWeights(inputs), logits: 4 * rows * classes },
    flops: 2 * rows * features * classes,
    bytes: xBytes + 4 * (rows + classes * (features + 1) + rows * classes),
    check: async (kernel) => {
      const logits = await kernel.readFloats("logits", rows * classes);
      const sample = sampleOf(rows);
      const expected = reference.matmul({ data: x, rows, cols: features }, sample, parameters);
      return largestError(pickRows(logits, classes, sample), expected);
    },
  };
}

/** Prepares scores-shared: matmul through workgroup memory. */
function scoresShared(inputs: KernelInputs): KernelCase {
  const { rows, classes } = inputs.plan.shared;
  return {
    ...matmul(inputs),
    ...dispatched(inputs, "scoresShared"),
    variant: `${SHARED_SIDE * rows} × ${SHARED_SIDE * classes} tile of a workgroup`,
  };
}

/** Prepares softmax: P = softmax(Z), then dLogits = (P − Q) / N in place of Z, and half the mean of CE. */
function softmax(inputs: KernelInputs): KernelCase {
  const { rows, classes, labels, order } = inputs;
  const { constants, groups, ...dispatch } = dispatched(inputs, "softmax");
  const lanes = Number(constants.LANES);
  const logits = inputs.normal(rows * classes, 2);
  return {
    ...dispatch,
    constants,
    groups,
    variant: lanes > 1 ? `${lanes} threads a row` : "1 thread a row",
    fields: { rows, shuffled: 1, scale: 1 / rows },
    buffers: { order, targets: labels, sampleWeights: 4, logits, losses: 8 * groups },
    // Maximum, difference, exp, sum; quotient, difference, product.
    flops: 7 * rows * classes,
    bytes: 4 * (2 * rows + 2 * rows * classes),
    check: async (kernel) => {
      const targets = { kind: "labels", labels } as const;
      const exact = Float64Array.from(logits);
      const p = reference.softmax(exact, classes);
      const t = reference.dLogits(p, targets, undefined, order, classes);
      const ce = reference.crossEntropy(exact, targets, order, classes);
      const meanLoss = ce.reduce((sum, value) => sum + value, 0) / rows;
      const pairs = await kernel.readFloats("losses", 2 * groups);
      const halfLoss = pairs.reduce((sum, value, i) => (i % 2 === 0 ? sum + value : sum), 0);
      const left = await kernel.readFloats("logits", rows * classes);
      return Math.max(largestError(left, t), largestError([halfLoss], [meanLoss / 2]));
    },
  };
}

/** Prepares forward: scores, softmax, loss and dLogits [N,K] = (P − Q) / N in one dispatch. */
function forward(inputs: KernelInputs): KernelCase {
  const { x, rows, features, classes, labels, xBytes, plan, parameters } = inputs;
  const dispatch = dispatched(inputs, "forward");
  const { rows: tileRows, classes: tileClasses, slices } = plan.forward;
  return {
    ...dispatch,
    variant: `${tileRows} × ${tileClasses} tile${slices > 1 ? `, ${slices} slices` : ""}`,
    fields: { rows, shuffled: 1, scale: 1 / rows },
    buffers: {
      ...rowsAndWeights(inputs),
      targets: labels,
      sampleWeights: 4,
      logits: 4 * rows * classes,
      losses: 8 * dispatch.groups,
    },
    // The product; then maximum, difference, exp, sum, quotient, difference, product of each score.
    flops: (2 * features + 7) * rows * classes,
    bytes: xBytes + 4 * (2 * rows + classes * (features + 1) + rows * classes),
    check: async (kernel) => {
      const left = await kernel.readFloats("logits", rows * classes);
      const sample = sampleOf(rows);
      const scores = reference.matmul({ data: x, rows, cols: features }, sample, parameters);
      const targets = { kind: "labels", labels } as const;
      const t = reference.dLogits(reference.softmax(scores, classes), targets, undefined, sample, classes);
      // The reference takes the mean over the sample, the kernel over all rows.
      const expected = t.map((value) => (value * sample.length) / rows);
      return largestError(pickRows(left, classes, sample), expected);
    },
  };
}

/** Prepares gradient: P partial gradients [K,D] whose sum is dLogitsᵀ X. */
function gradient(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, packed, xBytes, order, plan, model } = inputs;
  const splits = splitsFor(rows, plan, model);
  const floats = splits * partialFloats(inputs);
  const dLogits = inputs.normal(rows * classes, 1 / rows);
  return {
    ...dispatched(inputs, "gradient", splits),
    variant: `${plan.gradient.classes} × ${4 * plan.gradient.features4} tile, ${splits} splits`,
    fields: { rows, shuffled: 1, splits },
    buffers: { order, x: packed, sampleWeights: 4, dLogits, partials: 4 * floats },
    flops: 2 * rows * features * classes,
    bytes: xBytes + 4 * (rows + rows * classes + splits * classes * (features + 1)),
    check: async (kernel) => partialsError(inputs, await kernel.readFloats("partials", floats), dLogits),
  };
}

/** Prepares gradient-shared: gradient through workgroup memory, with the number of partial gradients of that route. */
function gradientShared(inputs: KernelInputs): KernelCase {
  const { rows, model } = inputs;
  const shared = { ...inputs, plan: { ...inputs.plan, route: "shared" } as const };
  const { classes4, features4 } = shared.plan.shared;
  const splits = splitsFor(rows, shared.plan, model);
  const tile = `${4 * SHARED_SIDE * classes4} × ${4 * SHARED_SIDE * features4}`;
  return {
    ...gradient(shared),
    ...dispatched(shared, "gradientShared", splits),
    variant: `${tile} tile of a workgroup, ${splits} splits`,
  };
}

/** Prepares sgd: G = Σ_P partial, v ← μv + G, W ← W − ηv. */
function sgd(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, plan, model } = inputs;
  const splits = splitsFor(rows, plan, model);
  const floats = partialFloats(inputs);
  const [weights, velocity] = [inputs.normal(floats, 1), inputs.normal(floats, 1)];
  const partials = inputs.normal(splits * floats, 1 / splits);
  const parameters = classes * (features + 1);
  return {
    ...dispatched(inputs, "sgd", splits),
    variant: `${splits} splits`,
    fields: { splits, learningRate: LEARNING_RATE, momentum: MOMENTUM },
    buffers: { weights, velocity, partials },
    // The sum, then a product and a sum for v and for W.
    flops: (splits + 4) * parameters,
    bytes: 4 * (splits + 4) * parameters,
    check: async (kernel) => {
      const [w, v] = [Float64Array.from(weights), Float64Array.from(velocity)];
      const rates = { learningRate: LEARNING_RATE, momentum: MOMENTUM, nesterov: false };
      reference.sgdUpdate(w, v, addPartials(partials, new Float64Array(floats)), rates);
      return Math.max(
        largestError(await kernel.readFloats("weights", floats), w),
        largestError(await kernel.readFloats("velocity", floats), v),
      );
    },
  };
}

/** Fits an operation's shader to the inputs, with the workgroups of one dispatch over all rows. */
function dispatched({ rows, plan, model, kind }: KernelInputs, operation: Operation, splits = 1) {
  const { shader, constants, groups } = dispatchOf(operation, plan, model, kind);
  return { shader, constants, groups: groups(rows, splits) };
}

function rowsAndWeights({ order, packed, parameters, model, features }: KernelInputs) {
  return { order, x: packed, weights: packParameters(parameters, model, Math.ceil(features / 4) + 1) };
}

/** Counts the floats of one partial gradient, or of W and b: rows of whole vectors of four, the bias in one more. */
function partialFloats({ features, classes }: KernelInputs): number {
  return 4 * classes * (Math.ceil(features / 4) + 1);
}

/** Adds all partial gradients to `sum`, which is as long as one of them, and returns it. */
function addPartials<Sum extends Float32Array | Float64Array>(partials: Float32Array, sum: Sum): Sum {
  for (let i = 0; i < partials.length; i++) sum[i % sum.length] += partials[i];
  return sum;
}

/** Compares the partial gradients' sum with dLogitsᵀ X, in a sample of the features; see largestError. */
function partialsError(inputs: KernelInputs, partials: Float32Array, dLogits: ArrayLike<number>): number {
  const { x, rows, features, classes, order, model } = inputs;
  const sum = addPartials(partials, new Float32Array(partialFloats(inputs)));
  const { weights } = unpackParameters(sum, model, Math.ceil(features / 4) + 1);
  const columns = sampleOf(features);
  const data = pickColumns(x, features, columns);
  const zero = { weights: new Float64Array(classes * columns.length), bias: new Float64Array(classes) };
  const sampled = { data, rows, cols: columns.length };
  const expected = reference.gradient(Float64Array.from(dLogits), sampled, order, zero, 0);
  return largestError(pickColumns(weights, features, columns), expected.weights);
}

/** Copies some rows of a matrix of `width` columns. */
function pickRows(matrix: Float32Array, width: number, rows: Uint32Array): number[] {
  return [...rows].flatMap((row) => [...matrix.subarray(row * width, (row + 1) * width)]);
}

/** Copies some columns of a matrix of `width` columns. */
function pickColumns(matrix: ArrayLike<number>, width: number, columns: Uint32Array): Float64Array {
  const picked = new Float64Array((matrix.length / width) * columns.length);
  for (let i = 0; i < picked.length; i++)
    picked[i] = matrix[Math.floor(i / columns.length) * width + columns[i % columns.length]];
  return picked;
}
