/** Where a model comes from: the file it was opened from, or the data set it was trained on. */
import { signal } from "@preact/signals";
import type { SoftmaxRegression } from "../../../../src/index.ts";

const opened = signal<{ readonly model: SoftmaxRegression; readonly file: string } | null>(null);

/** Remembers a model's file. */
export function setFileName(model: SoftmaxRegression, file: string): void {
  opened.value = { model, file };
}

/** The name to show. */
export function nameOf(model: SoftmaxRegression, dataset: string): string {
  return opened.value?.model === model ? opened.value.file : `A model of ${dataset}`;
}
