/** Owns the backend of one model: opens it on first use, replaces it after a loss, closes it with the model. */
import { DeviceError, StateError } from "../errors.ts";
import type { Backend, DeviceInfo } from "./backend.ts";
import { type BackendOptions, type DeviceOption, openBackend } from "./open-backend.ts";
import { Turns, untilAborted } from "./waiting.ts";

/** Backends found dead before a call gives up; the first may be one that was lost since the last call. */
const ATTEMPTS = 3;

/** Devices lost in a row, without any work done, after which `"auto"` does without WebGPU. */
const MOST_LOSSES = 2;

/** Calls that may have rows on the device at once: enough to hide its latency, few enough for its memory. */
const CALLS_AT_ONCE = 16;

/** Anything that is to be freed. */
export interface Disposable {
  dispose(): void;
}

/** What a call does with a backend. What it passes to `own` is freed when it ends, however it ends. */
export type BackendWork<T> = (backend: Backend, own: <R extends Disposable>(resource: R) => R) => Promise<T>;

/** A backend that outlives single calls but not its owner. */
export class BackendOwner {
  /** What the last fit adds to the reason for the device; begins with "; ". */
  remark = "";
  readonly #device: DeviceOption;
  readonly #options: BackendOptions;
  readonly #closing = new AbortController();
  readonly #turns = new Turns(CALLS_AT_ONCE);
  /** The backend; rejects at once when the owner is disposed of, also while it is being opened. */
  #opened: Promise<Backend> | null = null;
  /** Closes the backend that was opened last, or is being opened. */
  #close = () => {};
  #info: DeviceInfo | null = null;
  #losses = 0;

  constructor(device: DeviceOption, options: BackendOptions) {
    this.#device = device;
    this.#options = options;
  }

  /** The device last opened; null before the first use. */
  get info(): DeviceInfo | null {
    if (!this.#info || !this.remark) return this.#info;
    return { ...this.#info, reason: this.#info.reason + this.remark };
  }

  /** Aborts, with a StateError, once the owner is disposed of. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Runs `work` with the backend. An abort while it is being opened is heard at once; the opening goes on, for calls
   * to come, until the owner is disposed of.
   *
   * @throws StateError  after dispose(), or when dispose() comes while `work` runs
   * @throws DeviceError from opening the device; the signal's reason
   */
  async use<T>(work: BackendWork<T>, signal: AbortSignal = this.closed): Promise<T> {
    this.closed.throwIfAborted();
    const owned: Disposable[] = [];
    try {
      const opening = this.#open();
      const backend = await (signal === this.closed ? opening : untilAborted(opening, signal));
      const result = await work(backend, (resource) => {
        owned.push(resource);
        return resource;
      });
      this.#losses = 0;
      return result;
    } catch (error) {
      this.closed.throwIfAborted();
      throw error;
    } finally {
      for (const resource of owned.reverse()) resource.dispose();
    }
  }

  /**
   * Does the same for one of many calls: only so many have rows on the device at once. Not for work that calls back
   * to the user, who may wait in there for another call.
   */
  async useInTurn<T>(work: BackendWork<T>): Promise<T> {
    // Opened before the turn, so that a device that cannot be had fails all calls together, not one after the other.
    await this.#open();
    return this.#turns.take(() => this.use(work));
  }

  dispose(): void {
    if (this.closed.aborted) return;
    this.#closing.abort(new StateError("model", "the model was disposed"));
    this.#close();
  }

  /** The backend that lives. Calls that find it dead at the same time share the one that replaces it. */
  async #open(): Promise<Backend> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      this.closed.throwIfAborted();
      const opening = this.#opened ?? this.#begin();
      const backend = await opening;
      this.closed.throwIfAborted();
      if (backend.alive) {
        this.#info = backend.info;
        return backend;
      }
      if (this.#opened !== opening) continue;
      backend.dispose();
      this.#opened = null;
      this.#losses++;
    }
    throw new DeviceError("device", "every device was lost as soon as it was opened; use another device");
  }

  /** Opens a backend, which closes with the owner, however late it comes. */
  #begin(): Promise<Backend> {
    const without = this.#losses >= MOST_LOSSES ? "WebGPU was lost twice in a row" : undefined;
    const backend = openBackend(this.#device, this.#options, without);
    this.#close = () => {
      backend.then(
        (opened) => opened.dispose(),
        () => {}, // what failed to open needs no closing
      );
    };
    const opening = untilAborted(backend, this.closed);
    this.#opened = opening;
    opening.catch(() => {
      // Whoever waits for it sees the error. The next call tries again.
      if (this.#opened === opening) this.#opened = null;
    });
    return opening;
  }
}
