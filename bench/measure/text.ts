/** Shapes and errors as text. */
import type { BenchShape } from "../record.ts";

/** Writes a shape, for example `"1024 × 784 × 10"`. */
export function shapeText({ rows, features, classes }: BenchShape): string {
  return `${rows} × ${features} × ${classes}`;
}

/** Returns the message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
