/** What the processes of `npm run bench:text` answer. */

/** The file of texts. */
export interface SplitTexts {
  readonly training: readonly string[];
  readonly trainingLabels: readonly number[];
  readonly heldOut: readonly string[];
  readonly heldOutLabels: readonly number[];
}

/** Seconds by the clock, and of the processor: the sum over all threads, which other work lengthens less. */
export interface Times {
  readonly seconds: number;
  readonly processor: number;
}

export interface Vectorized extends Times {
  readonly rows: number;
  readonly cols: number;
  /** Number of stored values. */
  readonly values: number;
}

/** J after each iteration, and the seconds until then. */
export type Trace = [objective: number, seconds: number][];

/** A fit, and the times to the contender's own end, without the reading of files. */
export interface Fit extends Times {
  /** J of the result, in float64. */
  readonly objective: number;
  /** On the texts that were held out. */
  readonly accuracy: number;
  /** Of our fits only: others say nothing on their way. */
  readonly trace?: Trace;
}
