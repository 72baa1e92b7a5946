/** From chosen files to a data set: what is still to be asked, how far it is, and what went wrong. Views come and go. */
import { batch, type Signal, signal } from "@preact/signals";
import type { DemoDataset } from "../data/demo-dataset.ts";
import type { CsvColumn } from "../data/open-context.ts";
import {
  DEFAULT_PICTURES,
  type NamedFile,
  type OpenChoices,
  type OpenContext,
  type OpenProgress,
} from "../data/open-context.ts";
import { type KnownFiles, kindOf } from "../data/open-kind.ts";

/** `"table"` and `"pictures"` wait for choices. */
export type Stage =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly progress: OpenProgress }
  | { readonly kind: "table"; readonly known: KnownFiles; readonly columns: readonly CsvColumn[] }
  | { readonly kind: "pictures"; readonly known: KnownFiles };

const IDLE: Stage = { kind: "idle" };
const NO_CHOICES: OpenChoices = { table: null, pictures: DEFAULT_PICTURES };

/** What reads files, asked for with the first of them: the first load carries only what everybody needs. */
const readers = () =>
  import("../data/open-files.ts").catch((cause) => {
    const text = "What reads files did not load. Reload the page once the connection is back.";
    throw new Error(text, { cause });
  });

/** Makes a data set without files. */
export type MakeDataset = (context: OpenContext) => Promise<DemoDataset>;

/** One data set is opened at a time: the next one gives up the one before. */
export class Opening {
  readonly stage: Signal<Stage> = signal<Stage>(IDLE);
  /** What was answered last, for when it is asked again. */
  readonly choices: Signal<OpenChoices> = signal(NO_CHOICES);
  /** What was wrong with the last files; empty if nothing was. */
  readonly problem: Signal<string> = signal("");
  readonly #onOpen: (dataset: DemoDataset) => Promise<void>;
  #controller = new AbortController();

  /** `onOpen` gets the data sets. */
  constructor(onOpen: (dataset: DemoDataset) => Promise<void>) {
    this.#onOpen = onOpen;
  }

  /** Makes a data set. */
  make(make: MakeDataset): Promise<void> {
    return this.#attempt(IDLE, (signal) => this.#take(make, signal));
  }

  /** Takes files. */
  offer(files: Promise<readonly NamedFile[]>): Promise<void> {
    this.choices.value = NO_CHOICES;
    return this.#attempt(IDLE, async (signal) => {
      const known = await kindOf(await files);
      if (known.kind === "pictures") return { kind: "pictures", known };
      if (known.kind !== "table" || known.files.length > 1) return this.#open(known, NO_CHOICES, signal);
      const { csvColumns } = await readers();
      return { kind: "table", known, columns: await csvColumns(known.files[0], signal) };
    });
  }

  /** Goes on with what was asked; where it fails, asks again. */
  answer(choices: OpenChoices): Promise<void> {
    this.choices.value = choices;
    const asked = this.stage.value;
    return this.#attempt(asked, async (signal) =>
      "known" in asked ? this.#open(asked.known, choices, signal) : IDLE,
    );
  }

  /** Gives up. */
  cancel(): void {
    this.#controller.abort();
    batch(() => {
      this.stage.value = IDLE;
      this.problem.value = "";
    });
  }

  /** Does something that may be given up or fail; afterwards it is at the stage it gives, or at `onFailure`. */
  async #attempt(onFailure: Stage, act: (signal: AbortSignal) => Promise<Stage>): Promise<void> {
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    batch(() => {
      this.problem.value = "";
      this.stage.value = { kind: "working", progress: { text: "Looking at it", share: 0 } };
    });
    try {
      const next = await act(signal);
      if (!signal.aborted) this.stage.value = next;
    } catch (error) {
      if (signal.aborted) return;
      batch(() => {
        this.stage.value = onFailure;
        this.problem.value = error instanceof Error ? error.message : String(error);
      });
    }
  }

  #open(known: KnownFiles, choices: OpenChoices, signal: AbortSignal): Promise<Stage> {
    return this.#take(async (context) => (await readers()).openFiles(known, choices, context), signal);
  }

  async #take(make: MakeDataset, signal: AbortSignal): Promise<Stage> {
    const onProgress = (progress: OpenProgress) => {
      if (!signal.aborted) this.stage.value = { kind: "working", progress };
    };
    const dataset = await make({ signal, onProgress });
    signal.throwIfAborted();
    await this.#onOpen(dataset);
    return IDLE;
  }
}
