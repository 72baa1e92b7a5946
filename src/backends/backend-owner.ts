/** Owns the backend of one model: opens it on first use, replaces it after a loss, closes it with the model. */
import { StateError } from "../errors.ts";
import type { Backend, DeviceInfo } from "./backend.ts";
import { type BackendOptions, type DeviceOption, openBackend } from "./open-backend.ts";

/** Anything that is to be freed. */
export interface Disposable {
  dispose(): void;
}

/** A backend that outlives single calls but not its owner. */
export class BackendOwner {
  readonly #device: DeviceOption;
  readonly #options: BackendOptions;
  readonly #closing = new AbortController();
  #opened: Promise<Backend> | null = null;
  #info: DeviceInfo | null = null;

  constructor(device: DeviceOption, options: BackendOptions) {
    this.#device = device;
    this.#options = options;
  }

  /** The device last opened; null before the first use. */
  get info(): DeviceInfo | null {
    return this.#info;
  }

  /** Aborts, with a StateError, once the owner is disposed of. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Runs `work` with the backend. What `work` passes to `own` is freed when it ends, however it ends.
   *
   * @throws StateError  after dispose(), or where dispose() comes while `work` runs
   * @throws DeviceError from opening the device
   */
  async use<T>(
    work: (backend: Backend, own: <R extends Disposable>(resource: R) => R) => Promise<T>,
  ): Promise<T> {
    this.closed.throwIfAborted();
    const owned: Disposable[] = [];
    try {
      return await work(await this.#open(), (resource) => {
        owned.push(resource);
        return resource;
      });
    } catch (error) {
      this.closed.throwIfAborted();
      throw error;
    } finally {
      for (const resource of owned.reverse()) resource.dispose();
    }
  }

  dispose(): void {
    if (this.closed.aborted) return;
    this.#closing.abort(new StateError("model", "the model was disposed"));
    this.#close();
  }

  /** The backend that lives. Calls that find it dead at the same time share the one that replaces it. */
  async #open(): Promise<Backend> {
    for (;;) {
      this.closed.throwIfAborted();
      const opening = this.#opened ?? openBackend(this.#device, this.#options);
      this.#opened = opening;
      const backend = await opening.catch((error: unknown) => {
        if (this.#opened === opening) this.#opened = null;
        throw error;
      });
      this.closed.throwIfAborted();
      if (backend.alive) {
        this.#info = backend.info;
        return backend;
      }
      if (this.#opened === opening) this.#close();
    }
  }

  /** Also closes a backend that is still being opened, once it is. */
  #close(): void {
    void this.#opened?.then(
      (backend) => backend.dispose(),
      () => {}, // what failed to open needs no closing; whoever opened it sees the error
    );
    this.#opened = null;
  }
}
