/**
 * Entry `softmax-webgpu/text`: from texts to sparse rows, and a classifier of texts.
 *
 * @module softmax-webgpu/text
 */
export type { SparseMatrix } from "./data/sparse-matrix.ts";
export {
  DataError,
  DivergenceError,
  FormatError,
  LimitError,
  OptionError,
  ShapeError,
  SoftmaxError,
  StateError,
} from "./errors.ts";
export type { AccentStripping } from "./text/accents.ts";
export type { TextOptions, TextProgress } from "./text/counting.ts";
export type { NgramRange } from "./text/ngrams.ts";
export type { TextVectorizerOptions } from "./text/options.ts";
export type { TextRows } from "./text/row-writer.ts";
export type { HashingRule } from "./text/term-sinks.ts";
export type { TextsLike } from "./text/texts.ts";
export { TextVectorizer } from "./text/vectorizer.ts";
