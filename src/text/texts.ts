/** Texts as callers pass them: in an array, or one by one as they come. */
import { untilAborted } from "../backends/waiting.ts";
import { describe } from "../data/matrix.ts";
import { DataError, ShapeError } from "../errors.ts";

/** Texts: an array, or what gives one text after another, now or later (lines of a file, pages of a database). */
export type TextsLike = readonly string[] | Iterable<string> | AsyncIterable<string>;

/**
 * Yields each text. An abort is heard while the next text is waited for, too.
 *
 * @throws DataError no list of texts, or a text that is no string, with its index
 * @throws ShapeError no text at all
 * @throws the signal's reason
 */
export async function* openTexts(
  given: TextsLike,
  argument: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void> {
  const texts: unknown = given; // callers without TypeScript may pass anything
  if (typeof texts === "string")
    throw new DataError(argument, "expected an array of texts, got a single string; put it into brackets");
  if (!isIterable(texts))
    throw new DataError(argument, `expected an array or an iterable of texts, got ${describe(texts)}`);
  let index = 0;
  for await (const text of Symbol.iterator in texts || !signal ? texts : untilAborts(texts, signal)) {
    if (typeof text !== "string")
      throw new DataError(argument, `expected strings, text ${index} is ${describe(text)}`);
    yield text;
    index++;
  }
  if (index === 0) throw new ShapeError(argument, "expected at least one text, got none");
}

/** Yields what comes until the signal is aborted, also if nothing comes any more. @throws the signal's reason */
async function* untilAborts(
  texts: AsyncIterable<unknown>,
  signal: AbortSignal,
): AsyncGenerator<unknown, void> {
  const iterator = texts[Symbol.asyncIterator]();
  let isOver = false;
  try {
    while (!isOver) {
      const step = await untilAborted(Promise.resolve(iterator.next()), signal);
      isOver = step.done ?? false;
      if (!isOver) yield step.value;
    }
  } finally {
    // Not awaited: a generator that waits for its next text ends when that has come, if ever.
    if (!isOver) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return (
    typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}
