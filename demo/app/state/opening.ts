/** The opening of files as a data set: its stage, the questions that files leave open, and its errors. */
import { batch, type Signal, signal } from "@preact/signals";
import type { DemoDataset } from "../data/demo-dataset.ts";
import {
  DEFAULT_PICTURES,
  type NamedFile,
  type OpenChoices,
  type OpenContext,
  type OpenProgress,
} from "../data/open-context.ts";
import type { KnownFiles } from "../data/open-kind.ts";
import type { TableProfile } from "../data/tables/profile.ts";

/** `"table"` and `"pictures"` wait for choices. */
type Stage =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly progress: OpenProgress }
  | { readonly kind: "table"; readonly known: KnownFiles; readonly profile: TableProfile }
  | { readonly kind: "pictures"; readonly known: KnownFiles };

const IDLE: Stage = { kind: "idle" };
const NO_CHOICES: OpenChoices = { table: null, pictures: DEFAULT_PICTURES };

/** Imports the readers with the first files, to keep the first load of the page small. */
const readers = () =>
  import("../data/open-files.ts").catch((cause) => {
    const text = "The code that reads files did not load. Reload the page once the connection is back.";
    throw new Error(text, { cause });
  });

type MakeDataset = (context: OpenContext) => Promise<DemoDataset>;

/** Opens one data set at a time; the next one cancels the one before. */
export class Opening {
  readonly stage: Signal<Stage> = signal<Stage>(IDLE);
  /** The latest choices, for a form that is shown again. */
  readonly choices: Signal<OpenChoices> = signal(NO_CHOICES);
  /** Error of the latest files; empty if there is none. */
  readonly problem: Signal<string> = signal("");
  readonly #onOpen: (dataset: DemoDataset) => Promise<void>;
  /** Whether the latest answer was about the header of a table: its question keeps the focus. */
  isHeaderChanged = false;
  #controller = new AbortController();

  /** `onOpen` is called with every data set. */
  constructor(onOpen: (dataset: DemoDataset) => Promise<void>) {
    this.#onOpen = onOpen;
  }

  /** Opens a data set that needs no files. */
  make(make: MakeDataset): Promise<void> {
    return this.#attempt(IDLE, (signal) => this.#take(make, signal));
  }

  /** Opens files, or shows a form about them. */
  offer(files: Promise<readonly NamedFile[]>): Promise<void> {
    this.isHeaderChanged = false;
    this.choices.value = NO_CHOICES;
    return this.#attempt(IDLE, async (signal) => {
      const listed = await files;
      const { kindOf } = await readers();
      const known = await kindOf(listed);
      if (known.kind === "pictures") return { kind: "pictures", known };
      if (known.kind !== "table" || known.files.length > 1) return this.#open(known, NO_CHOICES, signal);
      return this.#ask(known, null, signal);
    });
  }

  /** Looks at the table of the form again, with its first row as header or as data. Forgets the earlier choices. */
  reprofile(hasHeader: boolean): Promise<void> {
    const asked = this.stage.value;
    if (asked.kind !== "table") return Promise.resolve();
    this.isHeaderChanged = true;
    this.choices.value = NO_CHOICES;
    return this.#attempt(asked, (signal) => this.#ask(asked.known, hasHeader, signal));
  }

  /** Continues with the choices of a form; shows the form again if that fails. */
  answer(choices: OpenChoices): Promise<void> {
    this.isHeaderChanged = false;
    this.choices.value = choices;
    const asked = this.stage.value;
    return this.#attempt(asked, async (signal) =>
      "known" in asked ? this.#open(asked.known, choices, signal) : IDLE,
    );
  }

  cancel(): void {
    this.#controller.abort();
    batch(() => {
      this.stage.value = IDLE;
      this.problem.value = "";
    });
  }

  /** Runs a step that can be cancelled or fail, and enters the stage that it returns, or `onFailure`. */
  async #attempt(onFailure: Stage, act: (signal: AbortSignal) => Promise<Stage>): Promise<void> {
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    batch(() => {
      this.problem.value = "";
      this.stage.value = { kind: "working", progress: { text: "Looking at the files", share: 0 } };
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

  /** Returns the stage of the form about a table; whether it has a header is guessed if `hasHeader` is null. */
  async #ask(known: KnownFiles, hasHeader: boolean | null, signal: AbortSignal): Promise<Stage> {
    const { lookAtTable } = await readers();
    const profile = await lookAtTable(known.files[0], hasHeader, signal);
    return { kind: "table", known, profile };
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
