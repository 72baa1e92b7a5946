/** Fits how a cost grows with one size, over at least two different sizes. */

/** Returns the exponent of  cost ≈ factor · size^exponent, by least squares in logarithms. */
export function exponentOf(sizes: readonly number[], costs: readonly number[]): number {
  return lineThrough(sizes.map(Math.log), costs.map(Math.log)).slope;
}

/** Returns the line  y ≈ constant + slope · x  of least squares. */
export function lineThrough(
  x: readonly number[],
  y: readonly number[],
): { readonly constant: number; readonly slope: number } {
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = mean(x.map((value, i) => (value - meanX) * (y[i] - meanY)));
  const slope = covariance / mean(x.map((value) => (value - meanX) ** 2));
  return { constant: meanY - slope * meanX, slope };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
