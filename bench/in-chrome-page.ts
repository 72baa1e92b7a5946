/**
 * The page of `npm run bench` in headless Chrome: measures the plan that the command gives it and reports to the
 * command.
 */
import { runBenchmark } from "./measure/run-benchmark.ts";
import { messageOf } from "./measure/text.ts";
import type { BenchPlan, BenchProgress } from "./plan.ts";
import type { BenchRecord } from "./record.ts";

/** The answer to the command: the record, or why there is none. */
export type PageAnswer = { readonly record: BenchRecord } | { readonly error: string };

declare global {
  interface Window {
    /** The command sets the three report functions. */
    reportProgress: (progress: BenchProgress) => Promise<void>;
    reportRecord: (record: BenchRecord) => Promise<void>;
    reportAnswer: (answer: PageAnswer) => Promise<void>;
    /** Called by the command. Returns at once, because Puppeteer waits no longer than three minutes. */
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
