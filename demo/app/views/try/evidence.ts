/**
 * The prediction for one row, p = softmax(z) with z = W x + b, and its evidence, the terms w_kj x_j of a score. One row
 * is too little work for a device, so the reference's functions compute it in float64.
 */
import { matmul, softmax } from "../../../../src/backends/reference/operations.ts";
import type { Parameters } from "../../../../src/parameters.ts";
import type { Rgb } from "../../../ui/theme.ts";
import { largestAt } from "../../data/arrays.ts";

/** Scores and probabilities of one row, `[K]` each. */
export interface Answer {
  readonly logits: Float64Array;
  readonly probabilities: Float64Array;
}

/** Computes z and p of the row x `[D]`; a calibrated model divides scores by its temperature before the softmax. */
export function answerTo(x: Float32Array, parameters: Parameters, temperature = 1): Answer {
  const logits = matmul({ data: x, rows: 1, cols: x.length }, [0], parameters);
  const probabilities = softmax(
    logits.map((z) => z / temperature),
    logits.length,
  );
  return { logits, probabilities };
}

/** Returns the class with the highest probability; the first if several are equal. */
export function likeliest(probabilities: Float64Array): number {
  return largestAt(probabilities.length, (k) => probabilities[k], 1)[0];
}

/** Returns Σ over channels of w_kj x_j for every pixel, `[D/channels]`: with b_k their sum is the score z_k. */
export function contributions(
  x: Float32Array,
  { weights }: Parameters,
  k: number,
  channels: number,
): Float64Array {
  const terms = new Float64Array(x.length / channels);
  for (let j = 0; j < x.length; j++) terms[Math.floor(j / channels)] += weights[k * x.length + j] * x[j];
  return terms;
}

/** Returns the largest |term| of any of the classes, as a common scale. */
export function largestTerm(
  x: Float32Array,
  parameters: Parameters,
  channels: number,
  classes: readonly number[],
): number {
  let largest = 0;
  for (const k of classes)
    for (const term of contributions(x, parameters, k, channels)) largest = Math.max(largest, Math.abs(term));
  return largest;
}

/** Returns the sums of the positive and of the negative terms: evidence for and against a class. */
export function forAndAgainst(terms: Float64Array): { for: number; against: number } {
  let [plus, minus] = [0, 0];
  for (const term of terms) {
    if (term > 0) plus += term;
    else minus += term;
  }
  return { for: plus, against: minus };
}

interface EvidenceColours {
  readonly ground: Rgb;
  readonly ink: Rgb;
  readonly plus: Rgb;
  readonly minus: Rgb;
}

/** Strength of ink without evidence. */
const PALE = 0.2;

/** Returns RGBA bytes of the pixels. Terms of ±`scale` get the full colour; without terms only the ink is shown. */
export function evidenceImage(
  ink: Float32Array,
  terms: Float64Array | null,
  scale: number,
  { ground, ink: full, plus, minus }: EvidenceColours,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * ink.length);
  for (const [pixel, amount] of ink.entries()) {
    const strength = terms && scale > 0 ? Math.abs(terms[pixel]) / scale : 0;
    const pen = mixed(ground, full, terms ? PALE * amount : amount);
    // The square root keeps weak terms visible; the legend's colours go the same way.
    rgba.set(mixed(pen, terms && terms[pixel] < 0 ? minus : plus, Math.sqrt(strength)), 4 * pixel);
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}

/** Returns RGBA bytes of pixels with red, green and blue from 0 to 1 each. */
export function colourImage(x: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((4 * x.length) / 3).fill(255);
  for (const [j, value] of x.entries()) rgba[4 * Math.floor(j / 3) + (j % 3)] = 255 * value;
  return rgba;
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (channel: 0 | 1 | 2) => from[channel] + share * (to[channel] - from[channel]);
  return [at(0), at(1), at(2)];
}
