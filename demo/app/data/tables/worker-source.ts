/** A table that a Worker reads; without Workers, as in Node, it is read here. */
import { FormatError, LimitError } from "../../../../src/errors.ts";
import type { NamedFile, OpenContext, OpenProgress } from "../open-context.ts";
import type { TableRows, TableSource } from "./table-source.ts";

/** Formats whose readers work in one go, or for long. */
type WorkerFormat = "xlsx" | "parquet";

export type ToWorker =
  | { readonly kind: "open"; readonly format: WorkerFormat; readonly file: File; readonly path: string }
  | { readonly kind: "next" };

/** Answers: any number of `"progress"`, then one of the others. */
export type FromWorker =
  | { readonly kind: "progress"; readonly progress: OpenProgress }
  | { readonly kind: "opened"; readonly names: readonly string[] | null }
  | { readonly kind: "rows"; readonly batch: TableRows | null; readonly remarks: readonly string[] }
  | { readonly kind: "error"; readonly name: string; readonly argument: string; readonly message: string };

/** Opens a file in a Worker, or here if there are none. @throws FormatError, LimitError that name the file */
export async function openInWorker(
  format: WorkerFormat,
  named: NamedFile,
  context: OpenContext,
): Promise<TableSource> {
  if (typeof Worker === "undefined") {
    if (format === "xlsx") return (await import("./xlsx.ts")).openXlsx(named, context);
    return (await import("./parquet.ts")).openParquet(named, context);
  }
  const worker = new Worker(new URL("./table-worker.ts", import.meta.url), { type: "module" });
  const calls = new WorkerCalls(worker, named.path, context);
  const opened = await calls.call({ kind: "open", format, file: named.file, path: named.path });
  return new WorkerSource(calls, opened.kind === "opened" ? opened.names : null);
}

/** Asks the Worker one thing at a time, and ends it after an error or an abort. */
class WorkerCalls {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #context: OpenContext;

  constructor(worker: Worker, path: string, context: OpenContext) {
    this.#worker = worker;
    this.#path = path;
    this.#context = context;
  }

  async call(message: ToWorker): Promise<FromWorker> {
    const { signal } = this.#context;
    const over = new AbortController();
    try {
      signal.throwIfAborted();
      return await new Promise<FromWorker>((resolve, reject) => {
        const options = { signal: over.signal };
        signal.addEventListener("abort", () => reject(signal.reason), options);
        this.#worker.addEventListener("error", () => reject(this.#broken()), options);
        this.#worker.addEventListener("messageerror", () => reject(this.#broken()), options);
        const hear = ({ data }: MessageEvent<FromWorker>) => {
          if (data.kind === "progress") this.#context.onProgress(data.progress);
          else if (data.kind === "error") reject(errorOf(data));
          else resolve(data);
        };
        this.#worker.addEventListener("message", hear, options);
        this.#worker.postMessage(message);
      });
    } catch (error) {
      this.end();
      throw error;
    } finally {
      over.abort();
    }
  }

  end(): void {
    this.#worker.terminate();
  }

  #broken(): FormatError {
    return new FormatError(
      this.#path,
      "its reader did not load or ran out of memory; reload the page, or save the table as CSV",
    );
  }
}

/** Returns an error of the Worker as it was thrown there. */
function errorOf({ name, argument, message }: FromWorker & { kind: "error" }): Error {
  const reason = message.slice(`${argument}: `.length);
  if (name === "LimitError") return new LimitError(argument, reason);
  return argument ? new FormatError(argument, reason) : new Error(message);
}

class WorkerSource implements TableSource {
  readonly names: readonly string[] | null;
  readonly delimiter = null;
  remarks: readonly string[] = [];
  readonly #calls: WorkerCalls;

  constructor(calls: WorkerCalls, names: readonly string[] | null) {
    this.#calls = calls;
    this.names = names;
  }

  async *rows(): AsyncGenerator<TableRows> {
    try {
      for (;;) {
        const answer = await this.#calls.call({ kind: "next" });
        if (answer.kind !== "rows" || answer.batch === null) return;
        this.remarks = answer.remarks;
        yield answer.batch;
      }
    } finally {
      this.#calls.end();
    }
  }
}
