/** Lists of λ to compare: a caller's, that of a protocol, or λ at equal ratios from one number to another. */
import { OptionError } from "../errors.ts";

/** The name of a protocol, or `[from, to, count]` for `count` λ at equal ratios, both ends among them. */
export type L2Grid = "dinov2" | "clip" | readonly [from: number, to: number, count: number];

/**
 * Exponents of scikit-learn's C and their number. DINOv2: 45 values from 1e-6 to 1e5 (Oquab et al., "DINOv2: Learning
 * robust visual features without supervision", 2023, code). CLIP: 96 values from 1e-6 to 1e6 (Radford et al., "Learning
 * transferable visual models from natural language supervision", 2021, appendix A.3).
 */
const PROTOCOLS = { dinov2: [-6, 5, 45], clip: [-6, 6, 96] } as const;

/** Most λ of a grid. */
const MAX_COUNT = 10_000;

/**
 * Returns the λ of a grid, from the largest down if a protocol is named, else in the order given. The protocols have
 * scikit-learn's C, of which λ = 1 / (2 N C), and 1 / (N C) for two classes.
 *
 * @param rows N, the rows that are trained on, which protocols need
 * @param classes K. Default: more than two
 * @throws OptionError naming `grid` or `rows`
 */
export function l2Grid(grid: L2Grid, rows?: number, classes = 3): number[] {
  if (grid === "dinov2" || grid === "clip") {
    if (!(typeof rows === "number" && rows > 0 && rows < Infinity))
      throw new OptionError(
        "rows",
        `"${grid}" needs the number of rows that are trained on, got ${String(rows)}`,
      );
    const [first, last, count] = PROTOCOLS[grid];
    return evenly(first, last, count).map(
      (exponent) => 1 / ((classes === 2 ? 1 : 2) * rows * 10 ** exponent),
    );
  }
  const [from, to, count] = checkedRange(grid);
  const between = evenly(Math.log10(from), Math.log10(to), count).map(powerOf10);
  return [from, ...between.slice(1, -1), to];
}

/** Returns a list of λ. @throws OptionError no λ, or one that is no finite number ≥ 0 or comes twice */
export function checkL2s(l2s: readonly number[]): readonly number[] {
  if (!Array.isArray(l2s) || l2s.length === 0)
    throw new OptionError("l2s", "expected at least one λ, as an array of numbers ≥ 0");
  for (const [i, l2] of l2s.entries()) {
    if (!(typeof l2 === "number" && Number.isFinite(Math.fround(l2)) && l2 >= 0))
      throw new OptionError("l2s", `expected finite numbers ≥ 0, number ${i} is ${String(l2)}`);
    if (l2s.indexOf(l2) !== i) throw new OptionError("l2s", `${l2} comes twice`);
  }
  return l2s;
}

function checkedRange(grid: Exclude<L2Grid, string>): Exclude<L2Grid, string> {
  const given: unknown = grid;
  const isRange = Array.isArray(given) && given.length === 3 && given.every(Number.isFinite);
  const [from, to, count] = isRange ? grid : [0, 0, 0];
  if (from > 0 && to > 0 && from !== to && Number.isInteger(count) && count >= 2 && count <= MAX_COUNT)
    return grid;
  const expected = `"dinov2", "clip", or [from, to, count] with different λ above 0 and a count from 2 to ${MAX_COUNT}`;
  throw new OptionError("grid", `expected ${expected}, got ${JSON.stringify(given) ?? String(given)}`);
}

/** Returns 10^exponent. Some engines make 0.00009999999999999999 of 10 ** −4; this makes 0.0001. */
function powerOf10(exponent: number): number {
  return exponent < 0 ? 1 / 10 ** -exponent : 10 ** exponent;
}

function evenly(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1));
}
