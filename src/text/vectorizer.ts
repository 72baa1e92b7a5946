/** From texts to sparse rows: what a user makes, fits and applies. */
import { StateError } from "../errors.ts";
import { createAnalyzer, tableOf } from "./analyzer.ts";
import { countTexts, type TextOptions } from "./counting.ts";
import { type LearntTerms, learnTerms, sinkOf } from "./learn.ts";
import { checkTextOptions, resolveTextOptions } from "./option-rules.ts";
import type { ResolvedTextOptions, TextVectorizerOptions } from "./options.ts";
import { RowCounts } from "./row-counts.ts";
import { RowWriter, type TextRows } from "./row-writer.ts";
import { namingSink, type TextTerm } from "./term-sinks.ts";
import type { TextsLike } from "./texts.ts";

/** Options of a vectorizer, and what it has learnt; null before `fit`. */
export interface VectorizerState {
  readonly options: ResolvedTextOptions;
  readonly terms: LearntTerms | null;
}

/** Returns what a vectorizer is made of, to be saved. */
export let stateOf: (vectorizer: TextVectorizer) => VectorizerState;

/** Returns a vectorizer that has learnt the same. */
export function copyOf(vectorizer: TextVectorizer): TextVectorizer {
  const { options, terms } = stateOf(vectorizer);
  return restored(options, terms as LearntTerms);
}

/** Makes a vectorizer that has learnt something already. @throws OptionError */
export let restored: (options: TextVectorizerOptions, terms: LearntTerms) => TextVectorizer;

/**
 * Turns texts into rows of term frequencies, by default TF-IDF: a column for each word or n-gram. With the same options,
 * columns and values are those of scikit-learn's `TfidfVectorizer`, `CountVectorizer` (`idf: false, norm: null`) and
 * `HashingVectorizer` (`hashing: { features: 2 ** 20 }`).
 *
 * Texts are read one after another, and are not kept. Half of a surrogate pair counts as U+FFFD. The event loop gets a
 * turn every few milliseconds, however many the texts; a text of megabytes in one word, or in words of thousands of
 * letters, may hold it for some 100 ms, and so may a `tokenPattern` that looks long for its next match. One call at a time:
 * a vectorizer that learns from two lists of texts at once has what the last of them to end has left.
 */
export class TextVectorizer {
  readonly #options: ResolvedTextOptions;
  /** Columns that need no texts to be learnt from, without idf; null without hashing and a given vocabulary. */
  readonly #fixed: LearntTerms | null;
  #terms: LearntTerms | null;

  static {
    stateOf = (vectorizer) => ({ options: vectorizer.#options, terms: vectorizer.#terms });
    restored = (options, terms) => {
      const vectorizer = new TextVectorizer(options);
      vectorizer.#terms = terms;
      return vectorizer;
    };
  }

  /** @throws OptionError an unknown option, a value out of range, or two that exclude each other */
  constructor(options: TextVectorizerOptions = {}) {
    this.#options = resolveTextOptions(options);
    this.#fixed = fixedTerms(this.#options);
    this.#terms = this.#needsFit ? null : this.#fixed;
  }

  /**
   * Learns the vocabulary, and idf if that is on. With hashing or a given vocabulary, and without idf, there is nothing
   * to learn, and the texts are not read.
   *
   * @throws DataError a text that is no string, with its index; no term that the options keep
   * @throws ShapeError no text
   * @throws OptionError `maxDf` stands for fewer of these texts than `minDf`; an unknown option of this call
   */
  async fit(texts: TextsLike, options: TextOptions = {}): Promise<void> {
    checkTextOptions(options);
    if (this.#needsFit) this.#terms = (await this.#learn(texts, false, options)).terms;
  }

  /** Returns a row for each text; a text without a known term has an empty one. @throws StateError before `fit`; as {@link fit} */
  async transform(texts: TextsLike, options: TextOptions = {}): Promise<TextRows> {
    checkTextOptions(options);
    const row = new RowCounts();
    const terms = this.#learnt;
    const writer = new RowWriter(terms.features, this.#options, terms.idf);
    const analyzer = createAnalyzer(this.#options, sinkOf(terms, this.#options, row));
    await countTexts(texts, { ...options, analyzer }, () => writer.write(row));
    return writer.finish(options.signal);
  }

  /** Fits, and returns the rows of the same texts, which are read once. @throws as {@link fit} */
  async fitTransform(texts: TextsLike, options: TextOptions = {}): Promise<TextRows> {
    checkTextOptions(options);
    if (!this.#needsFit) return this.transform(texts, options);
    const { terms, rows } = await this.#learn(texts, true, options);
    this.#terms = terms;
    return rows as TextRows;
  }

  /** Number of columns. @throws StateError before `fit` */
  get features(): number {
    return this.#learnt.features;
  }

  /**
   * The term of each column; null with hashing. Makes a string of each when it is called, which takes some 100 ms for a
   * million.
   *
   * @throws StateError before `fit`
   */
  get featureNames(): string[] | null {
    const { vocabulary } = this.#learnt;
    return (
      vocabulary && Array.from({ length: vocabulary.size }, (_, column) => vocabulary.pool.textOf(column))
    );
  }

  /** Inverse document frequencies `[features]`; null if `idf` is off. @throws StateError before `fit` */
  get idf(): Float64Array | null {
    return this.#learnt.idf?.slice() ?? null;
  }

  /** Whether {@link transform} can be called: after `fit`, or at once if there is nothing to learn. */
  get isFitted(): boolean {
    return this.#terms !== null;
  }

  /**
   * Returns the terms of texts that have a column, each once; with hashing, several may share a column.
   *
   * @throws StateError before `fit`; as {@link fit}
   */
  async terms(texts: TextsLike, options: TextOptions = {}): Promise<TextTerm[]> {
    checkTextOptions(options);
    const found: TextTerm[] = [];
    const row = new RowCounts();
    const names = namingSink(sinkOf(this.#learnt, this.#options, row), row, found);
    const analyzer = createAnalyzer(this.#options, names);
    await countTexts(texts, { ...options, analyzer }, () => []);
    return found;
  }

  #learn(texts: TextsLike, areRowsWanted: boolean, options: TextOptions) {
    return learnTerms(texts, this.#options, this.#fixed, areRowsWanted, options);
  }

  /** Whether there is something to learn from texts. */
  get #needsFit(): boolean {
    return this.#options.idf || this.#fixed === null;
  }

  get #learnt(): LearntTerms {
    if (this.#terms) return this.#terms;
    throw new StateError("fit", "the vectorizer has learnt nothing yet; call fit or fitTransform first");
  }
}

function fixedTerms({ hashing, vocabulary }: ResolvedTextOptions): LearntTerms | null {
  if (hashing) return { features: hashing.features, vocabulary: null, idf: null };
  return vocabulary && { features: vocabulary.length, vocabulary: tableOf(vocabulary), idf: null };
}
