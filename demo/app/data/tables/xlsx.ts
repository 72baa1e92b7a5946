/** The first sheet of a workbook (XLSX) that has content, as rows. Runs in a Worker, or in Node. */
import { zipSync } from "fflate";
import readWorkbook, { type Row } from "read-excel-file/universal";
import { FormatError, LimitError, SoftmaxError } from "../../../../src/errors.ts";
import { formatCount } from "../../../ui/format.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";
import { brief } from "../text.ts";
import { textOfValue } from "./cell-values.ts";
import type { TableRows, TableSource } from "./table-source.ts";
import { readDirectory, unpack, type ZipEntry } from "./zip.ts";

/** Bytes of XML at most: about ten times as much memory is needed to read it. */
const MAX_XML = 2 ** 28;
/** Sizes of a sheet by its format. */
const MAX_ROW = 2 ** 20;
const MAX_COLUMN = 2 ** 14;
/** Cells of a sheet at most, empty ones too: all its rows are as long as the longest. */
const MAX_CELLS = 2 ** 26;
/** Rows that are given on at a time. */
const BATCH = 2 ** 10;

/** Reads a workbook. @throws FormatError, LimitError that name the file */
export async function openXlsx({ file, path }: NamedFile, context: OpenContext): Promise<TableSource> {
  const entries = (await readDirectory(file, path)).filter(({ name }) => /\.xml(\.rels)?$/.test(name));
  checkSizes(entries, path);
  const files: Record<string, Uint8Array> = Object.create(null);
  let done = 0;
  for (const entry of entries) {
    context.onProgress({ text: `Unpacking ${path}`, share: done++ / entries.length });
    const xml = await unpack(file, entry, path);
    context.signal.throwIfAborted();
    if (/^xl\/worksheets\//.test(entry.name)) checkSheet(xml, path);
    files[entry.name] = xml;
  }
  const sheets = await parsed(files, path);
  const at = sheets.findIndex(({ data }) => data.length > 0);
  if (at < 0) throw new FormatError(path, "has no sheet with content");
  const remark =
    sheets.length > 1 ? `Read from the sheet “${brief(sheets[at].sheet)}”, one of ${sheets.length}.` : "";
  return new XlsxSource(sheets[at].data, remark);
}

/** Reads the XML. The reader unpacks by a Worker made of text, which this page forbids, so it gets a stored archive. */
async function parsed(files: Record<string, Uint8Array>, path: string) {
  try {
    const stored = zipSync(files, { level: 0 });
    return await readWorkbook(stored.buffer as ArrayBuffer);
  } catch (cause) {
    if (cause instanceof SoftmaxError) throw cause;
    throw new FormatError(path, `is no workbook that can be read: ${reason(cause)}`, { cause });
  }
}

function reason(cause: unknown): string {
  return brief(cause instanceof Error && cause.message ? cause.message : "its content is damaged");
}

function checkSizes(entries: readonly ZipEntry[], path: string): void {
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (size <= MAX_XML) return;
  throw new LimitError(
    path,
    `unpacks to ${formatCount(size)} bytes, this page takes at most ${formatCount(MAX_XML)}; save the table as CSV`,
  );
}

/** Refuses a sheet that would be far larger in memory than in the file. @throws LimitError, FormatError */
function checkSheet(xml: Uint8Array, path: string): void {
  const text = new TextDecoder().decode(xml);
  let [rows, columns, untold] = [0, 0, 0];
  for (const [, letters, digits] of text.matchAll(/<(?:\w+:)?(?:c|row)\b[^>]*?\sr="([A-Za-z]*)(\d+)"/g)) {
    rows = Math.max(rows, Number(digits));
    columns = Math.max(columns, columnOf(letters));
  }
  for (const _ of text.matchAll(/<(?:\w+:)?row\b/g)) untold++;
  rows = Math.max(rows, untold);
  if (rows <= MAX_ROW && columns <= MAX_COLUMN && rows * columns <= MAX_CELLS) return;
  throw new LimitError(
    path,
    `has a sheet of ${formatCount(rows)} rows and ${formatCount(columns)} columns, which is too large; save its table as CSV`,
  );
}

/** Returns the number of a column from its letters: 1 of A, 27 of AA. */
function columnOf(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) number = 26 * number + letter.charCodeAt(0) - 64;
  return number;
}

class XlsxSource implements TableSource {
  readonly names = null;
  readonly delimiter = null;
  readonly remarks: readonly string[];
  readonly #data: readonly Row[];

  constructor(data: readonly Row[], remark: string) {
    this.#data = data;
    this.remarks = remark ? [remark] : [];
  }

  async *rows(): AsyncGenerator<TableRows> {
    for (let at = 0; at < this.#data.length; at += BATCH) {
      yield { first: at + 1, rows: this.#data.slice(at, at + BATCH).map(cellsOf) };
    }
  }
}

/** Returns a row as text cells; an empty one as an empty line. */
function cellsOf(row: Row): readonly string[] {
  const cells = row.map(textOfValue);
  return cells.every((cell) => cell.trim() === "") ? [""] : cells;
}
