/**
 * What callers give for labels, in every form that is plainly a label or a distribution per row. A form is checked at
 * once, in no time that grows with the rows; labels are read one by one, soft labels are converted later.
 */
import { DataError, ShapeError } from "../errors.ts";
import { checkLength, flatOf, isFlat, isListLike } from "./flat.ts";
import { type GivenMatrix, isRow, openFlat, openMatrix } from "./given-matrix.ts";
import type { Label, LabelsLike } from "./labels.ts";
import { describe, type MatrixLike } from "./matrix.ts";
import { instead } from "./refused-forms.ts";
import { fromHalf } from "./storage.ts";

/** Labels or soft labels whose form is checked. */
export type GivenLabels =
  /** A label per row; `at` gives what a caller has for that of row i. */
  | { readonly kind: "labels"; readonly rows: number; readonly at: (i: number) => unknown }
  /** A row of probabilities per row. */
  | { readonly kind: "soft"; readonly rows: number; readonly matrix: GivenMatrix };

/**
 * Opens labels. One column is a label per row, since soft labels have at least two.
 *
 * @throws ShapeError, DataError, LimitError as {@link openMatrix}, and for what is no list of labels
 */
export function openLabels(given: LabelsLike, argument: string): GivenLabels {
  const y: unknown = given; // whatever the types say
  if (isFlat(y)) return openFlatLabels(y, argument);
  if (Array.isArray(y) && isRow(y[0])) {
    const matrix = openMatrix(y as MatrixLike, argument);
    if (matrix.cols > 1) return { kind: "soft", rows: matrix.rows, matrix };
    return { kind: "labels", rows: y.length, at: (i) => onlyOf(y[i], i, argument) };
  }
  if (!isListLike(y)) {
    throw new DataError(
      argument,
      `expected an array of labels or a matrix of soft labels, got ${instead(y, argument)}`,
    );
  }
  return { kind: "labels", rows: y.length, at: (i) => y[i] };
}

/** @throws ShapeError labels that are not one for each of `rows` rows */
export function checkLabelCount({ kind, rows: found }: GivenLabels, rows: number, argument: string): void {
  if (found === rows) return;
  const what = kind === "soft" ? "soft labels" : "a label";
  throw new ShapeError(argument, `expected ${what} for each of ${rows} rows, got ${found}`);
}

/** Reads labels one after the other and checks that all but ignored ones are of one type. */
export class LabelReader {
  readonly #at: (i: number) => unknown;
  readonly #argument: string;
  readonly #ignoreLabel: Label | undefined;
  #first: { readonly row: number; readonly label: unknown } | null = null;

  constructor(at: (i: number) => unknown, argument: string, ignoreLabel: Label | undefined) {
    this.#at = at;
    this.#argument = argument;
    this.#ignoreLabel = ignoreLabel;
  }

  /** @throws DataError a label that is negative, fractional, no number at all, or of another type than the first */
  read(row: number): Label {
    const given = this.#at(row);
    const label = typeof given === "bigint" ? this.#toNumber(given, row) : given;
    if (this.#ignoreLabel !== undefined && label === this.#ignoreLabel) return this.#ignoreLabel;
    this.#first ??= { row, label };
    if (typeof label !== typeof this.#first.label) {
      const first = `row ${this.#first.row} is ${describe(this.#first.label)}`;
      throw new DataError(
        this.#argument,
        `labels of mixed types: ${first}, row ${row} is ${describe(label)}`,
      );
    }
    if (isLabel(label)) return label;
    throw new DataError(
      this.#argument,
      `expected non-negative integers, strings or booleans, row ${row} is ${describe(label)}`,
    );
  }

  #toNumber(label: bigint, row: number): number {
    const number = Number(label);
    if (Number.isSafeInteger(number)) return number;
    throw new DataError(
      this.#argument,
      `expected integers within ±2⁵³, row ${row} is ${label}; use strings for larger ones`,
    );
  }
}

/** Says whether a value may name a class. */
export function isLabel(value: unknown): value is Label {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0;
  return typeof value === "string" || typeof value === "boolean";
}

function openFlatLabels(y: object, argument: string): GivenLabels {
  const flat = flatOf(y, argument);
  const { data, sizes, scale = 1 } = flat;
  const [rows, cols = 1] = sizes;
  if (sizes.length === 0)
    throw new ShapeError(argument, "expected a label for each row, [N], got a single value without a size");
  if (sizes.length > 2 || cols > 1) {
    const matrix = openFlat(y, flat, argument);
    return { kind: "soft", rows: matrix.rows, matrix };
  }
  if (!isListLike(data)) {
    throw new DataError(`${argument}.data`, `expected an array of labels, got ${describe(data)}`);
  }
  checkLength(data, rows, cols, argument);
  if (flat.areHalfBits) return { kind: "labels", rows, at: (i) => fromHalf(Number(data[i])) * scale };
  if (scale === 1) return { kind: "labels", rows, at: (i) => data[i] };
  return { kind: "labels", rows, at: (i) => Number(data[i]) * scale };
}

function onlyOf(row: unknown, i: number, argument: string): unknown {
  if (!isRow(row)) throw new DataError(argument, `expected an array of rows, row ${i} is ${describe(row)}`);
  if (row.length === 1) return row[0];
  throw new ShapeError(
    argument,
    `expected rows of equal length, row 0 has 1 columns and row ${i} has ${row.length}`,
  );
}
