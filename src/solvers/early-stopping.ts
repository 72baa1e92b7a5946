/** Early stopping: stops once the validation loss has not improved for `patience` epochs, and keeps the best epoch. */
import type { Parameters } from "../objective.ts";

/** How long to wait for a better epoch. */
export interface EarlyStopping {
  /** Epochs without improvement after which training stops, ≥ 0. Default 5. */
  readonly patience?: number;
  /** Least fall of the validation loss that counts as improvement, ≥ 0. Default 0. */
  readonly minDelta?: number;
}

/** The best epoch so far. */
export interface BestEpoch {
  readonly epoch: number;
  readonly loss: number;
  readonly parameters: Parameters;
}

/** Returns the better of the best epoch so far and this one. A loss that is NaN or infinite is never the best. */
export function betterOf(
  best: BestEpoch | null,
  latest: BestEpoch,
  { minDelta = 0 }: EarlyStopping,
): BestEpoch | null {
  if (!Number.isFinite(latest.loss)) return best;
  return best && !(latest.loss < best.loss - minDelta) ? best : latest;
}

/** Whether `epoch` is so long after the best one that training is to stop. */
export function isOver(best: BestEpoch, epoch: number, { patience = 5 }: EarlyStopping): boolean {
  return epoch - best.epoch > 0 && epoch - best.epoch >= patience;
}
