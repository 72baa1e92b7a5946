/** The Worker that reads IDX files: unzipping 47 MB, and clearing up after it, would hold up the page. */
import { SoftmaxError } from "../../../src/index.ts";
import type { FromIdxWorker } from "./idx-in-worker.ts";
import type { NamedFile } from "./open-context.ts";
import { openIdx } from "./open-idx.ts";

function answer(message: FromIdxWorker, moved: Transferable[] = []): void {
  postMessage(message, { transfer: moved });
}

addEventListener("message", ({ data }: MessageEvent<readonly NamedFile[]>) => {
  open(data).catch((error: unknown) => {
    const argument = error instanceof SoftmaxError ? error.argument : "";
    const message = error instanceof Error ? error.message : String(error);
    answer({ kind: "error", name: error instanceof Error ? error.name : "Error", argument, message });
  });
});

async function open(files: readonly NamedFile[]): Promise<void> {
  const { signal } = new AbortController();
  const dataset = await openIdx(files, {
    signal,
    onProgress: (progress) => answer({ kind: "progress", progress }),
  });
  const moved = [dataset.train, dataset.validation].flatMap(({ x }) =>
    "data" in x && x.data ? [x.data.buffer] : [],
  );
  answer({ kind: "opened", dataset }, moved as ArrayBuffer[]);
}
