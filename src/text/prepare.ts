/**
 * Prepares a text for being cut into words or characters: lower case and without accents, in slices, so that a long text
 * does not hold the thread. Slices joined are what the whole text would give.
 */
import { type AccentStripping, stripAccents } from "./accents.ts";
import { pairEnd } from "./characters.ts";

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

/** Units in which a seam is looked for, before others are cut. */
const REACH = 2 ** 12;

/** Yields a text in prepared slices of about `size` code units; surrogate pairs stay whole. */
export function* preparedSlices(
  text: string,
  { lowercase, stripAccents: stripping }: Preparation,
  size: number,
): Generator<string, void> {
  for (let begin = 0; begin < text.length; ) {
    const end = lowercase ? seamBehind(text, begin, begin + size) : pairEnd(text, begin + size);
    const part = begin === 0 && end === text.length ? text : text.slice(begin, end);
    begin = end;
    const lowered = lowercase ? part.toLowerCase() : part;
    // Nothing but the lower case of Σ looks at the characters around.
    for (let at = 0; at < lowered.length; ) {
      const stop = lowered.length <= size + REACH ? lowered.length : pairEnd(lowered, at + size);
      const slice = lowered.slice(at, stop);
      yield stripping ? stripAccents(slice, stripping) : slice;
      at = stop;
    }
  }
}

/** Returns a place at or behind `least` where a text that was cut at `begin` may be cut. */
function seamBehind(text: string, begin: number, least: number): number {
  if (least >= text.length) return text.length;
  const near = endOfSeam(text.slice(0, least + REACH), least);
  if (near !== null) return near;
  if (!text.slice(begin, least + REACH).includes("Σ")) return pairEnd(text, least);
  return endOfSeam(text, least + REACH) ?? text.length;
}

function endOfSeam(text: string, from: number): number | null {
  SEAM.lastIndex = from;
  const found = SEAM.exec(text);
  return found && found.index + found[0].length;
}
