/** Numbers and dates as features: standardised, the median for missing cells, and whether the cell is missing. */
import { FormatError } from "../../../../src/index.ts";
import { inBlocks } from "../arrays.ts";
import { brief } from "../text.ts";
import { isMissing, PLAIN_READING, type Reading, readDate, readNumber } from "./cells.ts";
import { dateText, type NumberColumn, type TableColumn } from "./columns.ts";
import { booleanOf, finiteOf, type JsonFields, oneOf } from "./encoder-json.ts";
import {
  type DensePart,
  type DenseTarget,
  type EncoderColumn,
  otherKind,
  type ReadCell,
} from "./encoder-part.ts";

/** Statistics of a column in the training rows. */
interface NumberStatistics {
  readonly median: number;
  readonly mean: number;
  /** Standard deviation; 0 of a constant. */
  readonly deviation: number;
  /** Whether training cells were missing, so that there is a feature for that. */
  readonly hasMissing: boolean;
}

/** Values that the median is taken of at most: evenly spaced rows of a longer column. */
const MEDIAN_VALUES = 2 ** 16;

export class NumberPart implements DensePart {
  readonly isSparse = false;
  readonly column: EncoderColumn;
  readonly names: readonly string[];
  readonly #kind: "number" | "date";
  readonly #reading: Reading;
  readonly #statistics: NumberStatistics;

  constructor(name: string, kind: "number" | "date", reading: Reading, statistics: NumberStatistics) {
    const { median, hasMissing } = statistics;
    this.#kind = kind;
    this.#reading = reading;
    this.#statistics = statistics;
    this.column = {
      name,
      kind,
      values: [],
      usual: kind === "date" ? dateText(Math.round(median)) : String(median),
      reading,
    };
    this.names = hasMissing ? [name, `${name} is missing`] : [name];
  }

  /** Learns from training rows. */
  static async fit(column: NumberColumn, signal: AbortSignal): Promise<NumberPart> {
    const { name, kind, reading = PLAIN_READING } = column;
    return new NumberPart(name, kind, reading, await statisticsOf(column.values, signal));
  }

  /** @throws FormatError */
  static fromJson(fields: JsonFields, name: string, kind: "number" | "date"): NumberPart {
    const decimal = oneOf(fields, "decimal", [".", ","] as const);
    const dates = oneOf(fields, "dates", ["d/m", "m/d"] as const);
    const deviation = finiteOf(fields, "deviation");
    if (deviation < 0) throw new FormatError(`${fields.path}.deviation`, "is below 0");
    const median = finiteOf(fields, "median");
    if (kind === "date" && Math.abs(median) > MOST_DAYS)
      throw new FormatError(`${fields.path}.median`, "is no date");
    const statistics = {
      median,
      mean: finiteOf(fields, "mean"),
      deviation,
      hasMissing: booleanOf(fields, "hasMissing"),
    };
    return new NumberPart(name, kind, { decimal, dates }, statistics);
  }

  async write(column: TableColumn, { data, cols, at }: DenseTarget, signal: AbortSignal): Promise<void> {
    if (column.kind !== this.#kind) throw otherKind(this.column.name, this.#kind);
    const { median, mean, deviation, hasMissing } = this.#statistics;
    const { values } = column;
    await inBlocks(values.length, signal, (row) => {
      const isGap = Number.isNaN(values[row]);
      const place = row * cols + at;
      if (deviation > 0) data[place] = bounded(((isGap ? median : values[row]) - mean) / deviation);
      if (isGap && hasMissing) data[place + 1] = 1;
    });
  }

  /** Reads a cell: a number in the form of the file if it has its comma, else as columns are shown, with a point. */
  read(cell: string): ReadCell {
    const value = this.#kind === "date" ? readDate(cell, this.#reading.dates) : this.#numberIn(cell);
    const isWrong = Number.isNaN(value) && !isMissing(cell);
    const noun = this.#kind === "date" ? "date" : "number";
    return {
      column: { name: this.column.name, kind: this.#kind, values: Float64Array.of(value) },
      problem: isWrong ? `“${brief(cell.trim())}” is no ${noun}; it counts as missing` : "",
    };
  }

  #numberIn(cell: string): number {
    const { decimal } = this.#reading;
    const isOfFile = decimal === "," && cell.includes(",");
    const value = readNumber(cell, isOfFile ? "," : ".");
    return Number.isNaN(value) ? readNumber(cell, isOfFile ? "." : decimal) : value;
  }

  toJson(): object {
    return { ...this.#reading, ...this.#statistics };
  }
}

/** Days that dates can be away from 1970. */
const MOST_DAYS = 1e8;

/** Returns the nearest value that float32 holds. */
function bounded(value: number): number {
  return Math.max(-FLOAT32_MOST, Math.min(FLOAT32_MOST, value));
}

const FLOAT32_MOST = 3.4e38;

async function statisticsOf(values: Float64Array, signal: AbortSignal): Promise<NumberStatistics> {
  let [count, mean, squares] = [0, 0, 0];
  // Welford's recurrence, which loses no digits of values with a large mean, such as years.
  await inBlocks(values.length, signal, (row) => {
    const value = values[row];
    if (Number.isNaN(value)) return;
    count++;
    const change = value - mean;
    mean += change / count;
    squares += change * (value - mean);
  });
  if (count === 0) return { median: 0, mean: 0, deviation: 0, hasMissing: values.length > 0 };
  const deviation = Math.sqrt(squares / count);
  const isConstant = !(deviation > LEAST_DEVIATION * Math.abs(mean));
  return {
    median: await medianOf(values, count, signal),
    mean,
    deviation: isConstant ? 0 : deviation,
    hasMissing: count < values.length,
  };
}

/** Deviation relative to the mean, below which a column is constant but for rounding. */
const LEAST_DEVIATION = 1e-13;

async function medianOf(values: Float64Array, count: number, signal: AbortSignal): Promise<number> {
  const step = Math.ceil(count / MEDIAN_VALUES);
  const taken = new Float64Array(Math.ceil(count / step));
  let [seen, length] = [0, 0];
  await inBlocks(values.length, signal, (row) => {
    if (!Number.isNaN(values[row]) && seen++ % step === 0) taken[length++] = values[row];
  });
  taken.sort();
  const middle = (length - 1) / 2;
  const [low, high] = [taken[Math.floor(middle)], taken[Math.ceil(middle)]];
  return low + (high - low) / 2;
}
