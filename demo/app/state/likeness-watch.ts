/** Measures in the background how alike the rows of a data set are, once for each data set. */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { DemoDataset } from "../data/demo-dataset.ts";
import type { Likeness } from "../data/likeness.ts";

/** Measurements of the rows of a data set, to judge new rows by. */
export interface UsualRows {
  /** Null for rows with nothing to compare but texts. */
  readonly likeness: Likeness | null;
  /** The least usual share of known words of each column of text, by its position. */
  readonly words: ReadonlyMap<number, number>;
}

export class LikenessWatch {
  /** Null before it is measured. */
  readonly latest: Signal<UsualRows | null> = signal<UsualRows | null>(null);
  readonly #dataset: ReadonlySignal<DemoDataset>;
  /** The data set that was measured last. */
  #measured: DemoDataset | null = null;

  constructor(dataset: ReadonlySignal<DemoDataset>) {
    this.#dataset = dataset;
  }

  /** Measures every data set that is opened, until the returned function is called. */
  follow(): () => void {
    return effect(() => {
      const dataset = this.#dataset.value;
      if (dataset === this.#measured) return;
      this.latest.value = null;
      const controller = new AbortController();
      void this.#measure(dataset, controller.signal);
      return () => controller.abort();
    });
  }

  async #measure(dataset: DemoDataset, signal: AbortSignal): Promise<void> {
    try {
      // Loaded once a drawing can be judged: the first load of the page goes without the code.
      const { likenessOf, usualShares } = await import("../data/usual-rows.ts");
      const likeness = await likenessOf(dataset, signal);
      const words = await usualShares(dataset, signal);
      if (signal.aborted) return;
      this.#measured = dataset;
      this.latest.value = { likeness, words };
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
