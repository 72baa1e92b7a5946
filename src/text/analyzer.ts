/**
 * From a text to its terms: prepared, cut into words or characters, and these joined to n-grams. Works in steps, so that
 * a caller can pause between them, however long the text.
 */
import { CharacterScanner } from "./character-scanner.ts";
import { Ngrams, type TermSink } from "./ngrams.ts";
import type { AnalyzerOptions } from "./options.ts";
import { patternFinder, segmentFinder, type WordFinder } from "./pattern-tokens.ts";
import { preparedSlices } from "./prepare.ts";
import { TermTable } from "./term-table.ts";
import { WordScanner } from "./word-scanner.ts";

/** Cuts texts into terms. */
export interface Analyzer {
  /** Gives the terms of a text to the sink; yields after some ten thousand units of work. */
  steps(text: string): Generator<void, void>;
}

/** Units of text in a step if terms are single words. */
const STEP_UNITS = 2 ** 14;

/** Words between two steps if they are found one by one. */
const STEP_WORDS = 2 ** 8;

/** Returns an analyzer that gives terms to a sink. @throws OptionError `segmenter` in an engine that has none */
export function createAnalyzer(options: AnalyzerOptions, sink: TermSink): Analyzer {
  const { analyzer, ngramRange, tokenPattern, segmenter } = options;
  const ngrams = new Ngrams(ngramRange, analyzer === "word", sink);
  if (analyzer !== "word") return scanned(new CharacterScanner(ngrams, analyzer === "charWb"), options);
  const stopWords = options.stopWords && tableOf(options.stopWords);
  if (tokenPattern) return found(patternFinder(tokenPattern), ngrams, stopWords, options);
  if (segmenter !== null) return found(segmentFinder(segmenter), ngrams, stopWords, options);
  return scanned(new WordScanner(ngrams, stopWords), options);
}

/** Reads slices of a text. */
interface Scanner {
  scan(slice: string): void;
  finish(): void;
}

function scanned(scanner: Scanner, options: AnalyzerOptions): Analyzer {
  const size = stepUnits(options);
  return {
    *steps(text) {
      for (const slice of preparedSlices(text, options, size)) {
        scanner.scan(slice);
        yield;
      }
      scanner.finish();
    },
  };
}

function found(
  wordsOf: WordFinder,
  ngrams: Ngrams,
  stopWords: TermTable | null,
  options: AnalyzerOptions,
): Analyzer {
  return {
    *steps(text) {
      const slices: string[] = [];
      for (const slice of preparedSlices(text, options, STEP_UNITS)) {
        slices.push(slice);
        yield;
      }
      let parts = 0;
      for (const word of wordsOf(slices.join(""))) {
        if (word) addWord(ngrams, word, stopWords);
        if (++parts % STEP_WORDS === 0) yield;
      }
      ngrams.clear();
    },
  };
}

function addWord(ngrams: Ngrams, word: string, stopWords: TermTable | null): void {
  const { units } = ngrams;
  const begin = units.length;
  // Room for the blank behind it, too.
  units.reserve(word.length + 1);
  units.pushText(word);
  if (stopWords?.has(units.data, begin, units.length)) units.length = begin;
  else ngrams.add(begin, units.length);
}

/** Returns the units of text in a step: fewer the more n-grams begin at each, and the longer they are. */
function stepUnits({ ngramRange: [min, max] }: AnalyzerOptions): number {
  return Math.max(64, Math.floor(STEP_UNITS / (max * (max - min + 1))));
}

/** Returns a table of words. */
export function tableOf(words: readonly string[]): TermTable {
  const table = new TermTable();
  for (const word of words) table.addText(word);
  return table;
}
