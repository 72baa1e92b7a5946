/** Ranges and ticks of logarithmic axes. */

/** Margin beyond the outermost values, as a factor. */
const MARGIN = 1.25;

/** Returns the range with a margin, at least by a factor of `least` wide, so that it contains ticks. */
export function logRange(min: number, max: number, least: number): [min: number, max: number] {
  const widen = Math.max(1, Math.sqrt(least / (max / min)));
  return [min / Math.max(MARGIN, widen), max * Math.max(MARGIN, widen)];
}

/** Returns powers of the base in the range; for base 10 and a small range, also 2 and 5 times them. */
export function logTicks(min: number, max: number, base: 2 | 10): number[] {
  const multiples = base === 10 && max / min < 1000 ? [1, 2, 5] : [1];
  const log = base === 10 ? Math.log10 : Math.log2;
  const ticks: number[] = [];
  for (let exponent = Math.floor(log(min)); exponent <= Math.ceil(log(max)); exponent++) {
    for (const multiple of multiples) {
      const tick = multiple * base ** exponent;
      if (tick >= min && tick <= max) ticks.push(tick);
    }
  }
  return ticks;
}

/** Returns every n-th tick, so that at most `most` keep a label; the others are null. */
export function thinned(ticks: readonly number[], most: number): (number | null)[] {
  const every = Math.ceil(ticks.length / Math.max(1, most));
  return ticks.map((tick, i) => (i % every === 0 ? tick : null));
}

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** Returns a tick as short text; powers of two are exact. */
export function formatTick(value: number, base: 2 | 10): string {
  return base === 2 && value >= 1 ? String(value) : COMPACT.format(value);
}
