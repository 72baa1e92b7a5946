/** How fast rows are visited, from reports of how many were. */

/** Time after which a speed says something, ms. */
const LEAST_TIME = 5;

interface Mark {
  readonly rows: number;
  readonly time: number;
}

/** Measures from the first report on; for runs that are over with it, from their start. */
export class Stopwatch {
  #start: Mark | null = null;
  #first: Mark | null = null;

  /** No row was visited yet. */
  start(): void {
    this.#start = { rows: 0, time: performance.now() };
  }

  /** `rows` were visited; the speed in rows a second, null while nothing can be said. */
  report(rows: number): number | null {
    const now = { rows, time: performance.now() };
    const from = this.#first ?? this.#start;
    this.#first ??= now;
    if (!from || now.time - from.time < LEAST_TIME) return null;
    return (1000 * (now.rows - from.rows)) / (now.time - from.time);
  }
}
