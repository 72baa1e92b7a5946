/** The prediction of a file of new rows, or of many pictures: its progress, its result, and its errors. */
import { batch, type Signal, signal } from "@preact/signals";
import type { OpenContext, OpenProgress } from "../../../data/open-context.ts";

/** Predictions that are ready to be saved. */
export interface PredictedFile {
  readonly name: string;
  readonly content: Blob;
  /** Sentences about the rows. */
  readonly summary: string;
}

type Stage =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly progress: OpenProgress }
  | { readonly kind: "done"; readonly result: PredictedFile };

const IDLE: Stage = { kind: "idle" };

/** Predicts one file at a time; the next one cancels the one before. */
export class FilePrediction {
  readonly stage: Signal<Stage> = signal<Stage>(IDLE);
  /** Error of the latest file; empty if there is none. */
  readonly problem: Signal<string> = signal("");
  #controller = new AbortController();

  /** Calls `predict`, and keeps its result or its error. */
  async start(predict: (context: OpenContext) => Promise<PredictedFile>): Promise<void> {
    this.cancel();
    this.#controller = new AbortController();
    const { signal: aborted } = this.#controller;
    const onProgress = (progress: OpenProgress) => {
      if (!aborted.aborted) this.stage.value = { kind: "working", progress };
    };
    onProgress({ text: "Reading the file", share: 0 });
    try {
      const result = await predict({ signal: aborted, onProgress });
      if (!aborted.aborted) this.stage.value = { kind: "done", result };
    } catch (error) {
      if (aborted.aborted) return;
      batch(() => {
        this.stage.value = IDLE;
        this.problem.value = error instanceof Error ? error.message : String(error);
      });
    }
  }

  /** Ends what is going on, and forgets its result. */
  cancel(): void {
    this.#controller.abort();
    batch(() => {
      this.stage.value = IDLE;
      this.problem.value = "";
    });
  }
}
