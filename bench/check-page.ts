/** The page of `npm run check` in headless Chrome: runs the check that the command asks for and reports to it. */
import type { CheckArguments } from "./check-arguments.ts";
import { checkConformance } from "./conformance/check.ts";
import type { ConformanceReport, Counts } from "./conformance/report.ts";
import { messageOf } from "./measure/text.ts";

/** The answer to the command: the report, or why there is none. */
export type CheckAnswer = { readonly report: ConformanceReport } | { readonly error: string };

/** What the command and the page give each other. */
interface CheckWindow {
  reportCounts(counts: Counts): Promise<void>;
  reportAnswer(answer: CheckAnswer): Promise<void>;
  measure(asked: CheckArguments["asked"]): void;
}

const page = window as unknown as CheckWindow;
page.measure = (asked) => {
  void checkConformance({ ...asked, onProgress: (counts) => void page.reportCounts(counts) }).then(
    (report) => page.reportAnswer({ report }),
    (error) => page.reportAnswer({ error: messageOf(error) }),
  );
};
