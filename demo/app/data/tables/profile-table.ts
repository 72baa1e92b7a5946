/** Looks at the first rows of a table: the header, the kinds of columns, the most likely labels. */
import type { NamedFile } from "../open-context.ts";
import type { TableProfile } from "./profile.ts";

interface ProfileOptions {
  /** Whether the first row holds the names of the columns. Default: guessed. */
  readonly hasHeader?: boolean;
}

/** Reads the first rows of a table. @throws FormatError, LimitError what the file's reader refuses */
export declare function profileTable(
  file: NamedFile,
  options: ProfileOptions,
  signal: AbortSignal,
): Promise<TableProfile>;
