/** What a check of the built package is given in an engine, and how it says what is wrong. */
import type { Tolerance } from "../../support/closeness.ts";
import { differencesOf } from "../../support/closeness.ts";

/** The entries of the built package. */
export interface Library {
  readonly main: typeof import("../../../src/index.ts");
  readonly digits: typeof import("../../../src/digits.ts");
  readonly text: typeof import("../../../src/text.ts");
  readonly reference: typeof import("../../../src/backends/reference/index.ts");
  readonly wasm: typeof import("../../../src/backends/wasm/index.ts");
  readonly webgpu: typeof import("../../../src/backends/webgpu/index.ts");
  /** Address of the folder of the package's files, with a slash at its end. */
  readonly base: string;
}

export type Device = "auto" | "wasm" | "webgpu";

export interface Given {
  readonly library: Library;
  readonly device: Device;
}

/** Does something with the package, and throws if the outcome is not as it should be. */
export type Check = (given: Given) => Promise<void>;

/** Checks by what each of them states. */
export type Checks = Readonly<Record<string, Check>>;

/** @throws Error unless the condition holds */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** @throws Error unless both have the same JSON */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value, plainArrays));
  assert(a === b, `${what}: ${a?.slice(0, 300)}, expected ${b?.slice(0, 300)}`);
}

/** @throws Error with the elements that differ by more than the tolerance */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
  what: string,
): void {
  const words = differencesOf(actual, expected, tolerance);
  assert(words === null, `${what}: ${words}`);
}

/** Returns the error that a promise rejects with. @throws Error if it resolves */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  assert(outcome !== null, "resolved, a rejection was expected");
  return outcome.error as Error;
}

/** Writes typed arrays as arrays: their own JSON is that of objects. */
function plainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as ArrayLike<number>)
    : value;
}
