/** Counts the results of a check. */
import type { CaseKind, DrawnCase } from "./draw-case.ts";
import { type Counts, type Difference, type KernelCount, MOST_DIFFERENCES } from "./report.ts";
import type { CaseResult } from "./run-case.ts";
import { SHADERS } from "./watched-kernels.ts";

/** The counts and differences of a check so far. */
export class Tally {
  readonly differences: Difference[] = [];
  readonly kinds: Partial<Record<CaseKind, number>> = {};
  readonly storages: Record<string, number> = {};
  readonly plans: Record<string, number> = {};
  readonly kernels: Record<string, KernelCount> = Object.fromEntries(
    SHADERS.map((name) => [name, { dispatches: 0, cases: 0 }]),
  );
  readonly #shapes = new Set<string>();
  #cases = 0;
  #differing = 0;
  #comparisons = 0;

  get counts(): Counts {
    return {
      shapes: this.#shapes.size,
      cases: this.#cases,
      differing: this.#differing,
      comparisons: this.#comparisons,
    };
  }

  /** Counts a case. */
  add(
    { kind, storage, rows, features, classes }: DrawnCase,
    { plan, comparisons, differences, dispatches }: CaseResult,
  ): void {
    this.#shapes.add(`${rows}×${features}×${classes}`);
    this.#cases++;
    this.#comparisons += comparisons;
    if (differences.length > 0) this.#differing++;
    this.differences.push(...differences.slice(0, MOST_DIFFERENCES - this.differences.length));
    count(this.kinds, kind);
    count(this.storages, storage);
    if (plan !== null) count(this.plans, plan);
    for (const [name, number] of dispatches) {
      const { dispatches: before = 0, cases = 0 } = this.kernels[name] ?? {};
      this.kernels[name] = { dispatches: before + number, cases: cases + 1 };
    }
  }
}

function count<K extends string>(counts: Partial<Record<K, number>>, key: K): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
