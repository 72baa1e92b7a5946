/** The speed of training, from reports of visited rows. */

/** Least time between two reports that gives a speed, ms. */
const LEAST_TIME = 5;

interface Mark {
  readonly rows: number;
  readonly time: number;
}

/** Measures the speed of training from the first report on; for runs that end with it, from their start. */
export class Stopwatch {
  #start: Mark | null = null;
  #first: Mark | null = null;

  /** Marks the time at which no row has been visited. */
  start(): void {
    this.#start = { rows: 0, time: performance.now() };
  }

  /** Returns rows per second after `rows` visited rows; null while too little time has passed. */
  report(rows: number): number | null {
    const now = { rows, time: performance.now() };
    const from = this.#first ?? this.#start;
    this.#first ??= now;
    if (!from || now.time - from.time < LEAST_TIME) return null;
    return (1000 * (now.rows - from.rows)) / (now.time - from.time);
  }
}
