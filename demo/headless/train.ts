/**
 * The command `npm run train`: trains in headless Chrome, or in Node if no browser is needed, and prints
 * its progress. Ctrl-C stops the training, closes the browser and exits with 130, as shells expect.
 */
import { openAsBlob } from "node:fs";
import { parseArguments } from "./arguments.ts";
import { runInChrome } from "./chrome-job.ts";
import { findIdxFiles } from "./idx-files.ts";
import { type FileName, runJob } from "./job.ts";
import { createReporter, describeResult } from "./report.ts";

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const { options, data, json } = parseArguments(argv);
  const stream = json ? process.stderr : process.stdout;
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error("stopped"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const files = data === undefined ? null : await findIdxFiles(data);
    const job = { options, hasFiles: files !== null };
    const emit = createReporter(stream, options.epochs ?? 0);
    const say = (message: string) => void stream.write(`${message}\n`);
    say(`Training on ${data ?? "embedded stroke digits"}`);
    const { signal } = controller;
    const result =
      options.device === "reference" || options.device === "wasm"
        ? await runJob(job, (name) => openFile(files, name), emit, signal)
        : await runInChrome(job, { files, emit, say, signal });
    stream.write(describeResult(result));
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  } catch (error) {
    if (controller.signal.aborted) {
      stream.write("\nStopped.\n");
      return 130;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function openFile(files: Readonly<Record<FileName, string>> | null, name: FileName): Promise<Blob> {
  if (!files) throw new Error(`${name} was not given`);
  return openAsBlob(files[name]);
}
