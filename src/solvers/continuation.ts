/**
 * A guess at the result of a fit with the next smaller λ: the parabola through the last three results, over log λ.
 * Parameters change evenly along it: a fit from the guess takes a fraction of the passes of one from the last result.
 */
import type { Parameters } from "../parameters.ts";

/** The result of a fit. */
export interface PathResult {
  readonly l2: number;
  readonly parameters: Parameters;
  /** Mean cross-entropy there. */
  readonly loss: number;
}

/** Results that the curve, a parabola, passes through. */
const MOST = 3;

/** The last results of fits with falling λ. */
export class Continuation {
  #results: PathResult[] = [];

  get last(): PathResult | null {
    return this.#results.at(-1) ?? null;
  }

  /**
   * @param hasMoved false if the start already met the tolerance: such a result says nothing about where the curve leads
   */
  add(result: PathResult, hasMoved: boolean): void {
    this.#results = [...(hasMoved ? this.#results : []), result].slice(-MOST);
  }

  /** Returns where the fit with λ = `l2` may end; null if less than two results are known. 0 that stays is 0. */
  guess(l2: number): Parameters | null {
    // λ = 0 is infinitely far away.
    if (!(l2 > 0) || this.#results.length < 2) return null;
    const places = this.#results.map((result) => Math.log(result.l2));
    const shareOf = (place: number, i: number) =>
      places.reduce(
        (share, other, j) => (i === j ? share : (share * (Math.log(l2) - other)) / (place - other)),
        1,
      );
    const shares = places.map(shareOf);
    const sumOf = (name: "weights" | "bias") => {
      const sum = new Float64Array(this.#results[0].parameters[name].length);
      for (const [r, { parameters }] of this.#results.entries())
        for (let i = 0; i < sum.length; i++) sum[i] += shares[r] * parameters[name][i];
      return sum;
    };
    return { weights: sumOf("weights"), bias: sumOf("bias") };
  }
}
