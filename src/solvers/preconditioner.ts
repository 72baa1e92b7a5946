/** What L-BFGS asks of a preconditioner, and of whatever makes one anew as the parameters move. */

import type { Metric } from "./proximal-newton.ts";

/** A guess at the inverse Hessian. */
export interface Preconditioner {
  /** Returns M⁻¹ v for a vector of parameters. */
  readonly apply: (vector: Float64Array) => Promise<Float64Array>;
  /** Work of one application, or of one move in the metric, in passes over the data. */
  readonly work: number;
  /** A step that takes the place of −M⁻¹ g, and is tried as it is first. Default: none. */
  readonly step?: Float64Array;
  /** The guess at the Hessian itself, which an L1 penalty needs. Default: I. */
  readonly metric?: Metric;
}

/** The parameters at which a preconditioner was made. */
export interface Anchor {
  readonly x: Float64Array;
  /** Evaluations of the objective before it was made. */
  readonly evaluations: number;
  /** How many were made before it. */
  readonly round: number;
}

/** Makes preconditioners: equal ones for equal arguments, so that a resumed fit gets what it had. */
export interface Preconditioning {
  /** Most curvature pairs beside it. Default: those of the options. */
  readonly memory?: number;
  /** Returns the preconditioner for the next iteration, with its anchor and the work of making it, if it is new. */
  at(point: {
    readonly x: Float64Array;
    readonly gradient: Float64Array;
    readonly iteration: number;
    readonly evaluations: number;
    readonly anchor: Anchor | null;
  }): Promise<{ preconditioner: Preconditioner; anchor: Anchor | null; work: number }>;
  /** Frees its memory after the fit. Absent: the memory belongs to a series of fits. */
  readonly dispose?: () => void;
}

/** M = I. */
export const IDENTITY: Preconditioner = { apply: async (vector) => vector.slice(), work: 0 };

/** M = I, always. */
export const NO_PRECONDITIONING: Preconditioning = {
  at: async () => ({ preconditioner: IDENTITY, anchor: null, work: 0 }),
};
