/** A contender: a library that takes the same training steps on the same problem as the others. */
import type { BenchShape, BenchStorage } from "../record.ts";

/** A problem of one shape: X `[N,D]`, a label per row. */
export interface BenchProblem extends BenchShape {
  /** Values that `storage` holds exactly. */
  readonly x: Float32Array<ArrayBuffer>;
  readonly storage: BenchStorage;
  readonly labels: Uint32Array<ArrayBuffer>;
}

/** The step of all contenders: mean cross-entropy over all rows, no penalty, heavy-ball momentum, from zero. */
export const LEARNING_RATE = 0.01;
export const MOMENTUM = 0.9;

/** A problem on a library's device; parameters begin at zero. */
export interface Training {
  /** Choices of the library and their reasons, for the record. */
  readonly note?: string | undefined;
  /** Takes `count` steps and waits until they are done. */
  run(count: number): Promise<void>;
  /** Reads W `[K,D]`, row after row. */
  weights(): Promise<Float32Array>;
  dispose(): void;
}

/** A library in one configuration. */
export interface Contender {
  /** Name, version and device, for example `"TF.js 4.22.0 webgpu"`. */
  readonly name: string;
  /** The library and its version. */
  readonly library: { readonly name: string; readonly version: string };
  /** Storage of X. */
  readonly storage: BenchStorage;
  /** Where it computes. */
  readonly device: "webgpu" | "wasm";
  open(problem: BenchProblem): Promise<Training>;
}
