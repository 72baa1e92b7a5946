/**
 * The workers of one trainer for one data set. Each has a share of the rows; the trainer's own thread has the first
 * share. Parameters and partial gradients are sent as messages, without shared memory, so no special headers are
 * needed. A worker that dies or does not start rejects its pending requests.
 */

import type { RowsInMemory } from "../../data/rows.ts";
import { deviceErrorOf } from "../../device-error.ts";
import { DeviceError } from "../../errors.ts";
import { loaded } from "../../loaded.ts";
import type { DatasetSource } from "../backend.ts";
import { settlesWithin, untilAborted } from "../waiting.ts";
import type { Pass, Share, Sums } from "./backward.ts";
import type { PackedShape } from "./parameters.ts";
import { copyShare, ShareColumns } from "./share.ts";
import {
  type Answer,
  type Buffers,
  type Request,
  startWorker,
  type WorkerHandle,
  type WorkerScript,
} from "./worker-handle.ts";
import type { Workspace } from "./workspace.ts";

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
  readonly #columns: readonly ShareColumns[];
  readonly #buffers: Buffers[];

  private constructor(workers: readonly Worker[], columns: readonly ShareColumns[]) {
    this.#workers = workers;
    this.#columns = columns;
    this.#buffers = columns.map(({ length }) => ({
      weights: new Float32Array(length),
      partial: new Float32Array(length),
    }));
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
    const workers: Worker[] = [];
    const columns: ShareColumns[] = [];
    try {
      const opened: Promise<unknown>[] = [];
      const script = await scriptOf(workerUrl);
      for (const share of shares.slice(1)) {
        const worker = new Worker(script);
        workers.push(worker);
        const { copied, copies, columns: own } = await copyShare(source, share, signal);
        const ofShare = new ShareColumns(shape, own);
        columns.push(ofShare);
        const request = { kind: "open", module, source: copied, shape: ofShare.shape } as const;
        const answer = worker.ask(request, copies);
        answer.catch(() => {}); // handled below; until then it must not count as unhandled
        opened.push(worker.ready, answer);
      }
      await untilAborted(Promise.all(opened), signal);
      return new WorkerPool(workers, columns);
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
   * Computes a pass over all shares but the first.
   *
   * @param parts rows of a batch by share, counted within it; those of the first share are ignored
   * @returns sums of each, in order, and a function that puts the gradients into the workspace, after the first part's
   */
  async backward(
    workspace: Workspace,
    pass: Pass,
    parts: readonly Uint32Array<ArrayBuffer>[],
    scale: number,
  ): Promise<{ sums: Sums[]; put: () => void }> {
    const answers = this.#workers.map((worker, i) => {
      const { weights, partial } = this.#buffers[i];
      const rows = parts[i + 1];
      this.#columns[i].take(pass === "product" ? workspace.directionValues : workspace.weights, weights);
      const request = { kind: "backward", pass, rows, scale, weights, partial } as const;
      return worker.ask(request, [rows.buffer, weights.buffer, partial.buffer]);
    });
    const sums = (await Promise.all(answers)).map((answer, i) => {
      if (answer.kind !== "partial") throw new DeviceError("device", `a worker answered ${answer.kind}`);
      this.#buffers[i] = answer;
      return answer.sums;
    });
    const put = () => {
      for (const [i, { partial }] of this.#buffers.entries()) this.#columns[i].put(partial, workspace, i + 1);
    };
    return { sums, put };
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
