/** Makes large arrays; an engine that does not give one is reported as a LimitError. */
import { LimitError } from "../errors.ts";

/** Constructor of a typed array. */
type ArrayType<T> = new (length: number) => T;

/**
 * Makes a typed array of zeros.
 *
 * @param argument what needs them
 * @throws LimitError more than this engine has in one piece
 */
export function allocate<T>(type: ArrayType<T>, length: number, argument: string): T {
  try {
    return new type(length);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LimitError(
      argument,
      `needs a ${type.name} of ${length} elements, which this engine does not give; pass fewer rows at once`,
      { cause },
    );
  }
}
