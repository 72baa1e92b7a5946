/**
 * The page side of `npm run bench`: measures the plan that the command gives it and reports to the command.
 */
import { runBenchmark } from "./measure/run-benchmark.ts";
import { messageOf } from "./measure/text.ts";
import type { BenchPlan, BenchProgress } from "./plan.ts";
import type { BenchRecord } from "./record.ts";

/** What crosses back to the command: the record, or what went wrong. */
export type PageAnswer = { readonly record: BenchRecord } | { readonly error: string };

declare global {
  interface Window {
    /** Set by the command. */
    reportProgress: (progress: BenchProgress) => Promise<void>;
    reportRecord: (record: BenchRecord) => Promise<void>;
    reportAnswer: (answer: PageAnswer) => Promise<void>;
    /**
     * Called by the command. Returns at once, since Puppeteer waits three minutes for an answer, not longer.
     */
    measure: (plan: BenchPlan) => void;
  }
}

window.measure = (plan) => {
  void runBenchmark(plan, {
    onProgress: (progress) => void window.reportProgress(progress),
    onRecord: (record) => void window.reportRecord(record),
  }).then(
    (record) => window.reportAnswer({ record }),
    (error) => window.reportAnswer({ error: messageOf(error) }),
  );
};
