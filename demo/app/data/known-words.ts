/** Words of a text, and the share of them that a model knows: a text of unknown words is unlike all it has seen. */
import { inBlocks } from "./arrays.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import { quantile, spread } from "./likeness.ts";
import { type RowTerms, termsOfRow } from "./row-terms.ts";
import type { TableEncoder } from "./tables/encoder.ts";

/** A part of a text: a word, or what stands between two. */
export interface TextPart {
  readonly text: string;
  /** The term that a model may know; null between words. */
  readonly term: string | null;
}

const WORD = /[\p{L}\p{N}_]{2,}/gu;

/** Returns the text in parts; together they are the text. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (index > end) parts.push({ text: text.slice(end, index), term: null });
    parts.push({ text: word, term: word.toLowerCase() });
    end = index + word.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), term: null });
  return parts;
}

/** Returns the terms of a column of text in a row, with the feature of each. */
export function termsOfColumn(
  { columns, features }: Pick<TableEncoder, "columns" | "features">,
  { indices }: RowTerms,
  column: number,
): Map<string, number> {
  const terms = new Map<string, number>();
  for (const j of indices) {
    if (features[j].column === column) terms.set(termOf(features[j].name, columns[column].name), j);
  }
  return terms;
}

/** Returns the term in the name of a feature such as `comment: “refund”`. */
export function termOf(feature: string, column: string): string {
  return feature.slice(column.length).replace(/^: “(.*)”$/s, "$1");
}

/** Returns the share of a text's words that are known; null without words. */
export function knownShare(text: string, known: ReadonlyMap<string, unknown>): number | null {
  const words = partsOf(text).filter(({ term }) => term !== null);
  if (words.length === 0) return null;
  return words.filter(({ term }) => known.has(term ?? "")).length / words.length;
}

/** Validation rows that set the limit, at most; and the share of them below it. */
const JUDGED = 1000;
const BELOW = 0.01;

/** Returns the least usual share of known words of each column of text, by its position. */
export async function usualShares(
  { encoder, validation }: DemoDataset,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const usual = new Map<number, number>();
  const origin = validation.origin;
  if (!encoder || origin?.kind !== "table") return usual;
  const judged = Math.min(JUDGED, validation.x.rows);
  for (const [position, column] of origin.columns.entries()) {
    if (column.kind !== "text") continue;
    const shares: number[] = [];
    const judge = (i: number) => {
      const row = spread(i, judged, validation.x.rows);
      const known = termsOfColumn(encoder, termsOfRow(validation.x, row), position);
      const share = knownShare(column.texts[row], known);
      if (share !== null) shares.push(share);
    };
    await inBlocks(judged, signal, judge, 2 ** 9);
    usual.set(position, shares.length > 0 ? quantile(Float64Array.from(shares), BELOW) : 0);
  }
  return usual;
}
