/** Values from files that are no text, as text cells. */

/** Returns a value as the text of a cell: dates in ISO form, lists and objects as JSON, nothing as an empty cell. */
export function textOfValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) return bytesText(value);
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "";
}

/** Returns a date as `2024-08-10`, with hours and minutes if it has them; empty for one that does not exist. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return "";
  const text = date.toISOString();
  if (text.endsWith("T00:00:00.000Z")) return text.slice(0, -14);
  return text.replace("T", " ").replace(/(:00)?\.\d+Z$/, "");
}

/** Bytes of a cell that are written at most. */
const MOST_BYTES = 32;

function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, MOST_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
