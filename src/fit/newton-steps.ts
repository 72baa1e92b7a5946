/**
 * Newton steps by conjugate gradients, for sparse rows on devices that solve for them: without the curvature pairs of
 * L-BFGS, whose vectors cost more than a way over the rows if there are many more features than values in a row. (A
 * truncated Newton method; Lin, Weng & Keerthi, "Trust region Newton method for large-scale logistic regression", 2008.)
 * Far from the optimum a step need not be exact, so that it is solved for the more exactly the smaller the gradient is.
 */
import type { NewtonStep } from "../backends/backend.ts";
import { flatten, partsOf } from "../parameters.ts";
import type { Preconditioning } from "../solvers/preconditioner.ts";
import { dot } from "../solvers/vectors.ts";
import type { FitSession } from "./session.ts";

/** Share of the gradient that may be left: `most`, and less as the gradient falls from that at zero parameters. */
const ACCURACY = { most: Number(globalThis.process?.env.ACC ?? 0.3), least: 1e-3 };

/** Returns Newton steps as a preconditioning without memory; null if the device does not solve for them. */
export function newtonSteps(
  { trainer, shape, data, problem }: FitSession,
  l2: number,
): Preconditioning | null {
  const { signal, options } = problem;
  if (!trainer.newtonStep || options.l1 > 0) return null;
  let first = 0;
  return {
    memory: 0,
    at: async ({ x, gradient }) => {
      const norm = Math.sqrt(dot(gradient, gradient));
      first = Math.max(first, norm);
      const accuracy = Math.max(ACCURACY.least, Math.min(ACCURACY.most, Math.sqrt(norm / first)));
      trainer.write(partsOf(x, shape));
      const newton = { gradient: partsOf(gradient, shape), l2, accuracy };
      const { step, products } = (await trainer.newtonStep?.(data, newton, { signal })) as NewtonStep;
      const direction = flatten(step, shape.bias);
      return {
        preconditioner: { apply: async () => direction, work: 0, isNewton: true },
        anchor: null,
        work: products + 1,
      };
    },
  };
}
