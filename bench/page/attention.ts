/** Waits until the visitor has this tab in front: browsers slow down what runs in the background. */
import { type Signal, signal } from "@preact/signals";
import type { Attention } from "../plan.ts";

/** The part of `document` that is used. */
type Tab = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;

/** The tab of the page. Measuring waits while it is in the background. */
export class TabAttention implements Attention {
  /** Whether something waits for the tab to come to the front. */
  readonly isPaused: Signal<boolean> = signal(false);
  readonly #tab: Tab;
  readonly #now: () => number;
  #disturbances = 0;
  #waited = 0;

  constructor(tab: Tab, now: () => number = () => performance.now()) {
    this.#tab = tab;
    this.#now = now;
    tab.addEventListener("visibilitychange", () => {
      this.#disturbances += 1;
    });
  }

  get disturbances(): number {
    return this.#disturbances;
  }

  /** The time in ms, without the waits. */
  clock(): number {
    return this.#now() - this.#waited;
  }

  async ready(signal?: AbortSignal): Promise<void> {
    if (!this.#tab.hidden) return;
    const began = this.#now();
    this.isPaused.value = true;
    try {
      await new Promise<void>((resolve, reject) => {
        const end = () => {
          this.#tab.removeEventListener("visibilitychange", look);
          signal?.removeEventListener("abort", stop);
        };
        const look = () => {
          if (this.#tab.hidden) return;
          end();
          resolve();
        };
        const stop = () => {
          end();
          reject(signal?.reason);
        };
        this.#tab.addEventListener("visibilitychange", look);
        signal?.addEventListener("abort", stop);
        if (signal?.aborted) stop();
      });
    } finally {
      this.isPaused.value = false;
      this.#waited += this.#now() - began;
    }
  }
}
