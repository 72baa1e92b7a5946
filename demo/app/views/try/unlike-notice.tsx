/** Says that a row is unlike anything a model has seen, so that a high probability is not taken for knowledge. */
import { formatCount, formatPercent } from "../../../ui/format.ts";
import type { Likeness } from "../../data/likeness.ts";
import type { RowTerms } from "../../data/row-terms.ts";
import type { WordCount } from "./record/word-count.ts";

interface UnlikeNoticeProps {
  /** Null while nothing is asked. */
  readonly terms: RowTerms | null;
  readonly likeness: Likeness | null;
  /** Columns of text whose words are hardly known. */
  readonly strange?: readonly WordCount[];
}

export function UnlikeNotice({ terms, likeness, strange = [] }: UnlikeNoticeProps) {
  const sentences = terms ? [farSentence(terms, likeness), ...strange.map(wordsSentence)] : [];
  const text = sentences.filter((sentence) => sentence !== "").join(" ");
  return (
    <div role="status" class={text ? "notice unlike" : "message-place"}>
      {text && (
        <p>
          <b>Unlike anything the model has seen.</b> {text} The probabilities mean little here.
        </p>
      )}
    </div>
  );
}

function farSentence(terms: RowTerms, likeness: Likeness | null): string {
  if (!likeness || likeness.farOf(terms) <= 1) return "";
  const rows = formatCount(likeness.neighbours);
  return `It is farther from the nearest of ${rows} training rows than 99 of 100 validation rows are.`;
}

function wordsSentence({ column, known, words }: WordCount): string {
  const place = column === "" ? "" : ` in ${column}`;
  return known === 0
    ? `None of its ${words === 1 ? "words" : `${formatCount(words)} words`}${place} is known.`
    : `Only ${formatPercent(known / words)} of its words${place} are known.`;
}
