/** Yes and no as one feature, 1 and 0; the more frequent of them for missing cells, and whether the cell is missing. */
import { inBlocks } from "../arrays.ts";
import { brief } from "../text.ts";
import { isMissing, PLAIN_READING, readYesNo } from "./cells.ts";
import { type CategoryColumn, MISSING, type TableColumn } from "./columns.ts";
import { rankValues } from "./encode-category.ts";
import { booleanOf, type JsonFields, textsOf } from "./encoder-json.ts";
import {
  type DensePart,
  type DenseTarget,
  type EncoderColumn,
  otherKind,
  type ReadCell,
} from "./encoder-part.ts";

interface YesNoStatistics {
  /** Spellings that were seen, first the most frequent one of the more frequent meaning. */
  readonly values: readonly string[];
  readonly hasMissing: boolean;
}

/** Spellings that are kept at most. */
const MOST_VALUES = 30;

export class YesNoPart implements DensePart {
  readonly isSparse = false;
  readonly column: EncoderColumn;
  readonly names: readonly string[];
  readonly #statistics: YesNoStatistics;
  /** Value of a missing cell: 1 or 0. */
  readonly #usual: number;

  constructor(name: string, statistics: YesNoStatistics) {
    const { values, hasMissing } = statistics;
    const yes = values.find((value) => readYesNo(value) === 1) ?? "yes";
    this.column = { name, kind: "yes-no", values, usual: values[0] ?? "", reading: PLAIN_READING };
    this.names = [`${name}: ${yes}`, ...(hasMissing ? [`${name} is missing`] : [])];
    this.#statistics = statistics;
    this.#usual = readYesNo(values[0] ?? "no") === 1 ? 1 : 0;
  }

  /** Learns from training rows. */
  static async fit(column: CategoryColumn, signal: AbortSignal): Promise<YesNoPart> {
    const { ranked, countOf, hasMissing } = await rankValues(column, MOST_VALUES, signal);
    const rowsOf = (meaning: number) =>
      ranked.reduce((sum, value, i) => (readYesNo(value) === meaning ? sum + countOf[i] : sum), 0);
    const meaning = rowsOf(1) > rowsOf(0) ? 1 : 0;
    // The first one stands for missing cells: a spelling of the more frequent meaning, however it is spelt elsewhere.
    const usual = ranked.find((value) => readYesNo(value) === meaning);
    const others = ranked.filter((value) => value !== usual);
    return new YesNoPart(column.name, {
      values: usual === undefined ? ranked : [usual, ...others],
      hasMissing,
    });
  }

  /** @throws FormatError */
  static fromJson(fields: JsonFields, name: string): YesNoPart {
    const values = textsOf(fields, "values", MOST_VALUES);
    return new YesNoPart(name, { values, hasMissing: booleanOf(fields, "hasMissing") });
  }

  async write(column: TableColumn, { data, cols, at }: DenseTarget, signal: AbortSignal): Promise<void> {
    if (column.kind !== "yes-no") throw otherKind(this.column.name, "yes-no");
    const { codes } = column;
    const { hasMissing } = this.#statistics;
    const meanings = column.values.map(readYesNo);
    await inBlocks(codes.length, signal, (row) => {
      const meaning = codes[row] === MISSING ? Number.NaN : meanings[codes[row]];
      const isGap = Number.isNaN(meaning);
      data[row * cols + at] = isGap ? this.#usual : meaning;
      if (isGap && hasMissing) data[row * cols + at + 1] = 1;
    });
  }

  read(cell: string): ReadCell {
    const value = cell.trim();
    const isKnown = !Number.isNaN(readYesNo(value));
    const isWrong = !isKnown && !isMissing(value);
    return {
      column: {
        name: this.column.name,
        kind: "yes-no",
        codes: Uint32Array.of(isKnown ? 0 : MISSING),
        values: isKnown ? [value] : [],
      },
      problem: isWrong ? `“${brief(value)}” is neither yes nor no; it counts as missing` : "",
    };
  }

  toJson(): object {
    return this.#statistics;
  }
}
