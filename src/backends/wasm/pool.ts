/**
 * Workers of one trainer for one data set, a share of the rows each; the first share stays with the trainer's own
 * thread. No shared memory and so no special headers: parameters go out and partial gradients come back by
 * message. A worker that dies fails what waits for it.
 */
import { emptyLike, type Matrix, type MatrixData } from "../../data/matrix.ts";
import { DeviceError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource, ModelShape } from "../backend.ts";
import type { Share, Sums } from "./backward.ts";
import type { Answer, Buffers, Request } from "./protocol.ts";
import workerCode from "./worker.ts?worker-code";
import { layoutOf, type Workspace } from "./workspace.ts";

/** Elements copied between two pauses. */
const PIECE = 2 ** 20;

/** What is waited for. */
interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: DeviceError) => void;
}

/** What Web Workers and Node's have in common. */
interface Handle {
  post(request: Request, transfer: ArrayBuffer[]): void;
  terminate(): void;
}

/** A worker as requests and answers. */
class Worker {
  readonly #handle: Handle;
  readonly #waiting: Waiting[] = [];
  #failure: DeviceError | null = null;

  constructor(workerUrl: string | URL | undefined) {
    this.#handle = spawn(
      workerUrl,
      (answer) => this.#waiting.shift()?.resolve(answer),
      (message) =>
        this.#fail(new DeviceError("device", `a worker of the WebAssembly backend died: ${message}`)),
    );
  }

  ask(request: Request, transfer: ArrayBuffer[] = []): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      this.#waiting.push({ resolve, reject });
      this.#handle.post(request, transfer);
    }).then((answer) => {
      if (answer.kind === "failed") throw new DeviceError("device", `in a worker: ${answer.message}`);
      return answer;
    });
  }

  dispose(): void {
    this.#fail(new DeviceError("device", "the worker was ended"));
    this.#handle.terminate();
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

  /** Starts a worker for each share but the first and gives it its rows. @throws DeviceError; no worker is left */
  static async start(
    module: WebAssembly.Module,
    source: DatasetSource,
    shape: ModelShape,
    shares: readonly Share[],
    workerUrl: string | URL | undefined,
  ): Promise<WorkerPool> {
    const length = layoutOf(shape).bytes / 4;
    const workers: Worker[] = [];
    const buffers: Buffers[] = [];
    try {
      const opened: Promise<Answer>[] = [];
      for (const share of shares.slice(1)) {
        const worker = new Worker(workerUrl);
        workers.push(worker);
        buffers.push({ weights: new Float32Array(length), partial: new Float32Array(length) });
        const { copied, copies } = await copyShare(source, share);
        const answer = worker.ask({ kind: "open", module, source: copied, shape }, copies);
        answer.catch(() => {}); // seen below; until then it must not count as unhandled
        opened.push(answer);
      }
      await Promise.all(opened);
      return new WorkerPool(workers, buffers);
    } catch (cause) {
      for (const worker of workers) worker.dispose();
      throw cause instanceof DeviceError
        ? cause
        : new DeviceError("device", "no worker could be started", { cause });
    }
  }

  /**
   * Leaves the partial gradients of all shares but the first in the workspace.
   *
   * @param parts rows of a batch by share, counted within it; those of the first share are not looked at
   */
  async backward(
    workspace: Workspace,
    parts: readonly Uint32Array<ArrayBuffer>[],
    scale: number,
  ): Promise<Sums> {
    const answers = this.#workers.map((worker, i) => {
      const { weights, partial } = this.#buffers[i];
      const rows = parts[i + 1];
      weights.set(workspace.weights);
      const request = { kind: "backward", rows, scale, weights, partial } as const;
      return worker.ask(request, [rows.buffer, weights.buffer, partial.buffer]);
    });
    let [loss, correct] = [0, 0];
    for (const [i, answer] of (await Promise.all(answers)).entries()) {
      if (answer.kind !== "partial") throw new DeviceError("device", `a worker answered ${answer.kind}`);
      this.#buffers[i] = answer;
      workspace.partial(i + 1).set(answer.partial);
      loss += answer.sums.loss;
      correct += answer.sums.correct;
    }
    return { loss, correct };
  }

  dispose(): void {
    for (const worker of this.#workers) worker.dispose();
  }
}

/** The rows of a share, copied, and the buffers to move them by. */
async function copyShare(source: DatasetSource, { first, rows }: Share) {
  const { x, targets, sampleWeights, storage, labelSmoothing, standardization } = source;
  const copies: ArrayBuffer[] = [];
  const copy = async <T extends MatrixData>(data: T, cols: number): Promise<T> => {
    const part = emptyLike(data, rows * cols, "x");
    for (let at = 0; at < part.length; at += PIECE) {
      await pause();
      const begin = first * cols + at;
      part.set(data.subarray(begin, Math.min(begin + PIECE, (first + rows) * cols)), at);
    }
    copies.push(part.buffer as ArrayBuffer);
    return part;
  };
  const matrix = async ({ data, cols, scale }: Matrix): Promise<Matrix> => ({
    data: await copy(data, cols),
    rows,
    cols,
    scale,
  });
  const copied: DatasetSource = {
    x: await matrix(x),
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

function spawn(
  workerUrl: string | URL | undefined,
  onAnswer: (answer: Answer) => void,
  onDeath: (message: string) => void,
): Handle {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node) {
    const worker = workerUrl
      ? new node.Worker(new URL(workerUrl))
      : new node.Worker(workerCode, { eval: true });
    worker.on("message", (answer: Answer) => {
      worker.unref();
      onAnswer(answer);
    });
    worker.on("messageerror", () => onDeath("its answer could not be read"));
    worker.on("error", (error: Error) => onDeath(error.message));
    worker.on("exit", (code: number) => onDeath(`it exited with ${code}`));
    worker.unref();
    return {
      post: (request, transfer) => {
        worker.ref(); // while something is asked of it, it keeps the process alive
        worker.postMessage(request, transfer);
      },
      terminate: () => void worker.terminate(),
    };
  }
  const url = workerUrl ?? URL.createObjectURL(new Blob([workerCode], { type: "text/javascript" }));
  const worker = new globalThis.Worker(url);
  if (!workerUrl) URL.revokeObjectURL(String(url));
  worker.onmessage = ({ data }) => onAnswer(data);
  worker.onmessageerror = () => onDeath("its answer could not be read");
  worker.onerror = (event) => {
    event.preventDefault();
    onDeath(event.message || "its script could not be loaded");
  };
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    terminate: () => worker.terminate(),
  };
}
