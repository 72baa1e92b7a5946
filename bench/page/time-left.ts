/** Estimates the time that a run has left, from the parts that it has done. */
import type { BenchProgress, PartKind } from "../plan.ts";

/** Parts that must be done before there is ground for an estimate. */
const LEAST_PARTS = 2;

/** The parts of a run and how long each took. Times are in ms, of any clock. */
export class TimeLeft {
  readonly #took = new Map<PartKind, { count: number; sum: number }>();
  #current: { readonly progress: BenchProgress; readonly began: number } | null = null;

  /** Notes that a part begins, and that the one before it ends. */
  begin(progress: BenchProgress, now: number): void {
    const kind = this.#current?.progress.kind;
    if (this.#current && kind) {
      const { count, sum } = this.#took.get(kind) ?? { count: 0, sum: 0 };
      this.#took.set(kind, { count: count + 1, sum: sum + now - this.#current.began });
    }
    this.#current = { progress, began: now };
  }

  /**
   * Returns the time that is left: for each part the mean of those of its sort, or of all if none of its sort is done.
   *
   * @returns null as long as too few parts are done
   */
  estimate(now: number): number | null {
    const done = [...this.#took.values()];
    const count = done.reduce((sum, one) => sum + one.count, 0);
    if (!this.#current || count < LEAST_PARTS) return null;
    const { progress, began } = this.#current;
    const all = done.reduce((sum, one) => sum + one.sum, 0) / count;
    const meanOf = (kind: PartKind) => {
      const took = this.#took.get(kind);
      return took ? took.sum / took.count : all;
    };
    const parts = Object.entries(progress.left) as [PartKind, number][];
    const total = parts.reduce((sum, [kind, left]) => sum + left * meanOf(kind), 0);
    const spent = progress.kind ? Math.min(now - began, meanOf(progress.kind)) : 0;
    return total - spent;
  }
}

/** Writes the time left in words that change seldom, for example `"about 20 seconds left"`. */
export function timeLeftText(ms: number | null): string {
  if (ms === null) return "";
  if (ms < 5000) return "a few seconds left";
  if (ms < 90_000) return `about ${5 * Math.ceil(ms / 5000)} seconds left`;
  return `about ${Math.round(ms / 60_000)} minutes left`;
}
