/**
 * Entry `softmax-webgpu/digits`: a data set of hand-drawn digits, made by a generator, for demonstrations and tests.
 *
 * @module softmax-webgpu/digits
 */
export type { Matrix } from "./data/matrix.ts";
export {
  type StrokeDigitImages,
  type StrokeDigits,
  type StrokeDigitsOptions,
  strokeDigits,
} from "./data/strokes/stroke-digits.ts";
export { DataError, LimitError, OptionError, ShapeError, SoftmaxError } from "./errors.ts";
