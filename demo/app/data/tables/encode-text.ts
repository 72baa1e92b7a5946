/** Texts as features: TF-IDF of their words. */
import type { SparseMatrix } from "../../../../src/data/sparse-matrix.ts";
import { DataError, FormatError } from "../../../../src/index.ts";
import { pause } from "../../../../src/pause.ts";
import type { TextVectorizerOptions } from "../../../../src/text/options.ts";
import { TermTable } from "../../../../src/text/term-table.ts";
import { restored, TextVectorizer } from "../../../../src/text/vectorizer.ts";
import { isMissing, PLAIN_READING } from "./cells.ts";
import type { TableColumn, TextColumn } from "./columns.ts";
import { type JsonFields, numbersOf, textsOf } from "./encoder-json.ts";
import { type EncoderColumn, otherKind, type ReadCell, type SparsePart } from "./encoder-part.ts";

/** Words that become features at most, of all columns together. */
const MOST_WORDS = 2 ** 17;
/** Training rows from which a word must be in two of them: one that came once tells nothing about other rows. */
const MANY_ROWS = 200;
/** Largest that an inverse document frequency can be, 1 + ln(1 + n) of 2⁵³ texts, rounded up. */
const MAX_IDF = 38;
/** Words that are entered between two looks at the clock. */
const PIECE = 2 ** 12;

/** Options of the vectorizer that count for saved encoders too. */
const WEIGHTING: TextVectorizerOptions = { tf: "sublinear" };

export class TextPart implements SparsePart {
  readonly isSparse = true;
  readonly column: EncoderColumn;
  readonly names: readonly string[];
  readonly #terms: readonly string[];
  readonly #idf: Float64Array;
  #vectorizer: TextVectorizer | null;

  constructor(name: string, terms: readonly string[], idf: Float64Array, vectorizer: TextVectorizer | null) {
    this.column = { name, kind: "text", values: [], usual: "", reading: PLAIN_READING };
    this.names = terms.map((term) => `${name}: “${term}”`);
    this.#terms = terms;
    this.#idf = idf;
    this.#vectorizer = vectorizer;
  }

  /** Learns from training rows. `texts` is the number of columns of text, which share the features. */
  static async fit({ name, texts }: TextColumn, columns: number, signal: AbortSignal): Promise<TextPart> {
    const minDf = texts.length > MANY_ROWS ? 2 : 1;
    const maxFeatures = Math.ceil(MOST_WORDS / columns);
    const vectorizer = new TextVectorizer({ ...WEIGHTING, minDf, maxFeatures });
    try {
      await vectorizer.fit(texts, { signal });
    } catch (cause) {
      signal.throwIfAborted();
      // Texts may have no words that are kept; then there is nothing to learn from them.
      if (cause instanceof DataError) return new TextPart(name, [], new Float64Array(0), null);
      throw cause;
    }
    return new TextPart(
      name,
      vectorizer.featureNames ?? [],
      vectorizer.idf ?? new Float64Array(0),
      vectorizer,
    );
  }

  /** @throws FormatError */
  static fromJson(fields: JsonFields, name: string): TextPart {
    const terms = textsOf(fields, "terms", MOST_WORDS);
    const idf = numbersOf(fields, "idf", terms.length);
    if (
      new Set(terms).size < terms.length ||
      terms.some((term) => /\p{Surrogate}/u.test(term) || term === "")
    )
      throw new FormatError(`${fields.path}.terms`, "expected different words of well-formed Unicode");
    if (!idf.every((value) => value >= 1 && value <= MAX_IDF))
      throw new FormatError(`${fields.path}.idf`, `expected numbers from 1 to ${MAX_IDF}`);
    return new TextPart(name, terms, idf, null);
  }

  async transform(column: TableColumn, signal: AbortSignal): Promise<SparseMatrix> {
    if (column.kind !== "text") throw otherKind(this.column.name, "text");
    const rows = column.texts.length;
    if (this.#terms.length === 0 || rows === 0)
      return {
        indptr: new Uint32Array(rows + 1),
        indices: new Uint32Array(0),
        data: new Float32Array(0),
        rows,
        cols: this.#terms.length,
      };
    this.#vectorizer ??= await this.#restored();
    return this.#vectorizer.transform(column.texts, { signal });
  }

  async #restored(): Promise<TextVectorizer> {
    const vocabulary = new TermTable();
    for (const [i, term] of this.#terms.entries()) {
      if (vocabulary.isCrowded) await vocabulary.grow();
      vocabulary.addText(term);
      if (i % PIECE === 0) await pause();
    }
    return restored(WEIGHTING, { features: this.#terms.length, vocabulary, idf: this.#idf });
  }

  read(cell: string): ReadCell {
    const texts = [isMissing(cell) ? "" : cell];
    return { column: { name: this.column.name, kind: "text", texts }, problem: "" };
  }

  toJson(): object {
    return { terms: this.#terms, idf: Array.from(this.#idf) };
  }
}
