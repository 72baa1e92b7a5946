/** The exports of the kernels, and their instantiation over a memory. */
import { wasmError } from "./wasm-error.ts";

/** Exports of `assembly/index.ts`. Addresses and strides in bytes; see there. */
export interface Kernels {
  gather(
    index: number,
    count: number,
    x: number,
    rowBytes: number,
    storage: number,
    unit: number,
    vectors: number,
    scratch: number,
    addresses: number,
  ): void;
  matmul(
    rows: number,
    count: number,
    weights: number,
    bias: number,
    classes: number,
    vectors: number,
    logits: number,
    stride: number,
  ): void;
  softmax(
    logits: number,
    stride: number,
    classes: number,
    index: number,
    count: number,
    kind: number,
    targets: number,
    labelSmoothing: number,
    sampleWeights: number,
    scale: number,
    sums: number,
  ): void;
  outcomes(
    logits: number,
    stride: number,
    classes: number,
    index: number,
    count: number,
    kind: number,
    targets: number,
    predicted: number,
    confidence: number,
    rank: number,
  ): void;
  gradient(
    rows: number,
    count: number,
    dLogits: number,
    stride: number,
    classes: number,
    vectors: number,
    dWeights: number,
  ): void;
  moments(
    rows: number,
    count: number,
    weights: number,
    vectors: number,
    weighted: number,
    n: number,
    m: number,
  ): void;
  biasGradient(count: number, dLogits: number, stride: number, dBias: number): void;
  sgd(
    weights: number,
    velocity: number,
    partials: number,
    splits: number,
    bytes: number,
    penalised: number,
    l2: number,
    learningRate: number,
    momentum: number,
    nesterov: boolean,
  ): void;
  adamw(
    weights: number,
    firstMoment: number,
    secondMoment: number,
    partials: number,
    splits: number,
    bytes: number,
    decayed: number,
    beta1: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    learningRate: number,
    epsilon: number,
    decay: number,
  ): void;
  softThreshold(weights: number, bytes: number, threshold: number): void;
  average(mean: number, weights: number, bytes: number, n: number): void;
}

/** Exports of `assembly/with-sparse.ts`. */
export interface SparseKernels extends Kernels {
  sparseMatmul(
    index: number,
    count: number,
    indptr: number,
    indices: number,
    values: number,
    weights: number,
    bias: number,
    rowBytes: number,
    logits: number,
    stride: number,
  ): void;
  sparseGradient(
    index: number,
    count: number,
    indptr: number,
    indices: number,
    values: number,
    dLogits: number,
    stride: number,
    rowBytes: number,
    dWeights: number,
    areSquared: boolean,
  ): void;
  keepRows(rows: number, stride: number, index: number, count: number, all: number): void;
  curvature(
    rows: number,
    stride: number,
    index: number,
    count: number,
    probabilities: number,
    areAll: boolean,
    sampleWeights: number,
    scale: number,
  ): void;
  ownCurvature(
    rows: number,
    stride: number,
    index: number,
    count: number,
    sampleWeights: number,
    scale: number,
  ): void;
  addRidge(v: number, penalised: number, ridge: number, ridges: number): void;
  invert(v: number, bytes: number): void;
  alongDirection(
    hd: number,
    d: number,
    bytes: number,
    penalised: number,
    ridge: number,
    ridges: number,
  ): number;
  advance(x: number, d: number, r: number, hd: number, inverse: number, bytes: number, t: number): number;
  turn(d: number, r: number, hd: number, inverse: number, bytes: number, t: number): void;
  addPartial(sum: number, partial: number, bytes: number): void;
}

/** Instantiates the kernels of `module` over `memory`. @throws DeviceError if the engine does not start them */
export async function instantiate<T = Kernels>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<T> {
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    return exports as T;
  } catch (cause) {
    throw wasmError("WebAssembly does not start here", cause);
  }
}
