/** Refuses tables that are too large before anything of them is read. */
import { LimitError } from "../../../../src/errors.ts";
import type { NamedFile } from "../open-context.ts";
import { tableFormatOf } from "./formats.ts";

/**
 * Bytes of a text file at most. Its cells take about as much again in memory while it is read, and as much once more
 * as features.
 */
const MAX_TEXT = 2 ** 30;
/** Bytes of a packed file at most: unpacked, it is several times as large. */
const MAX_PACKED = 2 ** 28;

/** @throws LimitError a file that would not fit into memory */
export async function checkFileSize(named: NamedFile): Promise<void> {
  const { size } = named.file;
  if (size <= MAX_PACKED) return;
  const format = await tableFormatOf(named);
  const most = format === "csv" || format === "json" ? MAX_TEXT : MAX_PACKED;
  if (size <= most) return;
  throw new LimitError(
    named.path,
    `has ${megabytes(size)}, this page takes tables of at most ${megabytes(most)}; open a sample of its rows, or fewer columns`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 0 })} MB`;
}
