/** A few Workers that decode pictures, each one picture at a time: at most as many are in memory. */
import type { PictureAnswer, PictureTask } from "./picture-worker.ts";

/** Workers at most: a large picture takes half a gigabyte, and decoders of browsers use several threads themselves. */
const MOST = 4;
const FAILURE = "The code that decodes pictures did not load. Reload the page once the connection is back.";
const DISPOSED = "The reading of pictures has ended.";

/** Workers of its own; `dispose` ends them. */
export class PictureWorkers {
  /** Pictures that are decoded at the same time. */
  readonly count: number = Math.max(1, Math.min(MOST, navigator.hardwareConcurrency));
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: ((worker: Worker) => void)[] = [];
  /** Rejections of the readings that have not ended. */
  readonly #pending = new Set<(reason: Error) => void>();
  #isDisposed = false;

  /**
   * Decodes a picture; its bytes are moved to a Worker.
   *
   * @throws Error the Worker's code did not load or failed; the Workers are disposed of
   */
  async decode(task: PictureTask): Promise<PictureAnswer> {
    const worker = await this.#untilDisposal<Worker>((resolve) => this.#request(resolve));
    try {
      const answer = await this.#untilDisposal<PictureAnswer>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<PictureAnswer>) => resolve(data);
        worker.onerror = () => reject(new Error(FAILURE));
        worker.postMessage(task, [task.bytes.buffer]);
      });
      this.#release(worker);
      return answer;
    } catch (error) {
      this.#drop(worker);
      throw error;
    }
  }

  /** Ends all Workers. Readings that are on, and readings that wait for a Worker, reject. */
  dispose(): void {
    this.#isDisposed = true;
    for (const worker of this.#all) worker.terminate();
    for (const reject of this.#pending) reject(new Error(DISPOSED));
  }

  /** Returns the promise that `start` resolves or rejects; `dispose` rejects it as well. */
  async #untilDisposal<T>(
    start: (resolve: (value: T) => void, reject: (reason: Error) => void) => void,
  ): Promise<T> {
    if (this.#isDisposed) throw new Error(DISPOSED);
    let end = (_reason: Error) => {};
    try {
      return await new Promise<T>((resolve, reject) => {
        end = reject;
        this.#pending.add(end);
        start(resolve, reject);
      });
    } finally {
      this.#pending.delete(end);
    }
  }

  /** Calls `take` with a Worker, once one is free. */
  #request(take: (worker: Worker) => void): void {
    const idle = this.#idle.pop();
    if (idle) take(idle);
    else if (this.#all.size < this.count) take(this.#create());
    else this.#waiting.push(take);
  }

  /** Gives a Worker to the picture that waits longest, if one does. */
  #release(worker: Worker): void {
    const next = this.#waiting.shift();
    if (next) next(worker);
    else this.#idle.push(worker);
  }

  /** Ends a Worker that may never answer again; a new one takes its place once there is a picture for it. */
  #drop(worker: Worker): void {
    worker.terminate();
    this.#all.delete(worker);
    if (!this.#isDisposed) this.#waiting.shift()?.(this.#create());
  }

  #create(): Worker {
    const worker = new Worker(new URL("./picture-worker.ts", import.meta.url), { type: "module" });
    this.#all.add(worker);
    return worker;
  }
}
