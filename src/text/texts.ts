/** Texts as callers pass them: in an array, or one by one as they come. */
import { describe } from "../data/matrix.ts";
import { DataError, ShapeError } from "../errors.ts";

/** Texts: an array, or what gives one text after another, now or later (lines of a file, pages of a database). */
export type TextsLike = readonly string[] | Iterable<string> | AsyncIterable<string>;

/**
 * Yields each text.
 *
 * @throws DataError no list of texts, or a text that is no string, with its index
 * @throws ShapeError no text at all
 */
export async function* openTexts(given: TextsLike, argument: string): AsyncGenerator<string, void> {
  const texts: unknown = given; // callers without TypeScript may pass anything
  if (typeof texts === "string")
    throw new DataError(argument, "expected an array of texts, got a single string; put it into brackets");
  if (!isIterable(texts))
    throw new DataError(argument, `expected an array or an iterable of texts, got ${describe(texts)}`);
  let index = 0;
  for await (const text of texts) {
    if (typeof text !== "string")
      throw new DataError(argument, `expected strings, text ${index} is ${describe(text)}`);
    yield text;
    index++;
  }
  if (index === 0) throw new ShapeError(argument, "expected at least one text, got none");
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return (
    typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}
