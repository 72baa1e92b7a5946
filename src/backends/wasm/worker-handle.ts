/**
 * Workers: the messages between a trainer and its workers, and Web Workers and Node's worker_threads behind one
 * interface. The script that runs in a worker is worker.ts.
 */

import type { RowsInMemory } from "../../data/rows.ts";
import { deviceErrorOf, wordsOf } from "../../device-error.ts";
import type { DatasetSource } from "../backend.ts";
import type { Pass, Sums } from "./backward.ts";
import type { PackedShape } from "./parameters.ts";

/** Two arrays that are transferred to a worker and back, so that no step allocates. */
export interface Buffers {
  /** Parameters, on the way to the worker. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** A partial gradient, on the way back. */
  readonly partial: Float32Array<ArrayBuffer>;
}

/** Gives a worker its part of the rows to keep. */
export interface OpenRequest {
  readonly kind: "open";
  readonly module: WebAssembly.Module;
  readonly source: DatasetSource<RowsInMemory>;
  readonly shape: PackedShape;
}

/** Asks for a pass over some rows, counted within the worker's part, with given parameters or a direction. */
export interface BackwardRequest extends Buffers {
  readonly kind: "backward";
  readonly pass: Pass;
  readonly rows: Uint32Array;
  readonly scale: number;
}

/** Gives a worker other weights s for its part of the rows. */
export interface WeightsRequest {
  readonly kind: "weights";
  readonly sampleWeights: Float32Array<ArrayBuffer>;
}

/** Message to a worker. Each is answered once, in order. */
export type Request = OpenRequest | WeightsRequest | BackwardRequest;

/** Message from a worker; `"ready"` comes first, without a request. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "opened" }
  | { readonly kind: "weighted" }
  | ({ readonly kind: "partial"; readonly sums: Sums } & Buffers)
  | { readonly kind: "failed"; readonly message: string };

/** A running worker of either kind. */
export interface WorkerHandle {
  /** Sends a request. @throws if it cannot be sent, for example a DataCloneError */
  post(request: Request, transfer: ArrayBuffer[]): void;
  /** Marks the worker as idle, so that it does not keep a process alive. */
  rest(): void;
  terminate(): void;
}

/** Handlers for the messages and the end of a worker. */
export interface WorkerEvents {
  readonly onAnswer: (answer: Answer) => void;
  readonly onDeath: (words: string) => void;
}

/** The address of a script, or its text. */
export type WorkerScript = { readonly url: string | URL } | { readonly code: string };

/** Starts a worker. @throws the engine's error */
export function startWorker(script: WorkerScript, events: WorkerEvents): WorkerHandle {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  return node ? startInNode(node.Worker, script, events) : startInPage(script, events);
}

function startInNode(
  NodeWorker: typeof import("node:worker_threads").Worker,
  script: WorkerScript,
  { onAnswer, onDeath }: WorkerEvents,
): WorkerHandle {
  // Without the flags of this process, since a worker rejects some of them.
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
      worker.ref(); // keeps the process alive until the request is answered
      worker.postMessage(request, transfer);
    },
    rest: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}

/** Returns a URL as it is, and resolves a path from the working directory. */
function fileOf(url: string | URL): string | URL {
  if (url instanceof URL) return url;
  // A scheme has at least two letters; a single one is a drive.
  if (/^[a-z][a-z\d+.-]+:/i.test(url)) return new URL(url);
  return globalThis.process.getBuiltinModule("node:path").resolve(url);
}

function startInPage(script: WorkerScript, { onAnswer, onDeath }: WorkerEvents): WorkerHandle {
  const isBlob = "code" in script;
  const url = isBlob ? URL.createObjectURL(new Blob([script.code], { type: "text/javascript" })) : script.url;
  const place = isBlob ? "from a blob; workerUrl names a file instead" : `from ${url}`;
  const worker = createWorker(url, place);
  if (isBlob) URL.revokeObjectURL(String(url));
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

/** Creates a Web Worker. If a page's policy forbids it, WebKit throws here, and others report an error later. */
function createWorker(url: string | URL, place: string): Worker {
  try {
    return new globalThis.Worker(url);
  } catch (cause) {
    throw deviceErrorOf(`a worker's script could not be loaded ${place}`, cause);
  }
}
