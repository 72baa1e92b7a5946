/** Opens a table of any format. The readers that few files need are loaded with the first such file. */
import type { NamedFile, OpenContext } from "../open-context.ts";
import { tableFormatOf } from "./formats.ts";
import type { TableSource } from "./table-source.ts";

/** Opens a table of any format. @throws FormatError, LimitError that begin with the file's name */
export async function openSource(file: NamedFile, context: OpenContext): Promise<TableSource> {
  const format = await tableFormatOf(file);
  if (format === "json") return (await import("./json.ts")).openJson(file, context);
  if (format === "xlsx" || format === "parquet")
    return (await import("./worker-source.ts")).openInWorker(format, file, context);
  return new (await import("./csv.ts")).CsvSource(file, context);
}
