/** Tables as data sets: read to the end, split, and encoded by what the training rows tell. */
import { DataError, ShapeError } from "../../../../src/index.ts";
import type { DemoDataset, Samples } from "../demo-dataset.ts";
import { type NamedFile, nameOf, type OpenContext, type TableChoices } from "../open-context.ts";
import { checkClasses, checkSize, datasetOf, describe, PIXEL_SCALE, toPixels } from "../open-dataset.ts";
import { splitRows, takeCells, takeItems, takeNumbers } from "../split-rows.ts";
import type { TableColumn } from "./columns.ts";
import { TableEncoder } from "./encoder.ts";
import { profileTable } from "./profile-table.ts";
import { readTable, type WholeTable } from "./read-table.ts";
import { remarkOn } from "./remarks.ts";

/** Share of the rows that are held back for validation. */
const SHARE = 1 / 5;

/**
 * Opens a table of any format.
 *
 * @throws FormatError no such column, rows of another length, what the file's reader refuses
 * @throws DataError   no rows with labels, one class
 * @throws ShapeError  pixels of no square picture
 * @throws LimitError  more classes, columns, rows or text, or longer names, than this page takes
 */
export async function openTable(
  file: NamedFile,
  choices: TableChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  const { path } = file;
  const profile = await profileTable(file, { hasHeader: choices.hasHeader }, context.signal);
  const table = await readTable(file, profile, choices, context);
  if (table.numbers.length === 0) {
    const below = choices.hasHeader ? "below its header" : "of data";
    throw new DataError(path, table.unlabelled > 0 ? "has no row with a label" : `has no rows ${below}`);
  }
  return choices.arePixels
    ? openPixels(file, table, choices, context)
    : encoded(file, table, choices, context);
}

/** Takes numbers for the pixels of square pictures. */
async function openPixels(
  file: NamedFile,
  { pixels, features, labels, numbers, ...rest }: WholeTable,
  { split, label }: TableChoices,
  { signal }: OpenContext,
): Promise<DemoDataset> {
  const { path } = file;
  const side = Math.sqrt(features.length);
  if (!Number.isInteger(side))
    throw new ShapeError(path, `${features.length} features are the pixels of no square picture`);
  const data = await toPixels(pixels, path, signal);
  const x = { data, rows: labels.length, cols: features.length, scale: PIXEL_SCALE };
  const dataset = await datasetOf({
    argument: path,
    name: nameOf(file),
    samples: { x, y: labels, origin: { kind: "table", numbers, columns: [] } },
    image: { width: side, height: side, channels: 1 },
    split,
    signal,
    remark: remarkOn(rest),
  });
  return { ...dataset, label };
}

/** Splits the rows, learns the encoding from the training rows, and encodes both parts. */
async function encoded(
  file: NamedFile,
  table: WholeTable,
  { split, label }: TableChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  const { path: argument } = file;
  const { signal } = context;
  const { labels: y, numbers } = table;
  checkClasses({ y }, argument);
  const rows = await splitRows(y, { argument, share: SHARE, split, signal });
  const trainColumns: TableColumn[] = [];
  const heldColumns: TableColumn[] = [];
  // Each whole column is dropped once it is split, so that memory never holds all of them twice.
  const columns = table.columns.reverse();
  for (let column = columns.pop(); column; column = columns.pop()) {
    trainColumns.push(await takeCells(column, rows.train, signal));
    heldColumns.push(await takeCells(column, rows.validation, signal));
  }
  const encoder = await TableEncoder.fit(trainColumns, context);
  checkSize(y.length, encoder.denseFeatures, Float32Array.BYTES_PER_ELEMENT, argument);
  const part = async (columns: readonly TableColumn[], taken: Uint32Array): Promise<Samples> => ({
    x: await encoder.transform(columns, context),
    y: await takeItems(y, taken, signal),
    origin: { kind: "table", numbers: await takeNumbers(numbers, taken, signal), columns },
  });
  const train = await part(trainColumns, rows.train);
  const validation = await part(heldColumns, rows.validation);
  return {
    name: nameOf(file),
    description: describe(train, validation, null, remarkOn(table)),
    train,
    validation,
    image: null,
    features: encoder.features.map(({ name }) => name),
    encoder,
    label,
    code: null,
  };
}
