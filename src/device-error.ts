/** Turns what engines throw into this library's errors, with the engine's own message. */
import { DeviceError } from "./errors.ts";

/** Returns the message of anything that an engine throws. */
export function wordsOf(cause: unknown): string {
  return (cause instanceof Error && cause.message) || String(cause);
}

/** Returns a DeviceError that says what failed and why; a DeviceError is returned unchanged. */
export function deviceErrorOf(what: string, cause: unknown): DeviceError {
  if (cause instanceof DeviceError) return cause;
  return new DeviceError("device", `${what}: ${wordsOf(cause)}`, { cause });
}
