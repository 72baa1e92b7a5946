/** A text with its words marked by what they add to the score of a class. */

import { formatSigned } from "../../../../ui/format.ts";
import { partsOf, termsOfColumn } from "../../../data/known-words.ts";
import type { RowTerms } from "../../../data/row-terms.ts";
import { brief } from "../../../data/text.ts";
import { LEAST_SCALE } from "./reason-bars.tsx";
import type { RecordTrial } from "./record-trial.ts";

/** Characters that are marked at most. */
const MOST_CHARACTERS = 5000;

/** The texts of a row, each under the name of its column unless it is the only one. */
export function MarkedTexts({ trial }: { readonly trial: RecordTrial }) {
  const { columns, encoder } = trial.form;
  const terms = trial.terms.value;
  const evidence = trial.evidence.value;
  if (!encoder || !terms || !evidence) return null;
  const amounts = new Map(evidence.reasons.map(({ at, amount }) => [at - columns.length, amount]));
  return (
    <>
      {columns.map(({ name, kind }, column) => {
        const text = trial.cells.value.get(name) ?? "";
        if (kind !== "text" || text.trim() === "") return null;
        return (
          <figure key={name} class="marked">
            <figcaption>{columns.length > 1 ? `Its words in ${brief(name)}` : "Its words"}</figcaption>
            <MarkedText text={text} amounts={amountsOf(encoder, terms, column, amounts)} />
          </figure>
        );
      })}
    </>
  );
}

/** Returns what each term of a column adds. */
function amountsOf(
  encoder: Parameters<typeof termsOfColumn>[0],
  terms: RowTerms,
  column: number,
  amounts: ReadonlyMap<number, number>,
): ReadonlyMap<string, number> {
  const features = termsOfColumn(encoder, terms, column);
  return new Map(Array.from(features, ([term, feature]) => [term, amounts.get(feature) ?? 0]));
}

interface MarkedTextProps {
  readonly text: string;
  /** Contributions of the known terms to the score. */
  readonly amounts: ReadonlyMap<string, number>;
}

function MarkedText({ text, amounts }: MarkedTextProps) {
  const largest = Math.max(LEAST_SCALE, ...Array.from(amounts.values(), Math.abs));
  return (
    <p class="box">
      {partsOf(text.slice(0, MOST_CHARACTERS)).map(({ text: part, term }, i) => {
        const amount = term === null ? undefined : amounts.get(term);
        if (amount === undefined) return term === null ? part : <Unknown key={i} word={part} />;
        return (
          <mark
            key={i}
            class={amount < 0 ? "minus" : "plus"}
            title={formatSigned(amount, 2)}
            style={{ "--strength": `${(100 * Math.abs(amount)) / largest}%` }}
          >
            {part}
          </mark>
        );
      })}
      {text.length > MOST_CHARACTERS && " …"}
    </p>
  );
}

/** A word that the model does not know. */
function Unknown({ word }: { readonly word: string }) {
  return <span class="unknown-word">{word}</span>;
}
