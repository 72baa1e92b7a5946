/** The picture of a class's evidence: ink in grey, over it what speaks for the class and what against it. */
import type { Rgb } from "../../components/theme.ts";

/** Its colours. */
export interface EvidenceColours {
  readonly ground: Rgb;
  readonly ink: Rgb;
  readonly plus: Rgb;
  readonly minus: Rgb;
}

/** Ink without evidence stays visible, but pale. */
const PALE = 0.2;

/** RGBA bytes of the pixels. Terms of ±`scale` get the full colour; without terms the ink is shown as it is. */
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

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (channel: 0 | 1 | 2) => from[channel] + share * (to[channel] - from[channel]);
  return [at(0), at(1), at(2)];
}
