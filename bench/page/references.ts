/**
 * Records of known machines that come with the page: the files of bench/records, each loaded when it is shown. A file
 * there is a record as `npm run bench -- --json` writes it.
 */
import type { BenchRecord } from "../record.ts";
import { checkedRecord } from "./read-record.ts";

const FILES = import.meta.glob("../records/*.json", { import: "default" });

/** Loads all of them, newest first. Rejects if a file is missing or no record. */
export async function loadReferences(): Promise<BenchRecord[]> {
  const records = await Promise.all(Object.values(FILES).map(async (load) => checkedRecord(await load())));
  return records.sort((a, b) => b.date.localeCompare(a.date));
}
