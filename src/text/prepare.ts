/**
 * Prepares a text for being cut into words or characters: lower case and without accents, in slices, so that a long text
 * does not hold the thread. Slices joined are what the whole text would give.
 */
import { type AccentStripping, stripAccents } from "./accents.ts";

/** How a text is prepared. */
export interface Preparation {
  readonly lowercase: boolean;
  readonly stripAccents: AccentStripping | null;
}

/**
 * A character behind which a text may be cut. The lower case of Σ depends on the cased letters around it, of which marks
 * and apostrophes may keep it apart; every other character ends the search for those.
 */
const SEAM = /[^\p{Cased}\p{Case_Ignorable}]/gu;

/** Yields a text in prepared slices of about `size` code units; surrogate pairs stay whole. */
export function* preparedSlices(text: string, how: Preparation, size: number): Generator<string, void> {
  for (let begin = 0; begin < text.length; ) {
    const end = seamBehind(text, begin + size);
    yield prepare(begin === 0 && end === text.length ? text : text.slice(begin, end), how);
    begin = end;
  }
}

function prepare(slice: string, { lowercase, stripAccents: stripping }: Preparation): string {
  const lowered = lowercase ? slice.toLowerCase() : slice;
  return stripping ? stripAccents(lowered, stripping) : lowered;
}

/** Returns the first place at or behind `least` where a text may be cut; its end if there is none. */
function seamBehind(text: string, least: number): number {
  if (least >= text.length) return text.length;
  SEAM.lastIndex = least;
  const found = SEAM.exec(text);
  return found ? found.index + found[0].length : text.length;
}
