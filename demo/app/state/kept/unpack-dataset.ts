/** Unpacks a data set from JSON and typed arrays, which may be damaged or made to do harm. */
import type { RowsInMemory } from "../../../../src/data/rows.ts";
import { inBlocks } from "../../data/arrays.ts";
import { BUILT_IN_NAMES, type BuiltIn } from "../../data/built-in.ts";
import type { DemoDataset, ImageShape, Origin, RowsCode, Samples } from "../../data/demo-dataset.ts";
import { checkSize } from "../../data/open-dataset.ts";
import type { PictureFit } from "../../data/pictures/picture-fit.ts";
import type { ColumnKind, TableColumn } from "../../data/tables/columns.ts";
import { MISSING } from "../../data/tables/columns.ts";
import type { TableEncoder } from "../../data/tables/encoder.ts";
import { type ArrayOf, ELEMENTS, Fields, fail, type ReadBytes } from "./fields.ts";

/** Context of unpacking. */
export interface UnpackContext {
  /** Name of the data in errors. */
  readonly place: string;
  readonly read: ReadBytes;
  readonly signal: AbortSignal;
}

/** @throws FormatError, LimitError data that are damaged or too large; the signal's reason, once it is aborted */
export async function unpackDataset(json: unknown, context: UnpackContext): Promise<DemoDataset> {
  const fields = new Fields(json, `${context.place}: data`);
  const cols = fields.count("cols");
  checkSize(1, cols, 1, context.place);
  const encoder = fields.isNull("encoder") ? null : await encoderIn(fields.get("encoder"));
  if (encoder && encoder.features.length !== cols) fail(fields.place("encoder"), `${cols} features`);
  const features = fields.isNull("features") ? null : fields.texts("features");
  if (features && features.length !== cols) fail(fields.place("features"), `${cols} names`);
  const rows = fields.isNull("rows") ? null : fields.fields("rows");
  const shape = { cols, encoder };
  const none = { x: { data: new Float32Array(), rows: 0, cols, ...scaleOf(fields) }, y: [] };
  const dataset = {
    ...{ name: fields.text("name"), description: fields.text("description") },
    train: rows ? await samplesIn(rows.fields("train"), shape, context) : none,
    validation: rows ? await samplesIn(rows.fields("validation"), shape, context) : none,
    image: fields.isNull("image") ? null : imageIn(fields.fields("image"), cols, fields.place("image")),
    pictures: fields.isNull("pictures") ? null : { fit: fitIn(fields.fields("pictures")) },
    ...{ features, encoder },
    code: fields.isNull("code") ? null : codeIn(fields.fields("code")),
    label: fields.isNull("label") ? null : fields.text("label"),
  };
  if (rows) checkParts(dataset, fields.place("rows"));
  return dataset;
}

/** Returns the name of a data set that came with the page; null for own data. @throws FormatError an unknown name */
export function builtInOf(fields: Fields): BuiltIn | null {
  if (fields.isNull("builtIn")) return null;
  const name = fields.text("builtIn");
  if (!Object.hasOwn(BUILT_IN_NAMES, name)) fail(fields.place("builtIn"), "known data");
  return name as BuiltIn;
}

function codeIn(fields: Fields): RowsCode {
  const imports = fields.get("imports");
  new Fields(imports, fields.place("imports"));
  const entries = Object.entries(imports as object);
  if (entries.some(([, from]) => typeof from !== "string")) fail(fields.place("imports"), "texts");
  return { imports: Object.fromEntries(entries), text: fields.text("text") };
}

/** Imports the encoder with the first encoded table, to keep the first load of the page small. */
async function encoderIn(json: unknown): Promise<TableEncoder> {
  const { TableEncoder } = await import("../../data/tables/encoder.ts");
  return TableEncoder.fromJson(json);
}

const FITS: readonly string[] = ["crop", "fit", "stretch"] satisfies readonly PictureFit[];

function fitIn(fields: Fields): PictureFit {
  const fit = fields.text("fit");
  if (!FITS.includes(fit)) fail(fields.place("fit"), "a way to fit pictures");
  return fit as PictureFit;
}

function imageIn(fields: Fields, cols: number, place: string): ImageShape {
  const [width, height, channels] = [fields.count("width"), fields.count("height"), fields.count("channels")];
  if (width * height * channels !== cols) fail(place, `a picture of ${cols} values`);
  if (channels !== 1 && channels !== 3) fail(place, "one channel or three");
  return { width, height, channels };
}

/** Checks what the parts are to each other. */
function checkParts({ train, validation, image }: DemoDataset, place: string): void {
  const known = new Set(train.y);
  if (known.size < 2) fail(place, "rows of two classes at least to train on");
  if (validation.y.length === 0) fail(place, "validation rows");
  if (validation.y.some((label) => !known.has(label))) fail(place, "validation rows of classes to train on");
  if (image && ("indptr" in train.x || "indptr" in validation.x)) fail(place, "pictures that are not sparse");
}

interface Shape {
  readonly cols: number;
  readonly encoder: TableEncoder | null;
}

async function samplesIn(fields: Fields, shape: Shape, context: UnpackContext): Promise<Samples> {
  const { read, signal } = context;
  const x = await rowsIn(fields.fields("x"), shape.cols, context);
  const labels = fields.labels("labels");
  const codes = await fields.array("codes", read, ["Uint32Array"], x.rows);
  await inBlocks(codes.length, signal, (row) => {
    if (codes[row] >= labels.length) fail(fields.place("codes"), "positions of labels");
  });
  const origin = fields.isNull("origin")
    ? null
    : await originIn(fields.fields("origin"), x.rows, shape.encoder, context);
  return { x, y: Array.from(codes, (code) => labels[code]), origin };
}

async function rowsIn(
  fields: Fields,
  D: number,
  { place, read, signal }: UnpackContext,
): Promise<RowsInMemory> {
  const [rows, cols] = [fields.count("rows"), fields.count("cols")];
  if (cols !== D) fail(fields.place("cols"), `${D} columns`);
  if (fields.text("form") === "dense") {
    checkSize(rows, cols, 1, place);
    const data = await fields.array("data", read, ELEMENTS, rows * cols);
    return { data, rows, cols, ...scaleOf(fields) };
  }
  checkSize(rows, 1, 1, place);
  const indptr = await fields.array("indptr", read, ["Uint32Array"], rows + 1);
  const indices = await fields.array("indices", read, ["Uint32Array"]);
  const data = fields.isNull("data")
    ? undefined
    : await fields.array("data", read, ["Float32Array", "Float64Array"], indices.length);
  await checkSparse(indptr, indices, cols, signal);
  return { indptr, indices, data, rows, cols };
}

/** Returns the field that rows have if their elements are no values. */
function scaleOf(fields: Fields): { readonly scale?: number } {
  if (fields.isNull("scale")) return {};
  const scale = fields.number("scale");
  const rounded = Math.fround(scale);
  if (!(rounded > 0 && Number.isFinite(rounded))) fail(fields.place("scale"), "a number above 0");
  return { scale };
}

/** Checks that rows begin where the one before ends, and name columns that there are. */
async function checkSparse(
  indptr: Uint32Array,
  indices: Uint32Array,
  cols: number,
  signal: AbortSignal,
): Promise<void> {
  const rows = indptr.length - 1;
  if (indptr[0] !== 0 || indptr[rows] !== indices.length) fail("sparse rows", "rows that fill their values");
  await inBlocks(rows, signal, (row) => {
    if (indptr[row + 1] < indptr[row]) fail("sparse rows", "rows one after the other");
  });
  await inBlocks(indices.length, signal, (at) => {
    if (indices[at] >= cols) fail("sparse rows", `columns below ${cols}`);
  });
}

async function originIn(
  fields: Fields,
  rows: number,
  encoder: TableEncoder | null,
  { read, signal }: UnpackContext,
): Promise<Origin> {
  if (fields.text("kind") === "pictures") {
    return { kind: "pictures", paths: await fields.textsInBytes("paths", read, rows, signal) };
  }
  const numbers = await fields.array("numbers", read, ["Uint32Array"], rows);
  const columns: TableColumn[] = [];
  for (const json of fields.list("columns")) {
    columns.push(await columnIn(new Fields(json, fields.place("columns")), rows, { read, signal }));
  }
  const asEncoded =
    encoder === null ||
    (columns.length === encoder.columns.length &&
      columns.every(
        ({ name, kind }, i) => name === encoder.columns[i].name && kind === encoder.columns[i].kind,
      ));
  if (!asEncoded) fail(fields.place("columns"), "the columns that were encoded");
  return { kind: "table", numbers, columns };
}

const NUMBERS: readonly string[] = ["number", "date"] satisfies readonly ColumnKind[];
const CATEGORIES: readonly string[] = ["yes-no", "category"] satisfies readonly ColumnKind[];

async function columnIn(
  fields: Fields,
  rows: number,
  { read, signal }: Pick<UnpackContext, "read" | "signal">,
): Promise<TableColumn> {
  const [name, kind] = [fields.text("name"), fields.text("kind")];
  if (NUMBERS.includes(kind)) {
    const values = await fields.array("values", read, ["Float64Array"], rows);
    if (kind === "date") await checkDates(values, fields.place("values"), signal);
    return { name, kind: kind as "number" | "date", values };
  }
  if (CATEGORIES.includes(kind)) {
    const values = fields.texts("values");
    const codes: ArrayOf<"Uint32Array"> = await fields.array("codes", read, ["Uint32Array"], rows);
    await inBlocks(rows, signal, (row) => {
      if (codes[row] !== MISSING && codes[row] >= values.length)
        fail(fields.place("codes"), "positions of values");
    });
    return { name, kind: kind as "yes-no" | "category", codes, values };
  }
  if (kind !== "text") fail(fields.place("kind"), "a kind of column");
  return { name, kind, texts: await fields.textsInBytes("texts", read, rows, signal) };
}

/** Days that dates can hold, before and after 1970-01-01. */
const MAX_DAY = 1e8;

async function checkDates(days: Float64Array, place: string, signal: AbortSignal): Promise<void> {
  await inBlocks(days.length, signal, (row) => {
    if (Math.abs(days[row]) > MAX_DAY) fail(place, "days that a calendar has");
  });
}
