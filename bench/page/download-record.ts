/** Saves a record as a file through the browser's own download. */
import type { BenchRecord } from "../record.ts";
import { fileName } from "./record-names.ts";

/** Starts the download. */
export function downloadRecord(record: BenchRecord): void {
  const blob = new Blob([`${JSON.stringify(record, null, 2)}\n`], { type: "application/json" });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(record);
  link.click();
  // A click only asks for the download; the address has to outlive the asking.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
