/** What the kernels export, and how they come to life over a memory. */

/** Exports of `assembly/index.ts`. Addresses and strides in bytes; see there. */
export interface Kernels {
  gather(
    index: number,
    count: number,
    x: number,
    rowBytes: number,
    storage: number,
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
    sampleWeights: number,
    scale: number,
    sums: number,
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
  multiplyAddCeiling(rounds: number, factor: number, term: number): number;
}

/** The kernels of `module` over `memory`. */
export async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return exports as unknown as Kernels;
}
