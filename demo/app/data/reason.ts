/** The message of an error without its argument, for sentences that already name the file. */
import { SoftmaxError } from "../../../src/index.ts";

/** Returns the message of an error, without the argument that the library's own errors begin with. */
export function reasonOf(error: unknown): string {
  if (error instanceof SoftmaxError) return error.message.slice(`${error.argument}: `.length);
  return error instanceof Error ? error.message : String(error);
}
