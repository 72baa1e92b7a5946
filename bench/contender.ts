/** What a library under test must be able to do: the same training step on the same problem. */

/** One shape: N rows as one batch, D features, K classes. */
export interface BenchShape {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** A problem of that shape: X `[N,D]` f32, a label per row. */
export interface BenchProblem extends BenchShape {
  readonly x: Float32Array;
  readonly labels: Uint32Array;
}

/** The step everybody takes: mean cross-entropy over all rows, no penalty, heavy-ball momentum, from zero. */
export const LEARNING_RATE = 0.01;
export const MOMENTUM = 0.9;

/** A problem on a library's device, the parameters at zero. */
export interface Training {
  /** Takes `count` steps and waits until they are done. */
  run(count: number): Promise<void>;
  /** W `[K,D]`, row after row. */
  weights(): Promise<Float32Array>;
  dispose(): void;
}

/** A library in one configuration. */
export interface Contender {
  readonly name: string;
  open(problem: BenchProblem): Promise<Training>;
}
