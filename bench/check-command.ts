/**
 * The common part of the check in Chrome and in Node: reads the arguments, shows progress, prints the report and writes
 * it as JSON.
 */
import { writeFile } from "node:fs/promises";
import { type CheckArguments, EXIT, parseCheckArguments } from "./check-arguments.ts";
import { describeConformance, isConformant, verdictOf } from "./conformance/describe-report.ts";
import type { ConformanceReport, Counts } from "./conformance/report.ts";
import { messageOf } from "./measure/text.ts";

/** Runs a check, in Chrome or in Node; `say` prints the state of the preparations. */
export type RunCheck = (
  asked: CheckArguments["asked"],
  hooks: { readonly signal: AbortSignal; readonly onProgress: (counts: Counts) => void },
  say: (line: string) => void,
) => Promise<ConformanceReport>;

/** Runs the command and returns the exit code, see {@link EXIT}. */
export async function runCheckCommand(argv: readonly string[], run: RunCheck): Promise<number> {
  const { asked, json } = parseCheckArguments(argv);
  const controller = new AbortController();
  const { signal } = controller;
  const interrupt = () => controller.abort(new Error("stopped"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  let latest: Counts | null = null;
  const onProgress = (counts: Counts) => {
    latest = counts;
    showCounts(counts, asked.cases);
  };
  try {
    const report = await run(asked, { signal, onProgress }, (line) => print(process.stderr, line));
    print(process.stdout, describeConformance(report));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    if (report.ending === "stopped") return EXIT.stopped;
    return isConformant(report) ? EXIT.right : EXIT.differs;
  } catch (error) {
    print(process.stderr, signal.aborted ? `Stopped. ${latest ? verdictOf(latest) : ""}` : messageOf(error));
    return signal.aborted ? EXIT.stopped : EXIT.unusable;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** Writes one line in place on a terminal, nothing if the output is no terminal. */
function showCounts(counts: Counts, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${counts.cases}/${total}  ${verdictOf(counts)}`);
}

function print(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${process.stderr.isTTY ? "\r\x1b[K" : ""}${text}\n`);
}
