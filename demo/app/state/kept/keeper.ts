/**
 * Keeps the session in this browser's database: the data set once, when it is opened; options and models when a run
 * pauses or ends, and now and then while it goes on.
 */
import { effect } from "@preact/signals";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import { linkedDataOf } from "../link.ts";
import type { Session } from "../session.ts";
import { blobOf } from "./bytes.ts";
import { packDataset } from "./pack-dataset.ts";
import { fileOf, runOf } from "./session-run.ts";
import type { KeptStore } from "./store.ts";

/** Pause between two writes, ms: while a run trains, and else. */
const WHILE_TRAINING = 2000;
const WHILE_STILL = 200;
/** Pause after a write, by its own duration: it leaves time to train. */
const REST = 10;
/** Pause after a write that failed, ms: it doubles with each failure, up to a most. */
const BEFORE_RETRY = 4000;
const MOST_BEFORE_RETRY = 120_000;
/** Bytes of a data set at most. */
const MAX_BYTES = 2 ** 30;

const TOO_LARGE = "These data are too large to be kept in this browser: reloading loses the session.";
const FULL = "This browser has no more room for the session: reloading loses it.";
const LATER = "The latest changes are not kept in this browser yet; it is asked again in a while.";

/** Data that are in the database, and the id they have there. */
export interface Stored {
  readonly dataset: DemoDataset;
  readonly id: string;
}

export class Keeper {
  readonly #session: Session;
  readonly #store: KeptStore;
  /** The data set that is in the database. */
  #stored: Stored | null;
  /** The data set that could not be kept. */
  #refused: DemoDataset | null = null;
  #timer = 0;
  #ended = 0;
  #duration = 0;
  /** Writes that failed since one succeeded. */
  #failures = 0;
  #isBusy = false;
  #saving: Promise<void> = Promise.resolve();
  #isStale = false;
  readonly #controller = new AbortController();

  constructor(session: Session, store: KeptStore, stored: Stored | null) {
    this.#session = session;
    this.#store = store;
    this.#stored = stored;
  }

  /** Keeps every change from now on, until `stop`. */
  follow(): void {
    const { dataset, choices, modelFile, minProbability, threshold, run } = this.#session;
    const { signal } = this.#controller;
    const stop = effect(() => {
      void [
        dataset.value,
        choices.value,
        modelFile.value,
        minProbability.value,
        threshold.value,
        run.inUse.value,
        run.history.value,
        run.status.value,
      ];
      this.#plan();
    });
    signal.addEventListener("abort", stop);
    const tryLast = () => {
      if (document.visibilityState === "hidden") this.#start();
    };
    document.addEventListener("visibilitychange", tryLast, { signal });
    addEventListener("pagehide", () => this.#start(), { signal });
  }

  /** Writes what is not kept yet, and nothing more. */
  async finish(): Promise<void> {
    this.#isStale = true;
    await this.#saving;
    await this.#save();
    this.stop();
  }

  /** Writes nothing more. */
  stop(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
  }

  #plan(): void {
    this.#isStale = true;
    clearTimeout(this.#timer);
    if (this.#isBusy || this.#controller.signal.aborted) return;
    const training = this.#session.run.isTraining.peek();
    const least = training ? Math.max(WHILE_TRAINING, REST * this.#duration) : WHILE_STILL;
    const after = training ? this.#ended + least - performance.now() : least;
    const retry = this.#failures > 0 ? this.#ended + this.#beforeRetry - performance.now() : 0;
    this.#timer = window.setTimeout(() => this.#start(), Math.max(0, after, retry));
  }

  get #beforeRetry(): number {
    return Math.min(MOST_BEFORE_RETRY, BEFORE_RETRY * 2 ** (this.#failures - 1));
  }

  #start(): void {
    this.#saving = this.#save();
  }

  /** Writes what has changed. */
  async #save(): Promise<void> {
    const session = this.#session;
    const dataset = session.dataset.peek();
    if (this.#isBusy || !this.#isStale || dataset === this.#refused) return;
    this.#isBusy = true;
    this.#isStale = false;
    const began = performance.now();
    try {
      await this.#write(dataset);
      session.kept.problem.value = "";
      session.kept.canForget.value = true;
      this.#failures = 0;
    } catch (error) {
      if (!this.#controller.signal.aborted) await this.#fail(error, dataset);
    } finally {
      this.#isBusy = false;
      this.#ended = performance.now();
      this.#duration = this.#ended - began;
      if (this.#isStale) this.#plan();
    }
  }

  /** Asks again later. A data set for which there is no room is given up, with what was kept of an earlier one. */
  async #fail(error: unknown, dataset: DemoDataset): Promise<void> {
    const isFull = (error as Error).name === "QuotaExceededError";
    if (!isFull && !(error instanceof RangeError)) {
      this.#failures++;
      this.#isStale = true;
      this.#session.kept.problem.value = LATER;
      return;
    }
    this.#refused = dataset;
    this.#stored = null;
    this.#session.kept.problem.value = isFull ? FULL : TOO_LARGE;
    await this.#dropOld();
  }

  /** Writes the run beside its data. If another tab has put its own data there meanwhile, both are written anew. */
  async #write(dataset: DemoDataset): Promise<void> {
    if (this.#stored?.dataset !== dataset) await this.#writeData(dataset);
    const { run } = this.#session;
    const [inUse, candidate] = [run.model, run.candidate];
    const [withCandidate, without] = [true, false].map((has) => runOf(this.#session, has));
    const files = { model: await fileOf(inUse), candidate: await fileOf(candidate) };
    // A model that was disposed of has a successor, and a change that is written next.
    if (this.#session.dataset.peek() !== dataset || (inUse && !files.model)) return;
    const record = {
      ...(files.candidate || !candidate ? withCandidate : without),
      model: files.model && new Blob([files.model]),
      candidate: files.candidate && new Blob([files.candidate]),
    };
    const put = () => this.#store.write({ run: record }, this.#stored?.id);
    this.#controller.signal.throwIfAborted();
    if (await put()) return;
    await this.#writeData(dataset);
    await put();
  }

  /** Replaces everything that is kept by a data set; built-in ones by their names. */
  async #writeData(dataset: DemoDataset): Promise<void> {
    const { signal } = this.#controller;
    const id = `${Date.now()} ${Math.random()}`;
    const builtIn = linkedDataOf(dataset);
    if (builtIn) {
      await this.#store.write({ id, data: { builtIn }, run: undefined });
    } else {
      const { json, arrays } = await packDataset(dataset, true, signal);
      const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (bytes > MAX_BYTES) throw new RangeError(TOO_LARGE);
      const content = await blobOf(arrays, signal);
      await this.#store.write({ id, data: { json, content }, run: undefined });
    }
    this.#stored = { dataset, id };
  }

  /** Deletes what is kept of an earlier data set. */
  async #dropOld(): Promise<void> {
    try {
      await this.#store.delete();
    } catch {
      // The notice already says that nothing is kept.
    }
  }
}
