/** Drawn digits in four classes: rows in bytes that a linear model gets right, to train on and others to look at. */
import { strokeDigits } from "../../src/digits.ts";

const TRAINING = strokeDigits({ rows: 240, seed: 1 });
const HELD = strokeDigits({ rows: 120, seed: 2 });
const classesOf = (digits: Uint8Array) => Array.from(digits, (digit) => digit % 4);
const held = { x: HELD.x, y: classesOf(HELD.y) };

export const DIGITS = {
  ...{ x: TRAINING.x, y: classesOf(TRAINING.y) },
  held,
  validation: [held.x, held.y],
} as const;
