/** Categories as features: one for each frequent value, one for all others, and whether the cell is missing. */
import { FormatError } from "../../../../src/index.ts";
import { inBlocks } from "../arrays.ts";
import { brief } from "../text.ts";
import { isMissing, PLAIN_READING } from "./cells.ts";
import { type CategoryColumn, MISSING, type TableColumn } from "./columns.ts";
import { booleanOf, type JsonFields, textsOf } from "./encoder-json.ts";
import {
  type DensePart,
  type DenseTarget,
  type EncoderColumn,
  otherKind,
  type ReadCell,
} from "./encoder-part.ts";

/** Values with a feature of their own at most. */
export const MOST_VALUES = 30;

/**
 * Rows of a value with a feature of its own: a hundredth of the training rows, at most ten. A few rows tell little about
 * others, and many such features are learnt by heart.
 */
const LEAST_SHARE = 0.01;
const LEAST_ROWS = 10;

interface CategoryStatistics {
  /** The frequent values, the most frequent first. */
  readonly values: readonly string[];
  /** Whether training rows had other values. */
  readonly hasOthers: boolean;
  /** Whether training cells were missing. */
  readonly hasMissing: boolean;
}

export class CategoryPart implements DensePart {
  readonly isSparse = false;
  readonly column: EncoderColumn;
  readonly names: readonly string[];
  readonly #statistics: CategoryStatistics;
  readonly #places: ReadonlyMap<string, number>;

  constructor(name: string, statistics: CategoryStatistics) {
    const { values, hasOthers, hasMissing } = statistics;
    const usual = values[0] ?? "";
    this.column = { name, kind: "category", values, hasOthers, usual, reading: PLAIN_READING };
    this.#statistics = statistics;
    this.#places = new Map(values.map((value, place) => [value, place]));
    this.names = [
      ...values.map((value) => `${name}: ${value}`),
      ...(hasOthers ? [`${name}: other values`] : []),
      ...(hasMissing ? [`${name} is missing`] : []),
    ];
  }

  /** Learns from training rows. */
  static async fit(column: CategoryColumn, signal: AbortSignal): Promise<CategoryPart> {
    const { ranked, countOf, seen, hasMissing } = await rankValues(column, MOST_VALUES, signal);
    const least = Math.min(LEAST_ROWS, Math.ceil(LEAST_SHARE * column.codes.length));
    const values = ranked.filter((_, place) => countOf[place] >= least);
    return new CategoryPart(column.name, { values, hasOthers: seen > values.length, hasMissing });
  }

  /** @throws FormatError */
  static fromJson(fields: JsonFields, name: string): CategoryPart {
    const values = textsOf(fields, "values", MOST_VALUES);
    const statistics = {
      values,
      hasOthers: booleanOf(fields, "hasOthers"),
      hasMissing: booleanOf(fields, "hasMissing"),
    };
    if (new Set(values).size < values.length)
      throw new FormatError(`${fields.path}.values`, "has a value twice");
    return new CategoryPart(name, statistics);
  }

  async write(column: TableColumn, { data, cols, at }: DenseTarget, signal: AbortSignal): Promise<void> {
    if (column.kind !== "category") throw otherKind(this.column.name, "category");
    const { values, hasOthers, hasMissing } = this.#statistics;
    const others = hasOthers ? values.length : -1;
    const gaps = values.length + (hasOthers ? 1 : 0);
    const places = new Int32Array(column.values.length);
    await inBlocks(places.length, signal, (code) => {
      places[code] = this.#places.get(column.values[code]) ?? others;
    });
    const { codes } = column;
    await inBlocks(codes.length, signal, (row) => {
      const isGap = codes[row] === MISSING;
      const place = isGap ? 0 : places[codes[row]];
      const start = row * cols + at;
      if (place >= 0 && (place < values.length || hasOthers)) data[start + place] = 1;
      if (isGap && hasMissing) data[start + gaps] = 1;
    });
  }

  read(cell: string): ReadCell {
    const { name } = this.column;
    const value = cell.trim();
    const isGap = isMissing(value);
    const column: CategoryColumn = {
      name,
      kind: "category",
      codes: Uint32Array.of(isGap ? MISSING : 0),
      values: isGap ? [] : [value],
    };
    const isNew = !isGap && !this.#places.has(value) && !this.#statistics.hasOthers;
    return { column, problem: isNew ? `“${brief(value)}” was not among the training rows` : "" };
  }

  toJson(): object {
    return this.#statistics;
  }
}

/** The most frequent values of a column. */
interface RankedValues {
  /** The most frequent first; equally frequent ones in the order of their first cells. */
  readonly ranked: readonly string[];
  /** Rows of each of them. */
  readonly countOf: readonly number[];
  /** Number of all different values. */
  readonly seen: number;
  /** Whether cells are missing. */
  readonly hasMissing: boolean;
}

/** Returns the most frequent values of a column, at most `most`. */
export async function rankValues(
  { codes, values }: CategoryColumn,
  most: number,
  signal: AbortSignal,
): Promise<RankedValues> {
  const counts = new Uint32Array(values.length);
  let hasMissing = false;
  await inBlocks(codes.length, signal, (row) => {
    if (codes[row] === MISSING) hasMissing = true;
    else counts[codes[row]]++;
  });
  let seen = 0;
  const best: number[] = [];
  await inBlocks(counts.length, signal, (code) => {
    if (counts[code] === 0) return;
    seen++;
    if (best.length === most && counts[code] <= counts[best[most - 1]]) return;
    const place = best.findIndex((other) => counts[code] > counts[other]);
    best.splice(place < 0 ? best.length : place, 0, code);
    best.length = Math.min(best.length, most);
  });
  const [ranked, countOf] = [best.map((code) => values[code]), best.map((code) => counts[code])];
  return { ranked, countOf, seen, hasMissing };
}
