/** Options of a vectorizer: their types and defaults. What each must be is in option-rules.ts. */
import type { AccentStripping } from "./accents.ts";
import type { NgramRange } from "./ngrams.ts";
import type { TermLimits } from "./term-selection.ts";
import type { HashingRule } from "./term-sinks.ts";
import type { Weighting } from "./weighting.ts";

/** What terms are made of. */
export interface TextVectorizerOptions {
  /**
   * What an n-gram is made of: `"word"`; `"char"`, code points; `"charWb"`, code points inside one word, with a blank
   * before and behind it. Default `"word"`.
   */
  readonly analyzer?: "word" | "char" | "charWb";
  /** Least and largest number of words or characters in a term, from 1 to 100. Default `[1, 1]`. */
  readonly ngramRange?: NgramRange;
  /** Bring texts to lower case. Default true. */
  readonly lowercase?: boolean;
  /**
   * Take accents away after decomposition (NFKD): `"unicode"` drops combining marks, `"ascii"` everything that ASCII does
   * not have. Default null.
   */
  readonly stripAccents?: AccentStripping | null;
  /**
   * Pattern of words; its flag g does not matter. A group in it, at most one, is the word. Empty matches are left out.
   * Default: runs of two or more letters, digits and underscores, in any script.
   */
  readonly tokenPattern?: RegExp | null;
  /**
   * Find words by the rules of this language, such as `"ja"`, with the engine's `Intl.Segmenter`: for scripts that put no
   * spaces between words. Words may differ between engines. Default null.
   */
  readonly segmenter?: string | null;
  /** Words to leave out, as they are after `lowercase` and `stripAccents`. Default null. */
  readonly stopWords?: readonly string[] | null;
  /** Keep terms that are in at least so many texts; below 1, in such a share of them. Default 1. */
  readonly minDf?: number;
  /** Keep terms that are in at most so many texts; up to 1, in such a share of them. Default 1: all texts. */
  readonly maxDf?: number;
  /** Keep this many terms, those that occur most often in all texts. Default null: all. */
  readonly maxFeatures?: number | null;
  /** The terms to count, in the order of their columns, instead of those of the texts. Default null. */
  readonly vocabulary?: readonly string[] | null;
  /**
   * Take the column of a term from its hash (MurmurHash3) instead of a vocabulary: nothing has to be learnt, so that texts
   * may come in over time, and different terms may share a column. `features` is the number of columns, by default 2¹⁸;
   * scikit-learn's default, 2²⁰, is the most. A model has parameters for all of them, so that more take longer. With
   * `alternateSign`, by default true, half of the terms count as −1. Default null.
   */
  readonly hashing?: Partial<HashingRule> | null;
  /**
   * Value of a term that occurs n times: `"count"` n; `"binary"` 1; `"sublinear"` 1 + ln n, with the sign of n. Default
   * `"count"`.
   */
  readonly tf?: Weighting["tf"];
  /**
   * Multiply by ln((1 + texts) / (1 + texts with the term)) + 1, which `fit` learns. Default true, but false with
   * `hashing`, which then needs no `fit`.
   */
  readonly idf?: boolean;
  /** Divide each row by its Euclidean length or its sum of absolute values. Default `"l2"`. */
  readonly norm?: Weighting["norm"];
}

/** Options with all defaults filled in. */
export interface ResolvedTextOptions extends Required<TextVectorizerOptions>, TermLimits, Weighting {
  readonly hashing: HashingRule | null;
}

/** The options that say how a text is cut into terms. */
export type AnalyzerOptions = Pick<
  ResolvedTextOptions,
  "analyzer" | "ngramRange" | "lowercase" | "stripAccents" | "tokenPattern" | "segmenter" | "stopWords"
>;

/** Largest number of columns that hashes have. */
export const MAX_HASHED = 2 ** 20;

/** How terms are hashed unless said otherwise. */
export const HASHING_DEFAULTS: HashingRule = { features: 2 ** 18, alternateSign: true };

/** Defaults; `idf` is that of a vocabulary. */
export const TEXT_DEFAULTS: ResolvedTextOptions = {
  analyzer: "word",
  ngramRange: [1, 1],
  lowercase: true,
  stripAccents: null,
  tokenPattern: null,
  segmenter: null,
  stopWords: null,
  minDf: 1,
  maxDf: 1,
  maxFeatures: null,
  vocabulary: null,
  hashing: null,
  tf: "count",
  idf: true,
  norm: "l2",
};
