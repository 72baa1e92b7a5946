/**
 * The library in one classic script, for pages without a bundler and for CDNs: `softmaxWebGpu.SoftmaxRegression`. All
 * backends and formats are inside; a page that can load modules loads less with `index.ts`.
 */
export { strokeDigits } from "./data/strokes/stroke-digits.ts";
export * from "./index.ts";
export { TextClassifier, TextVectorizer } from "./text.ts";
