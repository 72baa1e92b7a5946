/** The kernels: which build this engine can run, compiled once, and what they export. */
import { DeviceError } from "../../errors.ts";
import relaxed from "./assembly/index.ts?wasm=relaxed-simd";
import simd from "./assembly/index.ts?wasm=simd";

/** The two builds: with fused multiply-adds, and with those of WebAssembly 2.0 only. */
export type KernelBuild = "relaxed-simd" | "simd";

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
  multiplyAddCeiling(rounds: number): number;
}

const SOURCES: Readonly<Record<KernelBuild, string>> = { "relaxed-simd": relaxed, simd };
const modules = new Map<KernelBuild, Promise<WebAssembly.Module>>();

/** The builds this engine can run, the faster first. */
export function supportedBuilds(): KernelBuild[] {
  if (typeof WebAssembly === "undefined") return [];
  return (["relaxed-simd", "simd"] as const).filter((build) => WebAssembly.validate(bytesOf(build)));
}

/** The compiled module of a build. @throws DeviceError where a content security policy forbids WebAssembly */
export function compileKernels(build: KernelBuild): Promise<WebAssembly.Module> {
  const module = modules.get(build) ?? compile(build);
  modules.set(build, module);
  return module;
}

/** The kernels of `module` over `memory`. */
export async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return exports as unknown as Kernels;
}

async function compile(build: KernelBuild): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytesOf(build));
  } catch (cause) {
    throw new DeviceError("device", "WebAssembly does not compile here; a CSP needs 'wasm-unsafe-eval'", {
      cause,
    });
  }
}

function bytesOf(build: KernelBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(SOURCES[build]), (character) => character.charCodeAt(0));
}
