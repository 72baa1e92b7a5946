/** The profile of a table, made from its first rows, and the choices that follow from it. Reads no files. */
import { formatCount, formatCounted } from "../../../ui/format.ts";
import type { TableChoices } from "../open-context.ts";
import { brief } from "../text.ts";
import type { Reading } from "./cells.ts";
import type { ColumnKind } from "./columns.ts";

/** Advice about a column: an id, a constant and an empty column tell nothing about other rows. */
export type ColumnAdvice = "use" | "id" | "constant" | "empty";

/** A column, by its name and the sampled rows. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How its numbers and dates are written. */
  readonly reading: Reading;
  /** Number of different values among the sampled rows. */
  readonly distinct: number;
  /** Number of missing cells among the sampled rows. */
  readonly missing: number;
  /** The first few different values. */
  readonly examples: readonly string[];
  readonly advice: ColumnAdvice;
  /** The reason for the kind or the advice, in plain words. */
  readonly reason: string;
  /** Rows of each value of the sample, the first rows first; null if there are more values than can be classes. */
  readonly counts: ReadonlyMap<string, number> | null;
}

/** The profile of a table, by its first rows. */
export interface TableProfile {
  /** Whether the first row holds the names of the columns. */
  readonly hasHeader: boolean;
  /** Whether that is certain: given by the format, by the caller, or plain to see. */
  readonly isHeaderSure: boolean;
  /** Whether the format itself names the columns, so that nobody needs to be asked about a header. */
  readonly isNamed: boolean;
  /** The first five rows below the header. */
  readonly preview: readonly (readonly string[])[];
  readonly columns: readonly ColumnProfile[];
  /** Name of the column that is most likely the labels. */
  readonly label: string;
  readonly sampledRows: number;
  /** Whether the sampled rows are all there are. */
  readonly isWhole: boolean;
  /** A sentence about the encoding or the sheet; empty if there is nothing to say. */
  readonly remark: string;
}

/** Least width of a picture, pixels. */
const LEAST_SIDE = 4;

/** Returns the choices that are made unless a person makes others. */
export function defaultTableChoices(profile: TableProfile): TableChoices {
  const { hasHeader, label, columns } = profile;
  const others = columns.filter(({ name }) => name !== label);
  const mayBePixels = others.every(({ kind, name }) => kind === "number" && /^pi?x/i.test(name));
  return {
    hasHeader,
    label,
    kinds: new Map(),
    split: "stratified",
    arePixels: mayBePixels && pictureSide(others.length) !== null,
  };
}

/** Returns the side of a square picture of so many pixels; null if there is none. */
export function pictureSide(features: number): number | null {
  const side = Math.sqrt(features);
  return Number.isInteger(side) && side >= LEAST_SIDE ? side : null;
}

/** Returns how a column is used by these choices. Pixels that are always 0 keep their places in the picture. */
export function kindOfColumn(column: ColumnProfile, choices: TableChoices): ColumnKind | "leave out" {
  const { name, kind, advice } = column;
  const isUsed = advice === "use" || (choices.arePixels && kind === "number");
  return choices.kinds.get(name) ?? (isUsed ? kind : "leave out");
}

/** Classes and rows of a class that make a label column doubtful. */
const MANY_CLASSES = 50;
const FEW_ROWS = 5;
const MANY_NUMBERS = 20;

/** Returns sentences about what is doubtful in a column as labels; empty if nothing is. */
export function labelWarnings(profile: TableProfile, name: string): string[] {
  const column = profile.columns.find((known) => known.name === name);
  if (!column) return [];
  const { distinct, kind, missing, counts, advice } = column;
  const named = `“${brief(name)}”`;
  const warnings: string[] = [];
  if (distinct < 2) {
    const all = distinct === 0 ? "has no values" : "has the same value everywhere";
    return [`${named} ${all} in the first rows; a classifier needs at least two classes.`];
  }
  if (kind === "text") warnings.push(`${named} holds texts; a classifier needs classes.`);
  else if (kind === "number" && distinct > MANY_NUMBERS)
    warnings.push(`${named} has ${formatCount(distinct)} different numbers; a classifier needs classes.`);
  else if (advice === "id")
    warnings.push(`${named} has another value in every row; a classifier needs classes.`);
  else if (distinct > MANY_CLASSES)
    warnings.push(`${named} has ${formatCount(distinct)} classes; many of them will be hard to tell apart.`);
  const tiny = Array.from(counts ?? []).filter(([, rows]) => rows < FEW_ROWS);
  if (warnings.length === 0 && tiny.length > 0) {
    const [value, rows] = tiny[0];
    const more = tiny.length - 1;
    const others = more > 0 ? `, and ${formatCounted(more, "more class", "more classes")} as rare` : "";
    const count = formatCounted(rows, "row");
    warnings.push(`The class “${brief(value)}” has ${count}${others}: too few to learn from.`);
  }
  if (missing > 0) {
    const of = profile.isWhole ? "" : " of the first rows";
    warnings.push(`${formatCounted(missing, "row")}${of} without a value in ${named} will be left out.`);
  }
  return warnings;
}
