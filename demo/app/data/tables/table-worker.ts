/** The Worker that reads workbooks and Parquet files, whose readers would hold up the page. */
import { SoftmaxError } from "../../../../src/errors.ts";
import type { NamedFile } from "../open-context.ts";
import { openParquet } from "./parquet.ts";
import type { TableSource } from "./table-source.ts";
import type { FromWorker, ToWorker } from "./worker-source.ts";
import { openXlsx } from "./xlsx.ts";

const { signal } = new AbortController();
let source: TableSource | null = null;
let rows: ReturnType<TableSource["rows"]> | null = null;

function answer(message: FromWorker): void {
  postMessage(message);
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  const work = data.kind === "open" ? open(data) : next();
  work.catch((error: unknown) => {
    const argument = error instanceof SoftmaxError ? error.argument : "";
    const message = error instanceof Error ? error.message : String(error);
    answer({ kind: "error", name: error instanceof Error ? error.name : "Error", argument, message });
  });
});

async function open({ format, file, path }: ToWorker & { kind: "open" }): Promise<void> {
  const named: NamedFile = { file, path };
  const onProgress = (progress: { text: string; share: number }) => answer({ kind: "progress", progress });
  source = await (format === "xlsx" ? openXlsx : openParquet)(named, { signal, onProgress });
  rows = source.rows();
  answer({ kind: "opened", names: source.names });
}

async function next(): Promise<void> {
  const step = await rows?.next();
  const remarks = source?.remarks ?? [];
  answer({ kind: "rows", batch: step && !step.done ? step.value : null, remarks });
}
