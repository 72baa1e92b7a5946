/** The bars of a record: rows a second of every contender at the shape of its headline. */
import { rowsPerSecond } from "../figures.ts";
import { type BenchRecord, isCorrect } from "../record.ts";
import { contenderLabel, failedContender, libraryOf, OWN_NAME } from "./contender-names.ts";
import { headlineShape, headlineSteps } from "./headline.ts";

/** One bar. */
export interface RateBar {
  readonly label: string;
  /** Rows a second; null if there is no correct result. */
  readonly rate: number | null;
  /** Why there is no rate. */
  readonly reason?: "wrong" | "not measured";
  /** Whether it is this library. */
  readonly isOwn: boolean;
}

/** Returns the bars, longest first, then what is wrong, then what could not be measured. */
export function barsOf(record: BenchRecord): RateBar[] {
  const shape = headlineShape(record);
  const steps = headlineSteps(record);
  const severalStorages = new Set(steps.map(({ storage }) => storage)).size > 1;
  const bars = steps.map((step): RateBar => {
    const label = contenderLabel(step.contender) + (severalStorages ? `, ${step.storage}` : "");
    const isOwn = libraryOf(step.contender) === OWN_NAME;
    return isCorrect(step)
      ? { label, rate: rowsPerSecond(step), isOwn }
      : { label, rate: null, reason: "wrong", isOwn };
  });
  const has = new Set(bars.map(({ label }) => label));
  const missing = record.failures.flatMap((failure): RateBar[] => {
    const label = failedContender(failure, shape);
    if (label === null || has.has(label)) return [];
    return [{ label, rate: null, reason: "not measured", isOwn: libraryOf(label).startsWith(OWN_NAME) }];
  });
  return [...bars.sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1)), ...missing];
}
