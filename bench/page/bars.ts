/** The bars of a record: rows a second of every contender at the shape of its headline. */
import { rowsPerSecond } from "../figures.ts";
import { type BenchRecord, isCorrect } from "../record.ts";
import {
  contenderLabel,
  type FailedContender,
  failedContender,
  libraryOf,
  OWN_NAME,
} from "./contender-names.ts";
import { headlineShape, headlineSteps } from "./headline.ts";

/** A contender and its rate. */
export interface RateBar {
  /** Differs from those of all other bars. */
  readonly label: string;
  /** Rows a second; null if there is no correct result. */
  readonly rate: number | null;
  /** The reason why there is no rate. */
  readonly reason?: "wrong" | "not measured";
  /** Whether it is this library. */
  readonly isOwn: boolean;
}

/** Returns a bar for each contender: correct results from fast to slow, then wrong ones, then failures. */
export function barsOf(record: BenchRecord): RateBar[] {
  const steps = headlineSteps(record);
  const failed = failedContenders(record);
  const severalStorages =
    new Set([...steps, ...failed].map(({ storage }) => storage).filter((storage) => storage !== null)).size >
    1;
  const labelOf = (label: string, storage: string | null) =>
    severalStorages && storage !== null ? `${label}, ${storage}` : label;
  const bars = new Map<string, RateBar>();
  for (const step of steps) {
    const label = labelOf(contenderLabel(step.contender), step.storage);
    const isOwn = libraryOf(step.contender) === OWN_NAME;
    const bar: RateBar = isCorrect(step)
      ? { label, rate: rowsPerSecond(step), isOwn }
      : { label, rate: null, reason: "wrong", isOwn };
    if (!bars.has(label)) bars.set(label, bar);
  }
  const measured = [...bars.values()].sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1));
  for (const one of failed) {
    const label = labelOf(one.label, one.storage);
    const bar: RateBar = { label, rate: null, reason: "not measured", isOwn: one.label.startsWith(OWN_NAME) };
    if (!bars.has(label)) bars.set(label, bar);
  }
  return [...measured, ...[...bars.values()].slice(measured.length)];
}

function failedContenders(record: BenchRecord): FailedContender[] {
  const shape = headlineShape(record);
  return record.failures.flatMap((failure) => failedContender(failure, shape) ?? []);
}
