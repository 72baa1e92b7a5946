/** Fits how the cost of a step grows:  cost ≈ factor · N^a · D^b · K^c. */
import type { BenchShape } from "../record.ts";

/** The measured cost at one shape. */
export interface Cost {
  readonly shape: BenchShape;
  /** Positive, in any unit. */
  readonly cost: number;
}

/** The fitted exponents of N, D and K. */
export interface Exponents extends BenchShape {
  /** The largest ratio between a measurement and the fit, at least 1. */
  readonly largestFactor: number;
}

const DIMENSIONS = ["rows", "features", "classes"] as const;

/**
 * Lists the base and its doublings: N, D and K in turn, `doublings` times each. The base should keep the device busy.
 */
export function sweepShapes(base: BenchShape, doublings: number): BenchShape[] {
  const doubled = DIMENSIONS.flatMap((dimension) =>
    Array.from({ length: doublings }, (_, i) => ({ ...base, [dimension]: base[dimension] * 2 ** (i + 1) })),
  );
  return [base, ...doubled];
}

/**
 * Fits the exponents by least squares in logarithms.
 *
 * @throws RangeError  costs that do not vary N, D and K independently, or are not above 0
 */
export function fitExponents(costs: readonly Cost[]): Exponents {
  if (!costs.every(({ cost }) => cost > 0)) throw new RangeError("costs must be above 0");
  const points = costs.map(({ shape }) => [1, ...DIMENSIONS.map((dimension) => Math.log(shape[dimension]))]);
  const logs = costs.map(({ cost }) => Math.log(cost));
  const [constant, rows, features, classes] = leastSquares(points, logs);
  const errors = points.map(([, n, d, k], i) =>
    Math.abs(constant + rows * n + features * d + classes * k - logs[i]),
  );
  return { rows, features, classes, largestFactor: Math.exp(Math.max(...errors)) };
}

/** Finds the coefficients c of the least Σ (points · c − values)², by the normal equations. */
function leastSquares(points: readonly (readonly number[])[], values: readonly number[]): number[] {
  const width = DIMENSIONS.length + 1;
  const sum = (term: (point: readonly number[], i: number) => number) =>
    points.reduce((total, point, i) => total + term(point, i), 0);
  const system = Array.from({ length: width }, (_, row) => [
    ...Array.from({ length: width }, (_unused, column) => sum((point) => point[row] * point[column])),
    sum((point, i) => point[row] * values[i]),
  ]);
  return solve(system);
}

/** Solves `[A | b]` by Gaussian elimination with partial pivoting. */
function solve(system: number[][]): number[] {
  const size = system.length;
  const scale = Math.max(...system.flat().map(Math.abs));
  for (let column = 0; column < size; column++) {
    const below = system.slice(column).map((row) => Math.abs(row[column]));
    const pivot = column + below.indexOf(Math.max(...below));
    [system[column], system[pivot]] = [system[pivot], system[column]];
    if (!(Math.abs(system[column][column]) > 1e-9 * scale))
      throw new RangeError("the shapes must vary N, D and K independently");
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = system[row][column] / system[column][column];
      for (let i = column; i <= size; i++) system[row][i] -= factor * system[column][i];
    }
  }
  return system.map((row, i) => row[size] / row[i]);
}
