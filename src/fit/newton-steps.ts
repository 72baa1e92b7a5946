/**
 * Newton steps by conjugate gradients, for sparse rows on devices that solve for them: without the curvature pairs of
 * L-BFGS, whose vectors cost more than a way over the rows if there are many more features than values in a row. (A
 * truncated Newton method; Lin, Weng & Keerthi, "Trust region Newton method for large-scale logistic regression", 2008.)
 * Far from the optimum a step need not be exact, so that it is solved for the more exactly the smaller the gradient is.
 */
import { joined, partsOf } from "../parameters.ts";
import { IDENTITY, type Preconditioning } from "../solvers/preconditioner.ts";
import { maxNorm } from "../solvers/vectors.ts";
import type { FitSession } from "./session.ts";

/**
 * Share of the gradient that may be left: `first` in the first iteration, `next` times as much in each that follows, but
 * never less than `least`, or than `enough` of what ends the fit.
 */
const ACCURACY = { first: 0.3, next: 0.7, least: 0.01, enough: 0.3 };

/** Returns Newton steps as a preconditioning without memory; null if the device does not solve for them, or not these. */
export function newtonSteps(
  { trainer, shape, data, problem }: FitSession,
  l2: number,
): Preconditioning | null {
  const { signal, options } = problem;
  const solve = trainer.newtonStep?.bind(trainer);
  if (!solve || options.l1 > 0 || problem.conditioning) return null;
  return {
    memory: 0,
    at: async ({ x, gradient, iteration }) => {
      const { first, next, least } = ACCURACY;
      const enough = (ACCURACY.enough * options.tolerance) / maxNorm(gradient);
      const accuracy = Math.min(first, Math.max(first * next ** iteration, least, enough));
      trainer.write(partsOf(x, shape));
      const newton = { gradient: partsOf(gradient, shape), l2, accuracy };
      const { step, products } = await solve(data, newton, { signal });

      return {
        preconditioner: { ...IDENTITY, step: joined(step, shape.bias) },
        anchor: null,
        work: products + 1,
      };
    },
  };
}
