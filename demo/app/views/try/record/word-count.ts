/** Texts of a row that are strange to a model, because it knows fewer of their words than is usual. */
import { partsOf, termsOfColumn } from "../../../data/known-words.ts";
import { brief } from "../../../data/text.ts";
import type { RecordTrial } from "./record-trial.ts";

/** How many words of a text are known. */
export interface WordCount {
  /** Name of its column; empty if that is the only one. */
  readonly column: string;
  readonly words: number;
  readonly known: number;
}

/** A text with this share of known words is never strange, though all validation rows may have more. */
const MOST_USUAL = 0.5;

/** Returns the texts whose share of known words is less than usual; `usual` holds that share by column. */
export function strangeTexts(trial: RecordTrial, usual: ReadonlyMap<number, number>): WordCount[] {
  const { columns, encoder } = trial.form;
  const terms = trial.terms.value;
  if (!encoder || !terms) return [];
  return columns.flatMap(({ name, kind }, position) => {
    if (kind !== "text") return [];
    const known = termsOfColumn(encoder, terms, position);
    const words = partsOf(trial.cells.value.get(name) ?? "").filter(({ term }) => term !== null);
    const count = words.filter(({ term }) => known.has(term ?? "")).length;
    const limit = Math.min(MOST_USUAL, usual.get(position) ?? 0);
    const isStrange = words.length > 0 && count / words.length < limit;
    return isStrange
      ? [{ column: columns.length > 1 ? brief(name) : "", words: words.length, known: count }]
      : [];
  });
}
