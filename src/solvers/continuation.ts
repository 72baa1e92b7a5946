/**
 * Where to begin a fit with the next smaller λ: on the curve through the last results, over log λ. Parameters change so
 * evenly along it that a fit begins much nearer to its end than at the last result.
 */
import type { Parameters } from "../parameters.ts";

/** The result of a fit. */
interface Result {
  readonly l2: number;
  readonly parameters: Parameters;
}

/** Results that the curve, a parabola, passes through. */
const MOST = 3;

/** The last results of fits with falling λ. */
export class Continuation {
  #results: Result[] = [];

  /** The last result. */
  get last(): Parameters | null {
    return this.#results.at(-1)?.parameters ?? null;
  }

  /** @param hasMoved whether the fit has moved from its start: the curve is not to go on along itself */
  add(l2: number, parameters: Parameters, hasMoved: boolean): void {
    this.#results = [...(hasMoved ? this.#results : []), { l2, parameters }].slice(-MOST);
  }

  /** Returns where to begin with λ = `l2`; null before the first result. Parameters that stayed at 0 are 0. */
  startAt(l2: number): Parameters | null {
    // λ = 0 is infinitely far away.
    if (!(l2 > 0) || !this.last) return this.last;
    const places = this.#results.map((result) => Math.log(result.l2));
    const shares = places.map((place, i) =>
      places.reduce(
        (share, other, j) => (i === j ? share : (share * (Math.log(l2) - other)) / (place - other)),
        1,
      ),
    );
    const sumOf = (name: "weights" | "bias") => {
      const sum = new Float64Array(this.#results[0].parameters[name].length);
      for (const [r, { parameters }] of this.#results.entries())
        for (let i = 0; i < sum.length; i++) sum[i] += shares[r] * parameters[name][i];
      return sum;
    };
    return { weights: sumOf("weights"), bias: sumOf("bias") };
  }
}
