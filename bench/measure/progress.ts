/** How far a run has come: parts are begun one after the other, each ending the one before it. */
import type { BenchProgress } from "../plan.ts";

/** Counts the parts of a run. */
export class Progress {
  readonly #total: number;
  readonly #report: (progress: BenchProgress) => void;
  #begun = 0;

  constructor(total: number, report: (progress: BenchProgress) => void = () => {}) {
    this.#total = total;
    this.#report = report;
  }

  /** Begins the next part. */
  begin(doing: string): void {
    this.#report({ done: this.#begun, total: this.#total, doing });
    this.#begun++;
  }

  /** All parts are done. */
  end(): void {
    this.#report({ done: this.#total, total: this.#total, doing: "done" });
  }
}
