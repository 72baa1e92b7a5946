/**
 * The common part of the command in Chrome and in Node: reads the arguments, shows progress, prints the tables and
 * writes the record. Ctrl-C keeps the results so far and exits with 130, as shells expect.
 */
import { writeFile } from "node:fs/promises";
import { parseArguments } from "./arguments.ts";
import { describeExponents, describeRecord } from "./describe-record.ts";
import { messageOf } from "./measure/text.ts";
import type { BenchHooks, BenchPlan, BenchProgress } from "./plan.ts";
import type { BenchRecord } from "./record.ts";

/** Carries out a plan, in Chrome or in Node; `say` prints the state of the preparations. */
export type Measure = (
  plan: BenchPlan,
  hooks: Required<Omit<BenchHooks, "attention">>,
  say: (line: string) => void,
) => Promise<BenchRecord>;

/** Runs the command and returns the exit code. */
export async function runCommand(argv: readonly string[], measure: Measure): Promise<number> {
  const { plan, sweep, json } = parseArguments(argv);
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error("stopped"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  let record: BenchRecord | null = null;
  let exitCode = 0;
  try {
    const hooks = {
      signal: controller.signal,
      onProgress: showProgress,
      onRecord: (partial: BenchRecord) => {
        record = partial;
      },
    };
    record = await measure(plan, hooks, (line) => print(process.stderr, line));
  } catch (error) {
    const isStopped = controller.signal.aborted;
    exitCode = isStopped ? 130 : 1;
    print(process.stderr, isStopped ? "Stopped." : messageOf(error));
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
  if (record) {
    print(process.stdout, describeRecord(record));
    if (sweep) print(process.stdout, `\n${describeExponents(record)}`);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(record, null, 2)}\n`);
  }
  return exitCode;
}

/** Writes one line in place on a terminal, nothing if the output is no terminal. */
function showProgress({ done, total, doing }: BenchProgress): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r\x1b[K${done < total ? `${done}/${total}  ${doing}` : ""}`);
}

function print(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${process.stderr.isTTY ? "\r\x1b[K" : ""}${text}\n`);
}
