/** The state of the conformance check on the page. */
import { type Signal, signal } from "@preact/signals";
import type { CheckOptions } from "../conformance/check.ts";
import { CASES, type ConformanceReport, type Counts } from "../conformance/report.ts";
import { messageOf } from "../measure/text.ts";
import type { RunBenchmark } from "../plan.ts";
import type { TabAttention } from "./attention.ts";

/** State of the check, and its outcome. */
export type CheckStatus =
  | { readonly status: "idle" }
  | { readonly status: "checking"; readonly counts: Counts | null; readonly isStopping: boolean }
  | { readonly status: "ended"; readonly report: ConformanceReport }
  | { readonly status: "failed"; readonly message: string };

/** Runs a check, as `checkConformance` does. */
export type CheckConformance = (options: CheckOptions) => Promise<ConformanceReport>;

/** Longest time of a check on the page, seconds: the last case that has begun is finished. */
const SECONDS = 120;

/** The check, one at a time, and never beside a run of the benchmark. */
export class CheckState {
  readonly now: Signal<CheckStatus> = signal<CheckStatus>({ status: "idle" });
  readonly #attention: TabAttention;
  /** Options from the address: fewer cases for a test. */
  readonly #asked: CheckOptions;
  readonly #load: () => Promise<CheckConformance>;
  #controller: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();

  /** @param load loads the code of the check, when it is first used */
  constructor(load: () => Promise<CheckConformance>, attention: TabAttention, asked: CheckOptions = {}) {
    this.#load = load;
    this.#attention = attention;
    this.#asked = asked;
  }

  /** Whether the check waits until its tab is in front. */
  get isPaused(): boolean {
    return this.now.value.status === "checking" && this.#attention.isPaused.value;
  }

  /** Number of cases that are to run. */
  get total(): number {
    return this.#asked.cases ?? CASES;
  }

  /** Runs the check. Never rejects; during one, nothing happens. */
  start(): Promise<void> {
    if (!this.#controller) this.#running = this.#run(new AbortController());
    return this.#running;
  }

  /** Stops the check and resolves when it has ended; the counts until then are kept. */
  cancel(): Promise<void> {
    this.#controller?.abort();
    const { value } = this.now;
    if (value.status === "checking") this.now.value = { ...value, isStopping: true };
    return this.#running;
  }

  /** Returns the same runs, which stop a check before they measure: both at once would measure each other. */
  before(runBenchmark: RunBenchmark): RunBenchmark {
    return async (plan, hooks) => {
      await this.cancel();
      return runBenchmark(plan, hooks);
    };
  }

  async #run(controller: AbortController): Promise<void> {
    const { signal } = controller;
    this.#controller = controller;
    this.now.value = { status: "checking", counts: null, isStopping: false };
    try {
      const check = await this.#load();
      const report = await check({
        seconds: SECONDS,
        ...this.#asked,
        signal,
        ready: () => this.#attention.ready(signal),
        onProgress: (counts) => {
          this.now.value = { status: "checking", counts, isStopping: signal.aborted };
        },
      });
      this.now.value = { status: "ended", report };
    } catch (error) {
      this.now.value = signal.aborted ? { status: "idle" } : { status: "failed", message: messageOf(error) };
    } finally {
      this.#controller = null;
    }
  }
}

/** Reads `?check=16` of the page's address: the number of cases. Anything else asks for nothing. */
export function askedCheck(query: string): CheckOptions {
  const cases = Number(new URLSearchParams(query).get("check"));
  return Number.isInteger(cases) && cases >= 1 && cases <= 10_000 ? { cases } : {};
}
