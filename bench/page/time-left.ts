/** Estimates the time that a run has left, from the parts that it has done. */
import { median } from "../measure/statistics.ts";
import type { BenchProgress, PartKind } from "../plan.ts";

/** Parts that must be done before there is ground for an estimate: one of them may have taken far longer than others. */
const LEAST_PARTS = 3;

/** The parts of a run and how long each took. Times are in ms, of any clock. */
export class TimeLeft {
  readonly #took = new Map<PartKind, number[]>();
  #current: { readonly progress: BenchProgress; readonly began: number } | null = null;

  /** Notes that a part begins, and that the one before it ends. */
  begin(progress: BenchProgress, now: number): void {
    const kind = this.#current?.progress.kind;
    if (this.#current && kind)
      this.#took.set(kind, [...(this.#took.get(kind) ?? []), now - this.#current.began]);
    this.#current = { progress, began: now };
  }

  /**
   * Returns the time that is left: for each part the median of those of its sort, or of all if none of its sort is done.
   *
   * @returns null as long as too few parts are done
   */
  estimate(now: number): number | null {
    const all = [...this.#took.values()].flat();
    if (!this.#current || all.length < LEAST_PARTS) return null;
    const { progress, began } = this.#current;
    const usual = (kind: PartKind) => median(this.#took.get(kind) ?? all);
    const parts = Object.entries(progress.left) as [PartKind, number][];
    const total = parts.reduce((sum, [kind, left]) => sum + left * usual(kind), 0);
    const spent = progress.kind ? Math.min(now - began, usual(progress.kind)) : 0;
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
