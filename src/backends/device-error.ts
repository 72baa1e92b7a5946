/** Makes this library's errors of what engines throw, with the engine's own words in the message. */
import { DeviceError } from "../errors.ts";

/** What an engine says of a failure, whatever it throws. */
export function wordsOf(cause: unknown): string {
  return (cause instanceof Error && cause.message) || String(cause);
}

/** A DeviceError that says what failed and why; one that is thrown already stays as it is. */
export function deviceErrorOf(what: string, cause: unknown): DeviceError {
  if (cause instanceof DeviceError) return cause;
  return new DeviceError("device", `${what}: ${wordsOf(cause)}`, { cause });
}
