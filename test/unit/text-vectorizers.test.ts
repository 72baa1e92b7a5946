/** Vectorizers beside scikit-learn's: the same columns and values, on texts of many scripts and many options. */
import { describe, expect, test } from "vitest";
import { TextVectorizer, type TextVectorizerOptions } from "../../src/text.ts";
import { expectClose } from "../support/expect-close.ts";
import theirs from "../support/text-vectorizers.json" with { type: "json" };

interface Case {
  readonly options: Record<string, unknown>;
  readonly cols: number;
  readonly names: string | null;
  readonly indptr: string;
  readonly indices: string;
  readonly data: string;
}

const { texts } = theirs;

/** Options with a pattern instead of its source. */
function optionsOf({ tokenPattern, ...others }: Case["options"]): TextVectorizerOptions {
  return typeof tokenPattern === "string"
    ? { ...others, tokenPattern: new RegExp(tokenPattern, "u") }
    : others;
}

const numbers = (text: string) => text.split(" ").map(Number);

describe.each((theirs.cases as Case[]).map((one) => [JSON.stringify(one.options), one] as const))(
  "%s",
  (_, { options, cols, ...lists }) => {
    const names = lists.names?.split("\x01") ?? null;
    const [indptr, indices, data] = [lists.indptr, lists.indices, lists.data].map(numbers);

    test("has scikit-learn's columns and values", async () => {
      const vectorizer = new TextVectorizer(optionsOf(options));
      const fitted = await vectorizer.fitTransform(texts);
      expect(vectorizer.featureNames).toEqual(names);
      for (const x of [fitted, await vectorizer.transform(texts)]) {
        expect([x.rows, x.cols]).toEqual([texts.length, cols]);
        expect(Array.from(x.indptr)).toEqual(indptr);
        expect(Array.from(x.indices)).toEqual(indices);
        expectClose(x.data, data, { absolute: 1e-8, relative: 1e-7 });
      }
    });

    test("learns the same without rows", async () => {
      const [both, alone] = [new TextVectorizer(optionsOf(options)), new TextVectorizer(optionsOf(options))];
      await both.fitTransform(texts);
      await alone.fit(texts);
      expect(alone.featureNames).toEqual(both.featureNames);
      expect(alone.idf).toEqual(both.idf);
    });
  },
);
