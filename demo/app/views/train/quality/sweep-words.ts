/** The choice of λ in words: the best fit, a simpler one that may do as well, and the losses of the others. */
import { formatBrief, formatCount, formatLoss, formatShare } from "../../../../ui/format.ts";
import type { SweepPoint, SweepRows } from "../../../state/penalty-sweep.ts";

/** Relative distance from the least validation loss within which the largest λ is the best. */
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
  const isLeast = points.every(({ validation }) => !(validation.loss < best.validation.loss));
  const found = `${name} has ${isLeast ? "the least" : "about the least"} validation loss, ${formatLoss(best.validation.loss)}; ${formatShare(best.validation.accuracy)} of the validation rows are right.`;
  const smaller = points.filter(({ l2 }) => l2 < best.l2).reverse();
  const larger = points.filter(({ l2 }) => l2 > best.l2);
  return [found, othersText("smaller", smaller, best), othersText("larger", larger, best)];
}

/** Returns the losses of the λ on one side of the best in words. @param others the furthest λ first */
function othersText(side: "smaller" | "larger", others: readonly SweepPoint[], best: SweepPoint): string {
  if (others.length === 0) return `No ${side} λ was tried.`;
  const [{ l2, training, validation }] = others;
  const isLower = others.some((point) => point.validation.loss < best.validation.loss);
  const found = isLower
    ? `lowered the validation loss by less than ${formatShare(EQUAL)}`
    : "gave no lower validation loss";
  return `${side === "smaller" ? "Smaller" : "Larger"} λ ${found}: at λ = ${formatBrief(l2)} it is ${formatLoss(validation.loss)}, with a training loss of ${formatLoss(training.loss)} instead of ${formatLoss(best.training.loss)}.`;
}

/** Returns the case for the simpler fit. */
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
