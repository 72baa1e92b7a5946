/**
 * What a model has learnt so far, and what there is to go on with: an interrupted fit, or what batches left behind. It
 * holds both between the calls of the estimator, and while a fit runs it is what a user sees.
 */
import { StateError } from "../errors.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Comparison, FitProgress, PartialProgress, Progress } from "./resume.ts";

/** Empty before the first fit. */
export class ModelState {
  #fitted: FittedModel | null = null;
  /** What there is to go on with. */
  progress: Progress | null = null;
  /** A cross-validation that was interrupted. */
  comparison: Comparison | null = null;

  get isFitted(): boolean {
    return this.#fitted !== null;
  }

  /** @throws StateError before the first fit */
  get fitted(): FittedModel {
    if (!this.#fitted) throw new StateError("model", "the model is not fitted yet; call fit first");
    return this.#fitted;
  }

  /** Replaces the model. Progress of the old one is dropped, unless it is passed on. */
  replace(fitted: FittedModel, progress: Progress | null = null): void {
    this.#fitted = fitted;
    this.progress = progress;
    this.comparison = null;
  }

  /** State that partialFit left behind; null if something else came last. */
  get partial(): PartialProgress | null {
    return this.progress?.solver === "partial" ? this.progress : null;
  }

  /** The fit that was interrupted, if that came last. */
  get interrupted(): FitProgress | null {
    return this.progress?.solver === "partial" ? null : this.progress;
  }

  /** The interrupted fit, for this solver to go on with. @throws StateError none, or one of another solver */
  resumableBy(solver: ResolvedOptions["solver"]): FitProgress {
    const { interrupted } = this;
    if (!interrupted) throw new StateError("resume", "no fit was interrupted; leave resume out");
    if (interrupted.solver !== solver)
      throw new StateError(
        "resume",
        `the interrupted fit was one of ${interrupted.solver}, not of ${solver}`,
      );
    return interrupted;
  }
}
