/** CSV files with a header: one column of labels, the others numbers. */
import { DataError, LimitError, ShapeError } from "../../../src/index.ts";
import { csvRows } from "./csv-rows.ts";
import { CsvTable } from "./csv-table.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import { type NamedFile, nameOf, type OpenContext, type TableChoices } from "./open-context.ts";
import { count, datasetOf, someOf, toLabels } from "./open-dataset.ts";
import { PIXEL_SCALE, toPixels } from "./pixels.ts";

const SHARE = 1 / 5;
/** More tell of a column that names rows or measures something. */
const MAX_CLASSES = 1000;

/**
 * Reads the whole file; rows are counted from the header, which is row 1.
 *
 * @throws FormatError no such column, rows of another length, text where numbers belong, what `csvRows` refuses
 * @throws DataError   missing values, unless they are to be skipped; no rows; one class
 * @throws LimitError  more than {@link MAX_CLASSES} classes, more features than this page takes
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
  checkClasses(table, choices.label, path);
  const { features } = table;
  const side = Math.sqrt(features.length);
  if (choices.arePixels && !Number.isInteger(side)) {
    throw new ShapeError(path, `${features.length} features are the pixels of no square picture`);
  }
  const image = choices.arePixels ? ({ width: side, height: side, channels: 1 } as const) : null;
  const size = { rows: table.rows, cols: features.length };
  const x = image
    ? { data: toPixels(table.values, path), ...size, scale: PIXEL_SCALE }
    : { data: table.values, ...size };
  return datasetOf({
    argument: path,
    name: nameOf(file),
    samples: { x, y: toLabels(table.labels) },
    image,
    features: image ? null : features,
    share: SHARE,
    split: choices.split,
    remark: remarkOn(table),
  });
}

function checkClasses({ labels }: CsvTable, column: string, path: string): void {
  const classes = new Set(labels).size;
  if (classes <= MAX_CLASSES) return;
  throw new LimitError(
    path,
    `the column “${column}” would give ${count(classes)} classes, at most ${count(MAX_CLASSES)} are taken; it looks like ids or numbers, so choose another label column`,
  );
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
