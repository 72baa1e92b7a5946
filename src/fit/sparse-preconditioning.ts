/** The preconditioning of L-BFGS for sparse rows: Newton steps where a device solves for them, else the diagonal. */
import type { Preconditioning } from "../solvers/preconditioner.ts";
import { diagonalPreconditioning } from "./diagonal-preconditioning.ts";
import { newtonSteps } from "./newton-steps.ts";
import type { FitSession } from "./session.ts";

/** Returns the preconditioning of one fit; none of it outlives the fit. */
export function sparsePreconditioning(session: FitSession, l2: number): Preconditioning {
  return newtonSteps(session, l2) ?? diagonalPreconditioning(session, l2);
}
