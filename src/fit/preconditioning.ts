/**
 * When the preconditioner of L-BFGS is made: blocks of the Hessian (sampled-hessian.ts), made anew when the parameters
 * have moved; while blocks cost too much, one matrix for all classes.
 *
 * M is made at the start if that costs little, and anew whenever about as much has been spent on passes as it costs:
 * so the work is never much more than without it, and usually a fraction. Sparse rows have Newton steps (newton-steps.ts), or the diagonal of
 * the Hessian (diagonal-preconditioning.ts).
 */
import {
  type Anchor,
  IDENTITY,
  NO_PRECONDITIONING,
  type Preconditioner,
  type Preconditioning,
} from "../solvers/preconditioner.ts";
import { diagonalPreconditioning } from "./diagonal-preconditioning.ts";
import { HessianCosts } from "./hessian-costs.ts";
import { newtonSteps } from "./newton-steps.ts";
import { SampledHessian } from "./sampled-hessian.ts";
import type { FitSession } from "./session.ts";

/**
 * When M is made, counted in passes. At the start, if it costs at most `start`; the first time after that, once `first`
 * passes and `paid` times its cost have been spent. If it was made after `last` passes, it is made anew after growth ·
 * last + more or last + again · cost, whichever comes later.
 */
const SCHEDULE = { start: 1.5, first: 7, paid: 1.2, growth: 1.6, more: 4, again: 3 };

/**
 * The same in a series of fits, each from near the result of another: M is made anew after so many passes, and so many
 * times its cost.
 */
const SERIES = { passes: 12, again: 5 };

/** Returns the preconditioning of a fit by L-BFGS with so many curvature pairs. To be disposed of after it. */
export function preconditioningOf(session: FitSession, memory: number): Preconditioning {
  const { l2 } = session.problem.options;
  if (session.shape.sparse) return newtonSteps(session, l2) ?? diagonalPreconditioning(session, l2);
  const costs = new HessianCosts(session);
  if (!costs.isWorthwhile) return NO_PRECONDITIONING;
  const hessian = new SampledHessian(session, costs, memory);
  const schedule = new Schedule(session, costs);
  let latest: { readonly round: number; readonly preconditioner: Preconditioner } | null = null;
  return {
    at: async ({ x, evaluations, anchor }) => {
      const isDue = evaluations >= schedule.dueAfter(anchor);
      const current = isDue ? { x, evaluations, round: anchor ? anchor.round + 1 : 0 } : anchor;
      if (!current) return { preconditioner: IDENTITY, anchor: null, work: 0 };
      const { round } = current;
      const count = schedule.countAt(current.evaluations);
      // A resumed fit makes the M that it was interrupted with.
      if (latest?.round !== round) {
        const point = { x: current.x, l2, count, round, isStart: current.evaluations <= 1 };
        latest = { round, preconditioner: await hessian.make(point) };
      }
      const work = isDue ? costs.costOf(count).work : 0;
      return { preconditioner: latest.preconditioner, anchor: current, work };
    },
    dispose: () => hessian.dispose(),
  };
}

/**
 * Preconditioning of a series of fits on the same rows, each from near the result of another, with another λ or other
 * weights: one serves the next. To be disposed of after all.
 */
export class SeriesPreconditioning {
  readonly #costs: HessianCosts;
  readonly #hessian: SampledHessian;
  readonly #schedule: Schedule;
  /** Evaluations of all fits so far. */
  #evaluations = 0;
  #round = 0;
  #latest: { readonly evaluations: number; readonly preconditioner: Preconditioner } | null = null;

  constructor(session: FitSession, memory: number) {
    this.#costs = new HessianCosts(session);
    this.#hessian = new SampledHessian(session, this.#costs, memory);
    this.#schedule = new Schedule(session, this.#costs);
  }

  /** Returns the preconditioning of the next fit of the series. */
  next(l2: number): Preconditioning {
    if (!this.#costs.isWorthwhile) return NO_PRECONDITIONING;
    let counted = 0;
    return {
      at: async ({ x, evaluations }) => {
        this.#evaluations += evaluations - counted;
        counted = evaluations;
        const count = this.#schedule.countAt(this.#evaluations);
        const { passes, work } = this.#costs.costOf(count);
        const dueAfter = this.#latest
          ? this.#latest.evaluations + Math.max(SERIES.passes, SERIES.again * passes)
          : this.#schedule.dueAfter(null);
        if (this.#evaluations < dueAfter)
          return { preconditioner: this.#latest?.preconditioner ?? IDENTITY, anchor: null, work: 0 };
        const point = { x, l2, count, round: this.#round++, isStart: this.#evaluations <= 1 };
        const preconditioner = await this.#hessian.make(point);
        this.#latest = { evaluations: this.#evaluations, preconditioner };
        return { preconditioner, anchor: null, work };
      },
    };
  }

  dispose(): void {
    this.#hessian.dispose();
  }
}

/** Decides when M is made, and of how many matrices, by the evaluations so far. */
class Schedule {
  readonly #classes: number;
  readonly #costs: HessianCosts;

  constructor({ shape }: FitSession, costs: HessianCosts) {
    this.#classes = shape.classes;
    this.#costs = costs;
  }

  /** Returns the evaluations from which on the next M is made. */
  dueAfter(anchor: Anchor | null): number {
    const { start, first, paid, growth, more, again } = SCHEDULE;
    const shared = this.#costs.costOf(1).passes;
    const blocks = this.#costs.hasBlocks ? this.#costs.costOf(this.#classes).passes : Infinity;
    if (!anchor && shared <= start) return 0;
    const last = anchor ? anchor.evaluations : 0;
    const next = growth * last + more;
    if (anchor && this.countAt(anchor.evaluations) > 1) return Math.max(next, last + again * blocks);
    const dueShared = Math.max(first, next, anchor ? last + again * shared : paid * shared);
    const dueBlocks = Math.max(first, paid * blocks);
    // Blocks that are due soon are waited for.
    return dueBlocks <= growth * dueShared + more ? dueBlocks : dueShared;
  }

  /** Number of matrices: one for each class once they are paid for, else one for all. */
  countAt(evaluations: number): number {
    const arePaid = evaluations >= SCHEDULE.paid * this.#costs.costOf(this.#classes).passes;
    return this.#costs.hasBlocks && arePaid ? this.#classes : 1;
  }
}
