/** CSV files with a header: one column of labels, the others numbers. */
import { DataError, ShapeError } from "../../../src/index.ts";
import { csvRows } from "./csv-rows.ts";
import { CsvTable } from "./csv-table.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import { type NamedFile, nameOf, type OpenContext, type TableChoices } from "./open-context.ts";
import { count, datasetOf, someOf } from "./open-dataset.ts";
import { PIXEL_SCALE, toPixels } from "./pixels.ts";

const SHARE = 1 / 5;

/**
 * Reads the whole file; rows are counted from the header, which is row 1.
 *
 * @throws FormatError no such column, rows of another length, text where numbers belong, what `csvRows` refuses
 * @throws DataError   missing values, unless they are to be skipped; no rows; one class
 * @throws LimitError  more classes, columns, rows or values, or longer names, than this page takes
 */
export async function openCsv(
  file: NamedFile,
  choices: TableChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  const { path } = file;
  let table: CsvTable | null = null;
  for await (const batch of csvRows(file, context)) {
    const { first, rows } = batch;
    const start = table ? 0 : 1;
    table ??= new CsvTable(batch, choices, path);
    for (let i = start; i < rows.length; i++) table.add(rows[i], first + i);
  }
  if (!table || table.rows === 0) throw new DataError(path, "has no rows below its header");
  const { features } = table;
  const side = Math.sqrt(features.length);
  if (choices.arePixels && !Number.isInteger(side)) {
    throw new ShapeError(path, `${features.length} features are the pixels of no square picture`);
  }
  const image = choices.arePixels ? ({ width: side, height: side, channels: 1 } as const) : null;
  const size = { rows: table.rows, cols: features.length };
  const x = image
    ? { data: await toPixels(table.values, path, context.signal), ...size, scale: PIXEL_SCALE }
    : { data: table.values, ...size };
  return datasetOf({
    argument: path,
    name: nameOf(file),
    samples: { x, y: table.labels },
    image,
    features: image ? null : features,
    share: SHARE,
    split: choices.split,
    signal: context.signal,
    remark: remarkOn(table),
  });
}

/** What was left out or changed, in plain sentences. */
function remarkOn({ leftOut, skipped, hasCommas }: CsvTable): string {
  const sentences = [
    leftOut.length > 0 && `Columns left out: ${someOf(leftOut)}.`,
    skipped > 0 && `Rows with missing values, left out: ${count(skipped)}.`,
    hasCommas && "Commas in numbers were read as decimal commas.",
  ];
  return sentences.filter((sentence) => sentence !== false).join(" ");
}
