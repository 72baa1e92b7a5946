/**
 * The workers of one trainer for one data set. Each has a share of the rows; the trainer's own thread has the first
 * share. Parameters and partial gradients are sent as messages, without shared memory, so no special headers are
 * needed. A worker that dies or does not start rejects its pending requests.
 */

import { emptyLike, type Matrix, type MatrixData } from "../../data/matrix.ts";
import type { RowsInMemory } from "../../data/rows.ts";
import { isSparse, type SparseMatrix } from "../../data/sparse-matrix.ts";
import { deviceErrorOf } from "../../device-error.ts";
import { DeviceError } from "../../errors.ts";
import { loaded } from "../../loaded.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource } from "../backend.ts";
import { settlesWithin, untilAborted } from "../waiting.ts";
import type { Share, Sums } from "./backward.ts";
import { layoutOf, type PackedShape } from "./parameters.ts";
import {
  type Answer,
  type Buffers,
  type Request,
  startWorker,
  type WorkerHandle,
  type WorkerScript,
} from "./worker-handle.ts";
import type { Workspace } from "./workspace.ts";

/** Elements copied between two pauses. */
const PIECE = 2 ** 20;

/** Longest time that a worker's script may take to start, ms. */
const START_LIMIT = 30_000;

/** A request that awaits its answer. */
interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: DeviceError) => void;
}

/** One worker, with requests and their answers in order. */
class Worker {
  /** Rejects if the script does not report in time; a script that is not this library's worker never does. */
  readonly ready: Promise<void>;
  readonly #handle: WorkerHandle;
  readonly #waiting: Waiting[] = [];
  #failure: DeviceError | null = null;

  constructor(script: WorkerScript) {
    // A script that runs reports so without a request.
    const first = new Promise<Answer>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#handle = startWorker(script, {
      onAnswer: (answer) => this.#take(answer),
      onDeath: (words) =>
        this.#fail(new DeviceError("device", `a worker of the WebAssembly backend died: ${words}`)),
    });
    this.ready = this.#starts(first, script);
    this.ready.catch(() => {}); // handled when it is awaited; until then it must not count as unhandled
  }

  ask(request: Request, transfer: ArrayBuffer[] = []): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      this.#waiting.push({ resolve, reject });
      try {
        this.#handle.post(request, transfer);
      } catch (cause) {
        this.#fail(deviceErrorOf("a worker of the WebAssembly backend cannot be sent its work", cause));
      }
    }).then((answer) => {
      if (answer.kind === "failed") throw new DeviceError("device", `in a worker: ${answer.message}`);
      return answer;
    });
  }

  dispose(): void {
    this.#fail(new DeviceError("device", "the worker was ended"));
    this.#handle.terminate();
  }

  async #starts(first: Promise<Answer>, script: WorkerScript): Promise<void> {
    if (!(await settlesWithin(first, START_LIMIT))) {
      const name = "url" in script ? `the script ${script.url}` : "its script";
      const words = `${name} did not answer within ${START_LIMIT / 1000} seconds`;
      this.#fail(new DeviceError("device", `a worker of the WebAssembly backend: ${words}`));
    }
    const { kind } = await first;
    if (kind !== "ready") throw new DeviceError("device", `a worker answered ${kind}`);
  }

  #take(answer: Answer): void {
    this.#waiting.shift()?.resolve(answer);
    if (this.#waiting.length === 0) this.#handle.rest();
  }

  #fail(error: DeviceError): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** The workers of all shares but the first, in order. */
export class WorkerPool {
  readonly #workers: readonly Worker[];
  readonly #buffers: Buffers[];

  private constructor(workers: readonly Worker[], buffers: Buffers[]) {
    this.#workers = workers;
    this.#buffers = buffers;
  }

  /**
   * Starts a worker for each share but the first and gives it its rows.
   *
   * @throws DeviceError, or the signal's reason; no worker is left
   */
  static async start(
    module: WebAssembly.Module,
    source: DatasetSource<RowsInMemory>,
    shape: PackedShape,
    shares: readonly Share[],
    workerUrl: string | URL | undefined,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<WorkerPool> {
    const length = layoutOf(shape).bytes / 4;
    const workers: Worker[] = [];
    const buffers: Buffers[] = [];
    try {
      const opened: Promise<unknown>[] = [];
      const script = await scriptOf(workerUrl);
      for (const share of shares.slice(1)) {
        const worker = new Worker(script);
        workers.push(worker);
        buffers.push({ weights: new Float32Array(length), partial: new Float32Array(length) });
        const { copied, copies } = await copyShare(source, share, signal);
        const answer = worker.ask({ kind: "open", module, source: copied, shape }, copies);
        answer.catch(() => {}); // handled below; until then it must not count as unhandled
        opened.push(worker.ready, answer);
      }
      await untilAborted(Promise.all(opened), signal);
      return new WorkerPool(workers, buffers);
    } catch (cause) {
      for (const worker of workers) worker.dispose();
      signal.throwIfAborted();
      throw deviceErrorOf("no worker could be started", cause);
    }
  }

  /** Gives the workers other weights s, for requests to come. */
  async setWeights(sampleWeights: Float32Array, shares: readonly Share[]): Promise<void> {
    const answers = this.#workers.map((worker, i) => {
      const { first, rows } = shares[i + 1];
      const own = sampleWeights.slice(first, first + rows);
      return worker.ask({ kind: "weights", sampleWeights: own }, [own.buffer]);
    });
    await Promise.all(answers);
  }

  /**
   * Computes the partial gradients of all shares but the first, in the workspace; returns the sums of each, in order.
   *
   * @param parts rows of a batch by share, counted within it; those of the first share are ignored
   */
  async backward(
    workspace: Workspace,
    parts: readonly Uint32Array<ArrayBuffer>[],
    scale: number,
  ): Promise<Sums[]> {
    const answers = this.#workers.map((worker, i) => {
      const { weights, partial } = this.#buffers[i];
      const rows = parts[i + 1];
      weights.set(workspace.weights);
      const request = { kind: "backward", rows, scale, weights, partial } as const;
      return worker.ask(request, [rows.buffer, weights.buffer, partial.buffer]);
    });
    return (await Promise.all(answers)).map((answer, i) => {
      if (answer.kind !== "partial") throw new DeviceError("device", `a worker answered ${answer.kind}`);
      this.#buffers[i] = answer;
      workspace.partial(i + 1).set(answer.partial);
      return answer.sums;
    });
  }

  dispose(): void {
    for (const worker of this.#workers) worker.dispose();
  }
}

/** Returns the caller's script, or the text of the library's own, which is imported when it is first needed. */
async function scriptOf(workerUrl: string | URL | undefined): Promise<WorkerScript> {
  if (workerUrl) return { url: workerUrl };
  const { default: code } = await loaded(import("./worker.ts?worker-code"), "the workers");
  return { code };
}

/** Copies the rows of a share, and lists the buffers to transfer them by. */
async function copyShare(source: DatasetSource<RowsInMemory>, { first, rows }: Share, signal: AbortSignal) {
  const { x, targets, sampleWeights, storage, labelSmoothing, standardization } = source;
  const copies: ArrayBuffer[] = [];
  const copyPart = async <T extends MatrixData>(data: T, begin: number, end: number): Promise<T> => {
    const part = emptyLike(data, end - begin, "x");
    for (let at = begin; at < end; at += PIECE) {
      await pause(signal);
      part.set(data.subarray(at, Math.min(at + PIECE, end)), at - begin);
    }
    copies.push(part.buffer as ArrayBuffer);
    return part;
  };
  const copy = <T extends MatrixData>(data: T, cols: number): Promise<T> =>
    copyPart(data, first * cols, (first + rows) * cols);
  const matrix = async ({ data, cols, scale }: Matrix): Promise<Matrix> => ({
    data: await copy(data, cols),
    rows,
    cols,
    scale,
  });
  const sparse = async ({ indptr, indices, data, cols }: SparseMatrix): Promise<SparseMatrix> => {
    const [begin, end] = [indptr[first], indptr[first + rows]];
    const starts = indptr.slice(first, first + rows + 1).map((start) => start - begin);
    const values = data && (await copyPart(data, begin, end));
    copies.push(starts.buffer);
    return { indptr: starts, indices: await copyPart(indices, begin, end), data: values, rows, cols };
  };
  const copied: DatasetSource<RowsInMemory> = {
    x: isSparse(x) ? await sparse(x) : await matrix(x),
    targets:
      targets.kind === "labels"
        ? { kind: "labels", labels: await copy(targets.labels, 1) }
        : targets.kind === "distributions"
          ? { kind: "distributions", distributions: await matrix(targets.distributions) }
          : targets,
    ...(sampleWeights && { sampleWeights: await copy(sampleWeights, 1) }),
    storage,
    labelSmoothing,
    standardization,
  };
  return { copied, copies };
}
