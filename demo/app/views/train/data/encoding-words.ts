/** The encoding of a table's columns in words. */
import { formatCount } from "../../../../ui/format.ts";
import { inBlocks } from "../../../data/arrays.ts";
import { MISSING, type TableColumn } from "../../../data/tables/columns.ts";
import type { EncoderColumn, TableEncoder } from "../../../data/tables/encoder.ts";
import { brief } from "../../../data/text.ts";

/** Values of a column that are named at most. */
const MOST_VALUES = 5;

export function columnsText(count: number): string {
  return count === 1 ? "1 column" : `${formatCount(count)} columns`;
}

/** Returns a sentence part such as `"age: number, median 41 for 12 missing cells"`. */
export function encodingText(column: EncoderColumn, features: number, missing: number): string {
  const { name, kind, values, usual } = column;
  const cells = missing === 1 ? "1 missing cell" : `${formatCount(missing)} missing cells`;
  const instead = (what: string) =>
    missing > 0 && usual !== "" ? `, ${what}${brief(usual)} for ${cells}` : "";
  if (kind === "number" || kind === "date") return `${brief(name)}: ${kind}${instead("median ")}`;
  if (kind === "text")
    return `${brief(name)}: ${features === 1 ? "1 word" : `${formatCount(features)} words`}`;
  const list =
    values.slice(0, MOST_VALUES).map(named).join(", ") + (values.length > MOST_VALUES ? ", …" : "");
  const kindOfValues = kind === "yes-no" ? "yes or no" : `${formatCount(values.length)} values`;
  return `${brief(name)}: ${kindOfValues} (${list})${kind === "yes-no" ? instead("") : ""}`;
}

/** Returns a value, in quotation marks if it has a comma, which would look like two values. */
function named(value: string): string {
  return value.includes(",") ? `“${brief(value)}”` : brief(value);
}

/** Returns the number of features of each column of the encoder. */
export function featuresPerColumn({ columns, features }: TableEncoder): Uint32Array {
  const counts = new Uint32Array(columns.length);
  for (const { column } of features) counts[column]++;
  return counts;
}

/** Returns the number of missing cells of each column. @throws the signal's reason, once it is aborted */
export async function countMissing(columns: readonly TableColumn[], signal: AbortSignal): Promise<number[]> {
  const counts: number[] = [];
  for (const column of columns) {
    let count = 0;
    if (column.kind === "text") {
      await inBlocks(column.texts.length, signal, (row) => {
        if (column.texts[row] === "") count++;
      });
    } else if ("codes" in column) {
      await inBlocks(column.codes.length, signal, (row) => {
        if (column.codes[row] === MISSING) count++;
      });
    } else {
      await inBlocks(column.values.length, signal, (row) => {
        if (Number.isNaN(column.values[row])) count++;
      });
    }
    counts.push(count);
  }
  return counts;
}
