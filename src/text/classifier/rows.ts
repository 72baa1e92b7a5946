/** Rows of a classifier's texts, as its model takes them. */
import { LimitError } from "../../errors.ts";
import type { Validation } from "../../fit-options.ts";
import type { TextRows } from "../row-writer.ts";
import type { TextVectorizer } from "../vectorizer.ts";
import type { TextValidation } from "./options.ts";

/** Most columns of sparse rows that a model takes. */
const MAX_FEATURES = 2 ** 20;

/** Returns the rows of texts to validate on, with their labels and weights. @throws DataError, ShapeError */
export async function heldRows(
  [texts, y, ...weights]: TextValidation,
  vectorizer: TextVectorizer,
  signal: AbortSignal,
): Promise<Validation> {
  return [await vectorizer.transform(texts, { signal }), y, ...weights];
}

/** Checks that a model takes as many columns. @throws LimitError */
export function checkWidth({ cols }: TextRows): void {
  if (cols <= MAX_FEATURES) return;
  throw new LimitError(
    "vectorizer",
    `the texts have ${cols} terms, a model takes at most ${MAX_FEATURES}; set maxFeatures, minDf or hashing`,
  );
}
