/** A few Workers that decode pictures, each one picture at a time: at most as many are in memory. */
import type { PictureAnswer, PictureTask } from "./picture-worker.ts";

/** Workers at most: a large picture takes half a gigabyte, and decoders of browsers use several threads themselves. */
const MOST = 4;

/** Workers of its own; `dispose` ends them. */
export class PictureWorkers {
  /** Pictures that are decoded at the same time. */
  readonly count: number = Math.max(1, Math.min(MOST, navigator.hardwareConcurrency));
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  /** Decodes a picture; its bytes are moved to a Worker. @throws Error the Worker's code did not load */
  async decode(task: PictureTask): Promise<PictureAnswer> {
    const worker = await this.#free();
    try {
      return await new Promise<PictureAnswer>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<PictureAnswer>) => resolve(data);
        worker.onerror = () =>
          reject(
            new Error(
              "The code that decodes pictures did not load. Reload the page once the connection is back.",
            ),
          );
        worker.postMessage(task, [task.bytes.buffer]);
      });
    } finally {
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#idle.push(worker);
    }
  }

  /** Ends all Workers; what they were decoding never comes. */
  dispose(): void {
    for (const worker of this.#all) worker.terminate();
  }

  #free(): Worker | Promise<Worker> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.length >= this.count) return new Promise((resolve) => this.#waiting.push(resolve));
    const worker = new Worker(new URL("./picture-worker.ts", import.meta.url), { type: "module" });
    this.#all.push(worker);
    return worker;
  }
}
