/** What each option of a vectorizer must be, and which exclude each other. Nothing is coerced. */
import { describe, tagOf } from "../data/matrix.ts";
import { OptionError } from "../errors.ts";
import { nearestName } from "../option-hints.ts";
import type { TextOptions } from "./counting.ts";
import {
  HASHING_DEFAULTS,
  MAX_HASHED,
  type ResolvedTextOptions,
  TEXT_DEFAULTS,
  type TextVectorizerOptions,
} from "./options.ts";
import { countGroups } from "./pattern-tokens.ts";

/** What an option must be, in words, and whether a value is. */
export type Rule = readonly [expected: string, accepts: (value: unknown) => boolean];

const BOOLEAN: Rule = ["true or false", (value) => typeof value === "boolean"];
const MAX_NGRAM = 100;

const RULES: { readonly [Name in keyof ResolvedTextOptions]: Rule } = {
  analyzer: oneOf("word", "char", "charWb"),
  ngramRange: [`[min, max], integers from 1 to ${MAX_NGRAM}, min ≤ max`, isRange],
  lowercase: BOOLEAN,
  stripAccents: oneOf("unicode", "ascii", null),
  tokenPattern: ["a RegExp", (value) => value === null || tagOf(value) === "RegExp"],
  segmenter: ['a language, such as "ja"', (value) => value === null || isLanguage(value)],
  stopWords: ["an array of strings", (value) => value === null || isStrings(value)],
  minDf: ["a number of texts, an integer ≥ 1, or a share from 0 to 1", isLimit],
  maxDf: ["a number of texts, an integer > 1, or a share from 0 to 1", isLimit],
  maxFeatures: ["an integer ≥ 1", (value) => value === null || isInteger(value, 1)],
  vocabulary: ["an array of strings", (value) => value === null || isStrings(value)],
  hashing: [`{ features, alternateSign }, features from 1 to ${MAX_HASHED}`, isHashing],
  tf: oneOf("count", "binary", "sublinear"),
  idf: BOOLEAN,
  norm: oneOf("l2", "l1", null),
};

/** Names and values of scikit-learn that are named otherwise here, in lower case and without underscores. */
const ALIASES: Readonly<Record<string, string>> = {
  binary: 'tf: "binary"',
  sublineartf: 'tf: "sublinear"',
  useidf: "idf",
  nfeatures: "hashing: { features }",
  alternatesign: "hashing: { alternateSign }",
  tokenizer: "tokenPattern or segmenter",
  locale: "segmenter",
};

/**
 * Fills in defaults.
 *
 * @throws OptionError an unknown name, a value out of range, or two that exclude each other
 */
export function resolveTextOptions(options: TextVectorizerOptions): ResolvedTextOptions {
  checkAll(options, RULES, ALIASES);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: ResolvedTextOptions = { ...TEXT_DEFAULTS, idf: !given.hashing, ...given };
  checkTogether(resolved);
  const { ngramRange, stopWords, vocabulary, hashing } = resolved;
  // Copies: what the caller does with the arrays later must not matter.
  return {
    ...resolved,
    ngramRange: [ngramRange[0], ngramRange[1]],
    stopWords: stopWords && [...stopWords],
    vocabulary: vocabulary && [...vocabulary],
    hashing: hashing && { ...HASHING_DEFAULTS, ...defined(hashing) },
  };
}

const CALL_RULES: { readonly [Name in keyof TextOptions]-?: Rule } = {
  signal: ["an AbortSignal", (value) => value instanceof AbortSignal],
  onProgress: ["a function", (value) => typeof value === "function"],
};

/** Checks the options of a call. @throws OptionError */
export function checkTextOptions(options: TextOptions): void {
  checkAll(options, CALL_RULES);
}

/**
 * Checks options by their rules.
 *
 * @param aliases names of other libraries and what they are here
 * @throws OptionError an unknown name, or a value that does not fit
 */
export function checkAll(
  options: object,
  rules: Readonly<Record<string, Rule>>,
  aliases: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== "object" || options === null)
    throw new OptionError("options", `expected an object, got ${describe(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name))
      throw new OptionError(name, `no such option; ${hintFor(name, rules, aliases)}`);
    const [expected, accepts] = rules[name];
    if (value !== undefined && !accepts(value))
      throw new OptionError(name, `expected ${expected}, got ${describe(value)}`);
  }
}

function hintFor(name: string, rules: object, aliases: Readonly<Record<string, string>>): string {
  const plain = name.replaceAll("_", "").toLowerCase();
  const names = Object.keys(rules);
  const meant = Object.hasOwn(aliases, plain) ? aliases[plain] : nearestName(name, names);
  return meant ? `did you mean ${meant}?` : `there are ${names.join(", ")}`;
}

/** Checks options that depend on each other. @throws OptionError */
function checkTogether(options: ResolvedTextOptions): void {
  const { analyzer, tokenPattern, segmenter, vocabulary, hashing } = options;
  const refuse = (name: keyof ResolvedTextOptions, problem: string) => {
    if (options[name] !== TEXT_DEFAULTS[name]) throw new OptionError(name, problem);
  };
  if (analyzer !== "word") {
    for (const name of ["tokenPattern", "segmenter", "stopWords"] as const)
      refuse(name, `has no effect with analyzer "${analyzer}"; leave it out`);
  }
  if (tokenPattern && segmenter !== null)
    throw new OptionError("segmenter", "finds words, and so does tokenPattern; leave one of them out");
  if (tokenPattern) countGroups(tokenPattern);
  if (hashing) refuse("vocabulary", "has no effect with hashing; leave one of them out");
  if (hashing || vocabulary) {
    const reason = hashing ? "with hashing, which has no vocabulary" : "if the vocabulary is given";
    for (const name of ["minDf", "maxDf", "maxFeatures"] as const)
      refuse(name, `has no effect ${reason}; leave it out`);
  }
  if (vocabulary) checkVocabulary(vocabulary);
}

function checkVocabulary(vocabulary: readonly string[]): void {
  if (vocabulary.length === 0) throw new OptionError("vocabulary", "expected at least one term, got none");
  const seen = new Set<string>();
  for (const term of vocabulary) {
    if (seen.has(term)) throw new OptionError("vocabulary", `${describe(term)} is there twice`);
    if (/\p{Surrogate}/u.test(term))
      throw new OptionError("vocabulary", `${describe(term)} has half of a surrogate pair`);
    seen.add(term);
  }
}

function oneOf(...values: readonly (string | null)[]): Rule {
  const quoted = values.map((value) => (value === null ? "null" : `"${value}"`));
  return [
    `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`,
    (value) => (values as readonly unknown[]).includes(value),
  ];
}

function isRange(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [min, max] = value;
  return isInteger(min, 1) && isInteger(max, min) && max <= MAX_NGRAM;
}

function isLimit(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && (value <= 1 || isInteger(value, 1));
}

function isInteger(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least;
}

function isStrings(value: unknown): boolean {
  // By index: `every` would leave holes out.
  return Array.isArray(value) && Array.from(value).every((item) => typeof item === "string");
}

function isLanguage(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

function isHashing(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const { features = 1, alternateSign = true, ...others } = value as Record<string, unknown>;
  const isIn = isInteger(features, 1) && Number(features) <= MAX_HASHED;
  return isIn && typeof alternateSign === "boolean" && Object.keys(others).length === 0;
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
