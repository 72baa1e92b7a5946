/** Fits how a cost grows with one size:  cost ≈ factor · size^exponent. */

/** Returns the exponent, by least squares in logarithms over at least two different sizes. */
export function growthOf(sizes: readonly number[], costs: readonly number[]): number {
  const [x, y] = [sizes.map(Math.log), costs.map(Math.log)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  return mean(x.map((value, i) => (value - meanX) * (y[i] - meanY))) / mean(x.map((v) => (v - meanX) ** 2));
}
