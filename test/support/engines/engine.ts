/** Engines that run the built package: what a test asks of one, and how one is found and started. */

/** A running engine, with one page or module at a time. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** Opens a page by its address; in an engine without pages, imports a module by the address of its file. */
  open(url: string): Promise<void>;
  /** Evaluates an expression there, waits if it is a promise, and returns its value as JSON has it. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** An engine that may be installed here. */
export interface EngineKind {
  readonly name: string;
  /** Whether it opens pages. The others import modules. */
  readonly hasPages: boolean;
  /**
   * What is expected of its WebGPU here. `"tested"`: an adapter, which other tests run on. `"only"`: an adapter, and all
   * but WebGPU is tested in the same engine under another name.
   */
  readonly webGpu: "adapter" | "only" | "none" | "tested";
  /** How to install it. */
  readonly install: string;
  /** Returns the path of the program, or null if it is not installed. */
  find(): string | null;
  /** Starts the program. @throws Error  it does not start */
  launch(path: string): Promise<Engine>;
}

/** Longest time of one expression, ms. */
export const EVALUATION_LIMIT = 60_000;
