/** How far two gradients are apart, measured against the size of the gradient. */

/**
 * The least size that differences are measured against. At the optimum a gradient is near 0, and all that is left of
 * it is rounding.
 */
export const LEAST_SCALE = 0.01;

/** The largest difference, and what it means. */
export interface Comparison {
  /** Parameters compared. */
  readonly count: number;
  /** max |actual − expected| */
  readonly largest: number;
  /** That over the gradient's largest element, or {@link LEAST_SCALE}. */
  readonly relative: number;
  /** Position of that parameter, weights first. */
  readonly place: number;
  readonly actual: number;
  readonly expected: number;
  /** What `relative` may be. */
  readonly tolerance: number;
  readonly passed: boolean;
}

/** Compares gradients at `places`; NaN is the largest difference of all. */
export function compare(
  actual: Float64Array,
  expected: Float64Array,
  places: Uint32Array,
  scale: number,
  tolerance: number,
): Comparison {
  let worst = 0;
  let largest = -1;
  for (let n = 0; n < places.length && !Number.isNaN(largest); n++) {
    const difference = Math.abs(actual[n] - expected[n]);
    if (difference <= largest) continue;
    worst = n;
    largest = difference;
  }
  const relative = largest / Math.max(LEAST_SCALE, scale);
  return {
    count: places.length,
    largest,
    relative,
    place: places[worst],
    actual: actual[worst],
    expected: expected[worst],
    tolerance,
    passed: relative <= tolerance,
  };
}
