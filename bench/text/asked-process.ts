/** A process that answers requests, one line of JSON for each: a contender with a memory of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A request: the name of a task, and its input. */
export type Request = { readonly do: string } & Readonly<Record<string, unknown>>;

export class AskedProcess {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<void>;
  #errors = "";

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args);
    // Without a listener, a command that does not exist, or that has ended, would end this process.
    this.#process.on("error", (error) => {
      this.#errors = String(error);
    });
    this.#process.stdin.on("error", () => {});
    this.#process.stderr.on("data", (text) => {
      this.#errors = String(text);
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once("close", () => resolve()).once("error", () => resolve());
    });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Returns the answer. One request at a time. @throws Error what the process wrote last, if it has ended */
  async ask<Answer>(request: Request): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) {
      await this.#ended;
      throw new Error(this.#errors.trim().split("\n").at(-1) || "the process has ended");
    }
    return JSON.parse(value);
  }

  /** Lets the process end. */
  close(): void {
    this.#process.stdin.end();
  }
}
