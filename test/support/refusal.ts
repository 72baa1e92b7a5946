/** Matches errors of this library in expectations. */
import { expect } from "vitest";

/** Returns a matcher of an error by its class, the argument that it names, and a part of its message. */
export function refusal(name: string, argument: string, words: string) {
  return expect.objectContaining({ name, argument, message: expect.stringContaining(words) });
}
