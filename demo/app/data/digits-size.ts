/** The size of the built-in digits, which the first picture of the page needs before their code is loaded. */
import type { ImageShape } from "./demo-dataset.ts";

/** Rows and seed of each part. */
export const DIGITS = { train: { rows: 6000, seed: 0 }, validation: { rows: 1000, seed: 1 } };
/** Drawings of both parts. */
export const DIGIT_ROWS = DIGITS.train.rows + DIGITS.validation.rows;
export const DIGITS_SHAPE: ImageShape = { width: 28, height: 28, channels: 1 };
