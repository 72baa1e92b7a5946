/** What the processes of `npm run bench:text` answer. */

/** The file of texts. */
export interface SplitTexts {
  readonly training: readonly string[];
  readonly trainingLabels: readonly number[];
  readonly heldOut: readonly string[];
  readonly heldOutLabels: readonly number[];
}

export interface Vectorized {
  readonly seconds: number;
  readonly rows: number;
  readonly cols: number;
  /** Number of stored values. */
  readonly values: number;
}

/** J after each iteration, and the seconds until then. */
export type Trace = [objective: number, seconds: number][];

export interface Fit {
  /** Seconds to the contender's own end; without the reading of files. */
  readonly seconds: number;
  /** J of the result, in float64. */
  readonly objective: number;
  /** On the texts that were held out. */
  readonly accuracy: number;
  /** Of our fits only: others say nothing on their way. */
  readonly trace?: Trace;
}
