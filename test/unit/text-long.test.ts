/** Long texts and many texts: cut anywhere they give the same terms, and the event loop gets its turns. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import { TextVectorizer, type TextVectorizerOptions } from "../../src/text.ts";

const COUNTS = { idf: false, norm: null } as const;

/** Counts of the terms of a text. */
async function countsOf(text: string, options: TextVectorizerOptions): Promise<Map<string, number>> {
  const vectorizer = new TextVectorizer({ ...options, ...COUNTS });
  const { indices, data } = await vectorizer.fitTransform([text]);
  const names = vectorizer.featureNames as string[];
  return new Map(Array.from(indices, (column, i) => [names[column], data[i]]));
}

/** Runs of two or more letters of a text, and the terms of `n` of them. */
function expectedWords(text: string, n: number): Map<string, number> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const term = words.slice(i, i + n).join(" ");
    counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}

/** A text of many words from few letters, in which slices end anywhere. */
function longText(words: number, letters: readonly string[], seed: number): string {
  const random = createRandom(seed);
  const word = () =>
    Array.from({ length: 1 + random.integer(4) }, () => letters[random.integer(letters.length)]);
  return Array.from({ length: words }, () => word().join("")).join(" ");
}

describe("a text that is read in slices", () => {
  test.each([1, 2, 3])("has the words of the whole, %i in a term", async (n) => {
    for (const letters of [
      ["a", "b", "c"],
      ["𝒜", "b", "é", "Σ"],
      ["日", "本", "語", "。"],
    ]) {
      const text = longText(40_000, letters, n);
      expect(await countsOf(text, { ngramRange: [n, n] })).toEqual(expectedWords(text, n));
    }
  });

  test("has the characters of the whole", async () => {
    const text = longText(20_000, ["a", "𝒜", "é"], 5);
    const points = Array.from(text);
    const counts = new Map<string, number>();
    for (let i = 0; i + 3 <= points.length; i++) {
      const term = points.slice(i, i + 3).join("");
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    const found = await countsOf(text, { analyzer: "char", ngramRange: [3, 3], lowercase: false });
    expect(found).toEqual(counts);
  });

  test("lower case of Σ at the end of a word looks over the end of a slice", async () => {
    // Without a place to cut, and with Σ wherever a slice could end.
    const text = `${"ΑΣ".repeat(20_000)} ${"Σ'".repeat(20_000)}Σ ΑΣ`;
    expect(await countsOf(text, {})).toEqual(expectedWords(text, 1));
  });

  test("a single word may be very long", async () => {
    const word = "ab".repeat(100_000);
    expect(await countsOf(`${word} ${word} x`, {})).toEqual(new Map([[word, 2]]));
    const { indices } = await new TextVectorizer({ hashing: {} }).transform([word]);
    expect(indices).toHaveLength(1);
  });

  test("is segmented as a whole up to a space or an East Asian mark", async () => {
    const words = "don't say 3.14 ";
    const english = await countsOf(words.repeat(5000), { segmenter: "en" });
    expect([...english.keys()].toSorted()).toEqual(["3.14", "don't", "say"]);
    const sentence = "今日は天気がいいです。";
    const counts = await countsOf(sentence.repeat(5000), { segmenter: "ja" });
    for (const count of counts.values()) expect(count % 5000).toBe(0);
  });
});

test("many terms are sorted by code points, as Python sorts them", async () => {
  const random = createRandom(7);
  const points = [0x61, 0x62, 0x7a, 0xe9, 0xd7ff, 0xe000, 0xffee, 0x10000, 0x1d49c, 0x20000];
  const terms = Array.from({ length: 30_000 }, () =>
    String.fromCodePoint(...Array.from({ length: 1 + random.integer(6) }, () => points[random.integer(10)])),
  );
  const byPoints = (a: string, b: string) => {
    const [left, right] = [Array.from(a), Array.from(b)];
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const difference = Number(left[i].codePointAt(0)) - Number(right[i].codePointAt(0));
      if (difference !== 0) return difference;
    }
    return left.length - right.length;
  };
  const vectorizer = new TextVectorizer({ tokenPattern: /[^ ]+/, lowercase: false });
  await vectorizer.fit([terms.join(" ")]);
  expect(vectorizer.featureNames).toEqual([...new Set(terms)].sort(byPoints));
});

test("terms whose hashes are equal are kept apart", async () => {
  // Among so many terms, some twenty pairs have the same 32 bits.
  const count = 400_000;
  const vectorizer = new TextVectorizer();
  await vectorizer.fit([Array.from({ length: count }, (_, i) => `term${i.toString(36)}`).join(" ")]);
  expect(vectorizer.features).toBe(count);
});

describe("pauses", () => {
  // A clock that advances by 100 ms at every reading, so that every pause is due.
  let readings = 2 ** 20;
  let alarm: { readonly at: number; readonly ring: () => void } | null = null;
  beforeEach(() => {
    vi.spyOn(performance, "now").mockImplementation(() => {
      readings++;
      if (alarm && readings >= alarm.at) alarm.ring();
      return 100 * readings;
    });
  });
  afterEach(() => {
    alarm = null;
    vi.restoreAllMocks();
  });

  const long = "many words in a text ".repeat(50_000);
  const unbroken = "x".repeat(200_000);
  const distinct = Array.from({ length: 60_000 }, (_, i) => `w${i}`).join(" ");

  /** Aborts at some reading of the clock; returns whether all texts were read by then. */
  async function abortAt(reading: number, texts: readonly string[], options: TextVectorizerOptions) {
    const controller = new AbortController();
    const reason = new Error("enough");
    alarm = { at: readings + reading, ring: () => controller.abort(reason) };
    let isRead = false;
    function* watched() {
      yield* texts;
      isRead = true;
    }
    const vectorizer = new TextVectorizer(options);
    const fit = vectorizer.fitTransform(watched(), { signal: controller.signal });
    await expect(fit).rejects.toBe(reason);
    expect(vectorizer.isFitted).toBe(false);
    return isRead;
  }

  test.each<[string, string[], TextVectorizerOptions]>([
    ["a long text is read", [long], {}],
    ["a long word is read", [unbroken], {}],
    ["n-grams of characters are read", [unbroken], { analyzer: "charWb", ngramRange: [2, 5] }],
    ["words of a pattern are found", [long], { tokenPattern: /\w+/ }],
    ["words of a language are found", [long], { segmenter: "en" }],
    ["a language has no words for it", [".;".repeat(50_000)], { segmenter: "en" }],
    ["texts are hashed", [long], { hashing: {}, idf: true }],
    ["many texts are read", new Array(5000).fill("some words"), {}],
  ])("an abort is heard while %s", async (_, texts, options) => {
    for (const reading of [5, 11]) expect(await abortAt(reading, texts, options)).toBe(false);
  });

  test("an abort is heard while terms are sorted and rows written", async () => {
    for (const reading of [150, 250, 350]) await abortAt(reading, [distinct], {});
  });
});
