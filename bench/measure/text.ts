/** Shapes and errors in plain words. */
import type { BenchShape } from "../record.ts";

/** For example `"1024 × 784 × 10"`. */
export function shapeText({ rows, features, classes }: BenchShape): string {
  return `${rows} × ${features} × ${classes}`;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
