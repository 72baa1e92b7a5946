/** What a library under test must be able to do: the same training step on the same problem. */
import type { BenchShape, BenchStorage } from "../record.ts";

/** A problem of one shape: X `[N,D]`, a label per row. */
export interface BenchProblem extends BenchShape {
  /** Values that `storage` holds exactly. */
  readonly x: Float32Array<ArrayBuffer>;
  readonly storage: BenchStorage;
  readonly labels: Uint32Array<ArrayBuffer>;
}

/** The step everybody takes: mean cross-entropy over all rows, no penalty, heavy-ball momentum, from zero. */
export const LEARNING_RATE = 0.01;
export const MOMENTUM = 0.9;

/** A problem on a library's device, the parameters at zero. */
export interface Training {
  /** What was chosen and why, for the record. */
  readonly note?: string | undefined;
  /** Takes `count` steps and waits until they are done. */
  run(count: number): Promise<void>;
  /** W `[K,D]`, row after row. */
  weights(): Promise<Float32Array>;
  dispose(): void;
}

/** A library in one configuration. */
export interface Contender {
  /** Name, version and device, for example `"TF.js 4.22.0 webgpu"`. */
  readonly name: string;
  /** The library and its version. */
  readonly library: { readonly name: string; readonly version: string };
  /** How it stores X. */
  readonly storage: BenchStorage;
  open(problem: BenchProblem): Promise<Training>;
}
