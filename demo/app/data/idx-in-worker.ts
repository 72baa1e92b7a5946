/** IDX files that a Worker reads; without Workers, as in Node, they are read here. */
import { DataError, FormatError, LimitError, ShapeError } from "../../../src/index.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import type { NamedFile, OpenContext, OpenProgress } from "./open-context.ts";

/** Answers: any number of `"progress"`, then one of the others. */
export type FromIdxWorker =
  | { readonly kind: "progress"; readonly progress: OpenProgress }
  | { readonly kind: "opened"; readonly dataset: DemoDataset }
  | { readonly kind: "error"; readonly name: string; readonly argument: string; readonly message: string };

/** Opens the files as `openIdx` does, whose errors it throws. */
export async function openIdxInWorker(
  files: readonly NamedFile[],
  { signal, onProgress }: OpenContext,
): Promise<DemoDataset> {
  if (typeof Worker === "undefined")
    return (await import("./open-idx.ts")).openIdx(files, { signal, onProgress });
  signal.throwIfAborted();
  const worker = new Worker(new URL("./idx-worker.ts", import.meta.url), { type: "module" });
  const over = new AbortController();
  try {
    return await new Promise<DemoDataset>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { signal: over.signal });
      const text = "its reader did not load or ran out of memory; reload the page and open it again";
      worker.onerror = () => reject(new FormatError(files[0].path, text));
      worker.onmessage = ({ data }: MessageEvent<FromIdxWorker>) => {
        if (data.kind === "progress") onProgress(data.progress);
        else if (data.kind === "error") reject(errorOf(data));
        else resolve(data.dataset);
      };
      worker.postMessage(files);
    });
  } finally {
    over.abort();
    worker.terminate();
  }
}

const ERRORS = { DataError, FormatError, LimitError, ShapeError } as const;

/** Returns an error of the Worker as it was thrown there. */
function errorOf({ name, argument, message }: FromIdxWorker & { kind: "error" }): Error {
  if (!argument || !Object.hasOwn(ERRORS, name)) return new Error(message);
  return new ERRORS[name as keyof typeof ERRORS](argument, message.slice(`${argument}: `.length));
}
