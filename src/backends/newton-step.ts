/** A step of Newton's method, as devices solve for it by conjugate gradients. */
import type { Parameters } from "../parameters.ts";

/** What a Newton step is solved for, at the parameters that the trainer has. */
export interface NewtonOptions {
  /** dJ/dW and dJ/db there, with 2λW. */
  readonly gradient: Parameters;
  readonly l2: number;
  /** σ_j of each feature, `[D]`, if λ_j = λ / σ_j² is the penalty of its weights. Default: λ for all. */
  readonly scale?: Float64Array | undefined;
  /** Share of the gradient that may be left, in the norm of the Hessian's inverse diagonal. */
  readonly accuracy: number;
}

/** A Newton step. */
export interface NewtonStep {
  /** d with (H + 2λ) d ≈ −g. */
  readonly step: Parameters;
  /** Products with the Hessian that it took, each as much work as a pass. */
  readonly products: number;
}
