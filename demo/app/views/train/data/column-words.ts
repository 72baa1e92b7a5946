/** Columns of a table in words: their kinds, their classes, what is said beside them, and where their errors belong. */
import { formatCount, formatCounted } from "../../../../ui/format.ts";
import type { ColumnKind } from "../../../data/tables/columns.ts";
import type { ColumnProfile, TableProfile } from "../../../data/tables/profile.ts";
import { brief } from "../../../data/text.ts";
import type { FormPlace } from "./form-problem.tsx";

/** The kinds, in the order of a list. */
export const KINDS: readonly ColumnKind[] = ["number", "date", "yes-no", "category", "text"];

/** Returns a kind as people call it. */
export function kindText(kind: ColumnKind | "leave out"): string {
  if (kind === "leave out") return "left out";
  return kind === "yes-no" ? "yes or no" : kind;
}

/** Classes that are listed at most. */
const MOST_LISTED = 6;

/** Returns what the values of a column would be as classes, the most frequent first. */
export function classesText({ counts, distinct }: ColumnProfile, isWhole: boolean): string {
  const among = isWhole ? "" : " among the first rows";
  const values = distinct === 1 ? "1 class" : `${formatCount(distinct)} classes`;
  if (!counts || counts.size === 0) return `Each of its values is a class: ${values}${among}.`;
  const sorted = Array.from(counts).sort(([, a], [, b]) => b - a);
  const listed = sorted
    .slice(0, MOST_LISTED)
    .map(
      ([value, rows], i) => `${brief(value)} (${i === 0 ? formatCounted(rows, "row") : formatCount(rows)})`,
    );
  return `${values}${among}: ${listed.join(", ")}${sorted.length > MOST_LISTED ? ", …" : "."}`;
}

/** Reasons that say no more than the kind does. */
const PLAIN_REASONS = ["numbers", "dates"];

/** Returns what is said beside a column: why it is left out or of its kind, how much is missing. */
export function columnNote({ advice, reason, missing }: ColumnProfile): string {
  const parts = [
    PLAIN_REASONS.includes(reason) ? "" : reason,
    missing > 0 && advice !== "empty" ? `${formatCount(missing)} missing` : "",
  ];
  return parts.filter(Boolean).join("; ");
}

/** Returns the part of the form in which an error of opening the table can be mended. */
export function placeOfProblem(problem: string, label: string, { columns }: TableProfile): FormPlace {
  // The sentence begins with the name of the file, which may have any words.
  const text = problem.slice(problem.indexOf(": ") + 1);
  const isNamed = (name: string) => text.includes(`“${brief(name)}”`);
  if (isNamed(label) || /\b(label|class)(s|es)?\b/.test(text)) return "label";
  return columns.some(({ name }) => isNamed(name)) ? "columns" : "top";
}
