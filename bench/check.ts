/** The command `npm run check`: runs the conformance check in headless Chrome, or in Node. */
import { askPage } from "./ask-page.ts";
import { type RunCheck, runCheckCommand } from "./check-command.ts";
import type { CheckAnswer } from "./check-page.ts";
import { withProcessor } from "./in-chrome.ts";

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  if (!argv.includes("--node")) return runCheckCommand(argv, checkInChrome);
  const { checkInNode } = await import("./check-in-node.ts");
  return runCheckCommand(argv, checkInNode);
}

const checkInChrome: RunCheck = async (asked, { signal, onProgress }, say) => {
  const answer = await askPage<CheckAnswer>(asked, {
    page: "bench/check-page.html",
    reports: { reportCounts: onProgress },
    signal,
    say,
  });
  if ("error" in answer) throw new Error(answer.error);
  return withProcessor(answer.report);
};
