/**
 * Where to begin a fit with the next smaller λ: on the line through the last two results, over log λ. Parameters change
 * evenly along it, so that a fit begins much nearer to its end than at the last result.
 */
import type { Parameters } from "../parameters.ts";

/** The result of a fit. */
interface Result {
  readonly l2: number;
  readonly parameters: Parameters;
}

/** The last two results. */
export class Continuation {
  #last: Result | null = null;
  #before: Result | null = null;

  add(l2: number, parameters: Parameters): void {
    this.#before = this.#last;
    this.#last = { l2, parameters };
  }

  /** Returns where to begin with λ = `l2`; null before the first result. Parameters that stayed at 0 are 0. */
  startAt(l2: number): Parameters | null {
    const [last, before] = [this.#last, this.#before];
    if (!(last && before && l2 > 0)) return last?.parameters ?? null;
    const steps = Math.log(l2 / last.l2) / Math.log(last.l2 / before.l2);
    return {
      weights: onLine(before.parameters.weights, last.parameters.weights, steps),
      bias: onLine(before.parameters.bias, last.parameters.bias, steps),
    };
  }
}

/** Returns b + t (b − a). */
function onLine(a: Float64Array, b: Float64Array, t: number): Float64Array {
  const result = new Float64Array(b.length);
  for (let i = 0; i < b.length; i++) result[i] = b[i] + t * (b[i] - a[i]);
  return result;
}
