/** The benchmarks' texts and sparse rows that are made: the same each time, and told apart by their words. */
import { describe, expect, test } from "vitest";
import { topicRows } from "../../bench/sparse/topic-rows.ts";
import { madeTexts } from "../../bench/text/texts.ts";

describe("texts", () => {
  test("of two topics are the same each time, and differ", () => {
    const made = madeTexts(20);
    expect(madeTexts(20)).toEqual(made);
    expect(new Set(made.labels)).toEqual(new Set([0, 1]));
    expect(new Set(made.texts).size).toBe(20);
    expect(made.texts.every((text) => /^[a-z]{2,}( [a-z]{2,})+$/.test(text))).toBe(true);
  });

  test("can be told apart by their words: naive Bayes is mostly right", () => {
    const { texts, labels } = madeTexts(400);
    const words = texts.map((text) => text.split(" "));
    const counts = new Map<string, [number, number]>();
    const countsOf = (word: string) => counts.get(word) ?? [1, 1];
    for (let i = 0; i < 300; i++) {
      for (const word of words[i]) {
        const [none, one] = countsOf(word);
        counts.set(word, labels[i] === 1 ? [none, one + 1] : [none + 1, one]);
      }
    }
    const isRight = (text: readonly string[], i: number) => {
      const speaksForOne = text.map((word) => Math.log(countsOf(word)[1] / countsOf(word)[0]));
      return speaksForOne.reduce((sum, value) => sum + value, 0) > 0 === (labels[300 + i] === 1);
    };
    expect(words.slice(300).filter(isRight).length).toBeGreaterThan(75);
  });
});

describe("sparse rows", () => {
  test("have as many columns as are asked for, in order, and length 1", () => {
    const { x, y } = topicRows({ rows: 50, cols: 2 ** 12, topics: 3, values: 20 });
    expect(y).toHaveLength(50);
    for (let i = 0; i < x.rows; i++) {
      const columns = [...x.indices.subarray(x.indptr[i], x.indptr[i + 1])];
      expect(new Set(columns).size).toBe(20);
      expect(columns).toEqual(columns.toSorted((a, b) => a - b));
      const values = Array.from(x.data?.subarray(x.indptr[i], x.indptr[i + 1]) ?? []);
      expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    }
  });
});
