/** Parquet files as rows. Runs in a Worker, or in Node. */
import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { FormatError, LimitError } from "../../../../src/errors.ts";
import { formatCount } from "../../../ui/format.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";
import { checkSize } from "../open-dataset.ts";
import { brief, reasonOf } from "../text.ts";
import { textOfValue } from "./cell-values.ts";
import type { TableRows, TableSource } from "./table-source.ts";

/** Bytes of the columns at most, unpacked. */
const MAX_UNPACKED = 2 ** 31;
/** Cells that are given on at a time. */
const BATCH_CELLS = 2 ** 14;

/** Reads the description at the file's end. @throws FormatError, LimitError that name the file */
export async function openParquet(named: NamedFile, context: OpenContext): Promise<TableSource> {
  const { file, path } = named;
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer(),
  };
  const metadata = await attempt(path, () => parquetMetadataAsync(buffer));
  const names = await attempt(path, async () =>
    parquetSchema(metadata).children.map(({ element }) => element.name),
  );
  const rows = Number(metadata.num_rows);
  if (!Number.isSafeInteger(rows) || rows < 0) throw new FormatError(path, "says no number of rows");
  checkSize(rows, names.length, Float64Array.BYTES_PER_ELEMENT, path);
  checkUnpacked(metadata, path);
  return { names, delimiter: null, remarks: [], rows: () => readRows() };

  async function* readRows(): AsyncGenerator<TableRows> {
    const most = Math.max(1, Math.ceil(BATCH_CELLS / names.length));
    let first = 1;
    for (const group of metadata.row_groups) {
      const rowStart = first - 1;
      const rowEnd = rowStart + Number(group.num_rows);
      const table = await attempt(path, () => groupOf(rowStart, rowEnd));
      for (let at = 0; at < table.length; at += most) {
        context.signal.throwIfAborted();
        context.onProgress({ text: `Reading ${path}`, share: (rowStart + at) / rows });
        yield { first: first + at, rows: table.slice(at, at + most).map((row) => row.map(textOfValue)) };
      }
      first = rowEnd + 1;
    }
  }

  async function groupOf(rowStart: number, rowEnd: number): Promise<readonly unknown[][]> {
    let found: unknown[][] = [];
    const onComplete = (all: unknown[][]) => {
      found = all;
    };
    await parquetRead({ file: buffer, metadata, compressors, rowStart, rowEnd, onComplete });
    return found;
  }
}

function checkUnpacked({ row_groups }: FileMetaData, path: string): void {
  let size = 0;
  for (const { columns } of row_groups)
    for (const { meta_data } of columns) size += Number(meta_data?.total_uncompressed_size ?? 0);
  if (size <= MAX_UNPACKED) return;
  throw new LimitError(
    path,
    `unpacks to ${formatCount(size)} bytes, this page takes at most ${formatCount(MAX_UNPACKED)}`,
  );
}

/** Runs a step of the reader, whose errors are about the file. @throws FormatError */
async function attempt<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (cause) {
    throw new FormatError(path, `cannot be read as Parquet: ${brief(reasonOf(cause))}`, { cause });
  }
}
