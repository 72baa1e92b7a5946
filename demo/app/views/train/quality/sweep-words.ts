/** The choice of λ: which fit is the best, which simpler one does as well, and why, in words. */
import { formatBrief, formatCount, formatLoss, formatShare } from "../../../../ui/format.ts";
import type { SweepPoint, SweepRows } from "../../../state/penalty-sweep.ts";

/** Validation losses that differ by more, relatively, are worth a word. */
const NOTABLE = 0.02;
/** Of losses as near to the least as this, relatively, the largest λ is the best. */
const EQUAL = 0.005;

export interface SweepChoice {
  /** The largest λ whose validation loss is the least, or hardly above it. */
  readonly best: SweepPoint;
  /** The largest λ whose validation loss is within one standard error of the best; null if that is the best itself. */
  readonly simpler: SweepPoint | null;
}

/** Chooses among fits, the largest λ first. @param standardError of the least validation loss */
export function chooseFrom(points: readonly SweepPoint[], standardError: number): SweepChoice | null {
  const finite = points.filter(({ validation }) => Number.isFinite(validation.loss));
  if (finite.length === 0) return null;
  const least = Math.min(...finite.map(({ validation }) => validation.loss));
  const firstUpTo = (most: number) => finite.find(({ validation }) => validation.loss <= most) ?? finite[0];
  const best = firstUpTo(least * (1 + EQUAL));
  const simplest = firstUpTo(least + standardError);
  return { best, simpler: simplest.l2 > best.l2 ? simplest : null };
}

/** Returns why the best λ is the best, a sentence each. */
export function reasonsFor(points: readonly SweepPoint[], { best }: SweepChoice): string[] {
  const name = `λ = ${formatBrief(best.l2)}`;
  const [largest, least] = [points[0], points[points.length - 1]];
  const isLeast = points.every(({ validation }) => !(validation.loss < best.validation.loss));
  const found = `${name} has ${isLeast ? "the least" : "about the least"} validation loss, ${formatLoss(best.validation.loss)}; ${formatShare(best.validation.accuracy)} of the validation rows are right.`;
  return [found, belowText(best, least), aboveText(best, largest)];
}

function belowText(best: SweepPoint, least: SweepPoint): string {
  if (least === best)
    return "No smaller one was tried: there are so many rows that the model learns none by heart, and a penalty only holds it back.";
  if (least.validation.loss <= best.validation.loss * (1 + NOTABLE))
    return "Smaller ones change little: there are so many rows that the model learns none by heart.";
  return `Below λ = ${formatBrief(best.l2)} the model learns rows by heart: at λ = ${formatBrief(least.l2)} the training loss has fallen ${fromTo(best.training.loss, least.training.loss)}, the validation loss has risen ${fromTo(best.validation.loss, least.validation.loss)}.`;
}

function aboveText(best: SweepPoint, largest: SweepPoint): string {
  if (largest === best)
    return "No larger one was tried: the features say so little about the classes, or the rows are so few, that the smallest weights do best.";
  if (largest.validation.loss <= best.validation.loss * (1 + NOTABLE)) return "Larger ones change little.";
  return `Above it the weights are held so small that the model fits neither: at λ = ${formatBrief(largest.l2)} the training loss is ${formatLoss(largest.training.loss)}, the validation loss ${formatLoss(largest.validation.loss)}.`;
}

function fromTo(a: number, b: number): string {
  return `from ${formatLoss(a)} to ${formatLoss(b)}`;
}

/** Returns when one might prefer the simpler fit. */
export function simplerText({ best, simpler }: SweepChoice, standardError: number): string {
  if (!simpler) return "";
  return `λ = ${formatBrief(simpler.l2)} has smaller weights, and a loss within one standard error (${formatLoss(standardError)}) of that: ${formatLoss(simpler.validation.loss)}, with ${formatShare(simpler.validation.accuracy)} right instead of ${formatShare(best.validation.accuracy)}. The difference may be chance, so a common rule prefers the simpler model.`;
}

/** Returns which rows are used if that is a sample, else an empty text. */
export function sampleText({ training, validation }: SweepRows): string {
  const parts = [
    training[0] < training[1]
      ? `${formatCount(training[0])} of ${formatCount(training[1])} training rows`
      : "",
    validation[0] < validation[1]
      ? `${formatCount(validation[0])} of ${formatCount(validation[1])} validation rows`
      : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return "";
  return `To take seconds it uses ${parts.join(" and ")}, with every class in its share. On all rows a somewhat smaller λ may be the best.`;
}
