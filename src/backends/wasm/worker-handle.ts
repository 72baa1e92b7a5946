/** Web Workers and Node's worker_threads as one thing: how they are started, spoken to and ended. */
import { wordsOf } from "../device-error.ts";
import type { Answer, Request } from "./protocol.ts";

/** A worker, whichever kind it is. */
export interface WorkerHandle {
  /** @throws what cannot be sent, for example a DataCloneError */
  post(request: Request, transfer: ArrayBuffer[]): void;
  /** Says that nothing is asked of it now, so that it need not keep a process alive. */
  rest(): void;
  terminate(): void;
}

/** What a worker says, and how it ends. */
export interface WorkerEvents {
  readonly onAnswer: (answer: Answer) => void;
  readonly onDeath: (words: string) => void;
}

/** A script of the caller's, or the text of one. */
export type WorkerScript = { readonly url: string | URL } | { readonly code: string };

/** Starts a worker. @throws what the engine throws */
export function startWorker(script: WorkerScript, events: WorkerEvents): WorkerHandle {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  return node ? startInNode(node.Worker, script, events) : startInPage(script, events);
}

function startInNode(
  NodeWorker: typeof import("node:worker_threads").Worker,
  script: WorkerScript,
  { onAnswer, onDeath }: WorkerEvents,
): WorkerHandle {
  // Without the flags of this process, some of which a worker's script cannot be run with.
  const worker =
    "code" in script
      ? new NodeWorker(script.code, { eval: true, execArgv: [] })
      : new NodeWorker(fileOf(script.url), { execArgv: [] });
  worker.on("message", onAnswer);
  worker.on("messageerror", () => onDeath("its answer could not be read"));
  worker.on("error", (error: unknown) => onDeath(wordsOf(error)));
  worker.on("exit", (code: number) => onDeath(`it exited with ${code}`));
  worker.unref();
  return {
    post: (request, transfer) => {
      worker.ref(); // while something is asked of it, it keeps the process alive
      worker.postMessage(request, transfer);
    },
    rest: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}

/** A URL as it is; a path, from the working directory on. */
function fileOf(url: string | URL): string | URL {
  if (url instanceof URL) return url;
  // A scheme has two letters at least: one is a drive.
  if (/^[a-z][a-z\d+.-]+:/i.test(url)) return new URL(url);
  return globalThis.process.getBuiltinModule("node:path").resolve(url);
}

function startInPage(script: WorkerScript, { onAnswer, onDeath }: WorkerEvents): WorkerHandle {
  const isBlob = "code" in script;
  const url = isBlob ? URL.createObjectURL(new Blob([script.code], { type: "text/javascript" })) : script.url;
  const worker = new globalThis.Worker(url);
  if (isBlob) URL.revokeObjectURL(String(url));
  const place = isBlob ? "from a blob; workerUrl names a file instead" : `from ${url}`;
  worker.onmessage = ({ data }) => onAnswer(data);
  worker.onmessageerror = () => onDeath("its answer could not be read");
  worker.onerror = (event) => {
    event.preventDefault();
    onDeath(event.message || `its script could not be loaded ${place}`);
  };
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    rest: () => {},
    terminate: () => worker.terminate(),
  };
}
