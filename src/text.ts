/**
 * Entry `softmax-webgpu/text`: from texts to sparse rows, and a classifier of texts.
 *
 * @module softmax-webgpu/text
 */
export type { SparseMatrix } from "./data/sparse-matrix.ts";
export * from "./errors.ts";
export type { AccentStripping } from "./text/accents.ts";
export { TextClassifier } from "./text/classifier/classifier.ts";
export type {
  ClassExplanation,
  ClassTerms,
  TermContribution,
  TextExplanation,
  WeightedTerm,
} from "./text/classifier/explain.ts";
export type { TextLoadOptions } from "./text/classifier/file.ts";
export type {
  TextClassifierOptions,
  TextCrossValidationOptions,
  TextFitOptions,
  TextValidation,
} from "./text/classifier/options.ts";
export type { TextOptions, TextProgress } from "./text/counting.ts";
export type { NgramRange } from "./text/ngrams.ts";
export type { TextVectorizerOptions } from "./text/options.ts";
export type { TextRows } from "./text/row-writer.ts";
export type { HashingRule, TextTerm } from "./text/term-sinks.ts";
export type { TextsLike } from "./text/texts.ts";
export { TextVectorizer } from "./text/vectorizer.ts";
