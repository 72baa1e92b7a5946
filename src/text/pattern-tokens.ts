/**
 * Words by a pattern of the caller's or by the rules of a language (`Intl.Segmenter`). Both look at the prepared text as
 * a whole, and find one word after another.
 */
import { OptionError } from "../errors.ts";
import { pairEnd } from "./characters.ts";

/** Finds the words of a text one by one; empty strings stand for what lies between them. */
export type WordFinder = (text: string) => Iterable<string>;

/** Finds words by a pattern: its matches, or what its only group matches. Empty ones are left out. */
export function patternFinder(pattern: RegExp): WordFinder {
  const group = countGroups(pattern);
  // A copy: the caller's pattern keeps its place, and one without the flag g would find its first match for ever.
  const flags = `${pattern.flags.replace(/[gy]/g, "")}g`;
  const ours = new RegExp(pattern.source, flags);
  return function* words(text) {
    for (const match of text.matchAll(ours)) {
      yield match[group] ?? "";
    }
  };
}

/** Counts the groups of a pattern. @throws OptionError more than one */
export function countGroups(pattern: RegExp): number {
  // An empty alternative matches everything; its match has a place for each group.
  const match = new RegExp(`${pattern.source}|`, pattern.flags.replace(/[gy]/g, "")).exec("");
  const groups = (match as RegExpExecArray).length - 1;
  if (groups <= 1) return groups;
  throw new OptionError(
    "tokenPattern",
    `has ${groups} groups, at most one is read; use (?:…) for the others`,
  );
}

/**
 * Code units of a text that are segmented at once, at most. A text is cut behind white space, or a mark of an East Asian
 * script, if there is one: no word holds these.
 */
const SEGMENT_UNITS = 2 ** 14;

const BOUNDARY = /[\p{White_Space}、。，．！？：；「」『』（）]/gu;

/** Finds words by the rules of a language. @throws OptionError an engine without `Intl.Segmenter`, or no such language */
export function segmentFinder(locale: string): WordFinder {
  const { Segmenter } = Intl as { readonly Segmenter?: typeof Intl.Segmenter };
  if (!Segmenter)
    throw new OptionError(
      "segmenter",
      "this engine has no Intl.Segmenter; use the default words or tokenPattern",
    );
  const segmenter = new Segmenter(locale, { granularity: "word" });
  return function* words(text) {
    for (let begin = 0; begin < text.length; ) {
      const end = boundaryBehind(text, begin);
      for (const { segment, isWordLike } of segmenter.segment(text.slice(begin, end))) {
        yield isWordLike ? segment : "";
      }
      begin = end;
    }
  };
}

/** Returns where the piece of a text that begins at `begin` ends. */
function boundaryBehind(text: string, begin: number): number {
  const most = begin + SEGMENT_UNITS;
  if (most >= text.length) return text.length;
  BOUNDARY.lastIndex = begin + SEGMENT_UNITS / 2;
  const found = BOUNDARY.exec(text.slice(0, most));
  return found ? found.index + found[0].length : pairEnd(text, most);
}
