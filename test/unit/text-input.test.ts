/** Options and texts that a vectorizer refuses, and strange ones that it takes. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { type TextsLike, TextVectorizer, type TextVectorizerOptions } from "../../src/text.ts";
import { refusal } from "../support/refusal.ts";

const COUNTS = { idf: false, norm: null } as const;

/** Terms that a vectorizer finds in texts. */
async function termsOf(texts: TextsLike, options: TextVectorizerOptions = {}): Promise<string[] | null> {
  const vectorizer = new TextVectorizer(options);
  await vectorizer.fit(texts);
  return vectorizer.featureNames;
}

describe("options that are refused", () => {
  test.each<[unknown, string, string]>([
    [{ ngram_range: [1, 2] }, "ngram_range", "did you mean ngramRange?"],
    [{ sublinear_tf: true }, "sublinear_tf", 'did you mean tf: "sublinear"?'],
    [{ n_features: 9 }, "n_features", "did you mean hashing: { features }?"],
    [{ colour: 9 }, "colour", "there are analyzer, ngramRange"],
    [null, "options", "expected an object"],
    [{ analyzer: "char_wb" }, "analyzer", '"word", "char" or "charWb"'],
    [{ ngramRange: [2, 1] }, "ngramRange", "min ≤ max"],
    [{ ngramRange: [0, 1] }, "ngramRange", "from 1"],
    [{ ngramRange: [1, 101] }, "ngramRange", "to 100"],
    [{ ngramRange: [1] }, "ngramRange", "[min, max]"],
    [{ lowercase: 1 }, "lowercase", "true or false"],
    [{ stripAccents: true }, "stripAccents", "unicode"],
    [{ stopWords: "english" }, "stopWords", "an array of strings"],
    [{ stopWords: ["a", 1] }, "stopWords", "an array of strings"],
    [{ stopWords: new Array(1) }, "stopWords", "an array of strings"],
    [{ tokenPattern: "\\w+" }, "tokenPattern", "a RegExp"],
    [{ tokenPattern: /(a)(b)/ }, "tokenPattern", "2 groups"],
    [{ segmenter: "no language" }, "segmenter", "a language"],
    [{ segmenter: "ja", tokenPattern: /a/ }, "segmenter", "leave one of them out"],
    [{ minDf: -1 }, "minDf", "a number of texts"],
    [{ minDf: 1.5 }, "minDf", "a number of texts"],
    [{ maxDf: Number.NaN }, "maxDf", "a number of texts"],
    [{ maxFeatures: 0 }, "maxFeatures", "≥ 1"],
    [{ vocabulary: [] }, "vocabulary", "at least one"],
    [{ vocabulary: ["a", "a"] }, "vocabulary", '"a" is there twice'],
    [{ vocabulary: ["\ud800"] }, "vocabulary", "surrogate"],
    [{ vocabulary: ["a"], minDf: 2 }, "minDf", "no effect if the vocabulary is given"],
    [{ hashing: {}, maxFeatures: 2 }, "maxFeatures", "no effect with hashing"],
    [{ hashing: {}, vocabulary: ["a"] }, "vocabulary", "no effect with hashing"],
    [{ hashing: { features: 2 ** 21 } }, "hashing", "1048576"],
    [{ hashing: { feature: 2 } }, "hashing", "{ features, alternateSign }"],
    [{ hashing: true }, "hashing", "{ features, alternateSign }"],
    [{ analyzer: "char", stopWords: ["a"] }, "stopWords", 'no effect with analyzer "char"'],
    [{ analyzer: "charWb", tokenPattern: /a/ }, "tokenPattern", "no effect"],
    [{ tf: "log" }, "tf", '"sublinear"'],
    [{ norm: "max" }, "norm", '"l2", "l1" or null'],
  ])("%o", (options, argument, words) => {
    const make = () => new TextVectorizer(options as TextVectorizerOptions);
    expect(make).toThrow(expect.objectContaining({ name: "OptionError", argument }));
    expect(make).toThrow(words);
  });

  test("options of a call", async () => {
    const vectorizer = new TextVectorizer();
    const call = { sginal: null } as never;
    await expect(vectorizer.fit(["word"], call)).rejects.toEqual(
      refusal("OptionError", "sginal", "did you mean signal?"),
    );
  });

  afterEach(() => vi.unstubAllGlobals());

  test("a segmenter in an engine that has none", async () => {
    const { Segmenter: _, ...others } = Object.getOwnPropertyDescriptors(Intl);
    vi.stubGlobal("Intl", Object.defineProperties({}, others));
    const vectorizer = new TextVectorizer({ segmenter: "ja" });
    await expect(vectorizer.fit(["word"])).rejects.toEqual(
      refusal("OptionError", "segmenter", "this engine has no Intl.Segmenter"),
    );
  });

  test("what the caller does with arrays later does not matter", async () => {
    const stopWords = ["the"];
    const ngramRange: [number, number] = [1, 1];
    const vectorizer = new TextVectorizer({ stopWords, ngramRange });
    stopWords[0] = "dog";
    ngramRange[1] = 2;
    await vectorizer.fit(["the dog sleeps"]);
    expect(vectorizer.featureNames).toEqual(["dog", "sleeps"]);
  });
});

describe("texts that are refused leave the vectorizer as it was", () => {
  test.each<[string, unknown, string, string, TextVectorizerOptions?]>([
    ["a single string", "text", "DataError", "single string"],
    ["no list", 5, "DataError", "an iterable of texts, got 5"],
    ["nothing", undefined, "DataError", "got undefined"],
    ["a number among them", ["a b", 7], "DataError", "text 1 is 7"],
    ["a hole", new Array(2), "DataError", "text 0 is undefined"],
    ["no text", [], "ShapeError", "at least one text"],
    ["no text to come", new Set(), "ShapeError", "at least one text"],
    ["no word", ["! ?", "a"], "DataError", "hold no term"],
    ["stop words only", ["seen words"], "DataError", "hold no term", { stopWords: ["seen", "words"] }],
    ["a pattern that never matches", ["words"], "DataError", "hold no term", { tokenPattern: /(?!)/ }],
    ["a pattern that matches nothing", ["words"], "DataError", "hold no term", { tokenPattern: /(?:)/g }],
    ["words in too few texts", ["one", "two"], "DataError", "lower minDf", { minDf: 2 }],
    [
      "limits that exclude each other",
      ["one", "two"],
      "OptionError",
      "less than minDf",
      { minDf: 2, maxDf: 0.5 },
    ],
  ])("%s", async (_, texts, name, words, options = {}) => {
    const vectorizer = new TextVectorizer(options);
    const seen = options.stopWords ? ["others"] : ["seen words", "seen words", "others"];
    if (!options.tokenPattern && options.maxDf === undefined) await vectorizer.fit(seen);
    const before = vectorizer.isFitted && vectorizer.featureNames;
    const argument = name === "OptionError" ? "maxDf" : "texts";
    for (const call of ["fit", "fitTransform"] as const)
      await expect(vectorizer[call](texts as string[])).rejects.toEqual(refusal(name, argument, words));
    expect(vectorizer.isFitted && vectorizer.featureNames).toEqual(before);
  });

  test("transform before fit", async () => {
    const vectorizer = new TextVectorizer();
    expect(vectorizer.isFitted).toBe(false);
    await expect(vectorizer.transform(["word"])).rejects.toEqual(refusal("StateError", "fit", "call fit"));
    expect(() => vectorizer.featureNames).toThrow("call fit");
  });

  test("an abort", async () => {
    const vectorizer = new TextVectorizer();
    const signal = AbortSignal.abort();
    await expect(vectorizer.fit(["word"], { signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(vectorizer.isFitted).toBe(false);
  });

  test("an abort while the next text does not come", async () => {
    async function* stuck() {
      yield "a text";
      await new Promise(() => {});
    }
    const controller = new AbortController();
    const vectorizer = new TextVectorizer();
    const fit = vectorizer.fit(stuck(), { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(fit).rejects.toMatchObject({ name: "AbortError" });
    expect(vectorizer.isFitted).toBe(false);
  });

  test.each([undefined, new AbortController().signal])(
    "a stream is closed when a text is bad: %o",
    async (signal) => {
      let isClosed = false;
      async function* texts() {
        try {
          yield 1 as never;
        } finally {
          isClosed = true;
        }
      }
      const options = signal ? { signal } : {};
      await expect(new TextVectorizer().fit(texts(), options)).rejects.toThrow("text 0 is 1");
      expect(isClosed).toBe(true);
    },
  );

  test("an iterator is closed when a text is bad", async () => {
    let isClosed = false;
    function* texts() {
      try {
        yield 1 as never;
      } finally {
        isClosed = true;
      }
    }
    await expect(new TextVectorizer().fit(texts())).rejects.toThrow("text 0 is 1");
    expect(isClosed).toBe(true);
  });
});

describe("texts that are taken", () => {
  test("come in an array, an iterable or one by one", async () => {
    const texts = ["one two", "two three"];
    async function* stream() {
      yield* texts;
    }
    const expected = await new TextVectorizer().fitTransform(texts);
    expect(await new TextVectorizer().fitTransform(new Set(texts))).toEqual(expected);
    expect(await new TextVectorizer().fitTransform(stream())).toEqual(expected);
  });

  test("half a surrogate pair counts as U+FFFD", async () => {
    const halves = ["a\ud800b \udc00\ud800 c\udbff"];
    const replaced = ["a\ufffdb \ufffd\ufffd c\ufffd"];
    for (const options of [
      { analyzer: "char", ngramRange: [1, 2] },
      { analyzer: "char", hashing: {} },
      { analyzer: "charWb", ngramRange: [1, 3], lowercase: false },
      { tokenPattern: /[^ ]+/ },
    ] as const) {
      const [ours, theirs] = [new TextVectorizer(options), new TextVectorizer(options)];
      expect(await ours.fitTransform(halves)).toEqual(await theirs.fitTransform(replaced));
      expect(ours.featureNames).toEqual(theirs.featureNames);
    }
  });

  test("words may be names of properties", async () => {
    const words = ["__proto__", "constructor", "hasownproperty", "tostring"];
    expect(await termsOf([words.join(" ")])).toEqual(words);
    const x = await new TextVectorizer({ vocabulary: words, ...COUNTS }).transform(["__proto__ x __PROTO__"]);
    expect([...x.indices, ...x.data]).toEqual([0, 2]);
  });

  test("a pattern without the flag g, or with a place, finds all words and is left as it is", async () => {
    const pattern = /[a-z]+/y;
    pattern.lastIndex = 3;
    expect(await termsOf(["one, two; three"], { tokenPattern: pattern })).toEqual(["one", "three", "two"]);
    expect(pattern.lastIndex).toBe(3);
  });

  test("empty matches are left out", async () => {
    expect(await termsOf(["one 2"], { tokenPattern: /[a-z]*/ })).toEqual(["one"]);
    expect(await termsOf(["one 😀x"], { tokenPattern: /(x)?/u })).toEqual(["x"]);
  });

  test("languages without spaces are cut by the rules of Intl.Segmenter", async () => {
    const text = "今日は天気がいいです。";
    const segments = [...new Intl.Segmenter("ja", { granularity: "word" }).segment(text)];
    const words = segments.flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));
    const found = await termsOf([text], { segmenter: "ja" });
    expect(found?.toSorted()).toEqual([...new Set(words)].toSorted());
    expect(words.length).toBeGreaterThan(3);
  });

  test("columns of a given vocabulary keep its order", async () => {
    const vectorizer = new TextVectorizer({ vocabulary: ["zebra", "ant"], ...COUNTS });
    expect(vectorizer.featureNames).toEqual(["zebra", "ant"]);
    const { indices, data } = await vectorizer.transform(["ant zebra ant"]);
    expect([Array.from(indices), Array.from(data)]).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test("hashed terms that cancel each other stay as a zero", async () => {
    const vectorizer = new TextVectorizer({ hashing: { features: 1 } });
    const terms = await vectorizer.terms(["the dog fox cat bird fish"]);
    const [one, other] = [1, -1].map((sign) => terms.find((found) => found.sign === sign)?.term);
    const { indices, data } = await vectorizer.transform([`${one} ${other}`]);
    expect([...indices, ...data]).toEqual([0, 0]);
  });

  test("maxFeatures takes the most frequent terms; of equal ones those that come first", async () => {
    const texts = ["bb bb bb bb cc cc dd", "aa aa dd ab ab ab", "aa cc"];
    expect(await termsOf(texts, { maxFeatures: 1 })).toEqual(["bb"]);
    expect(await termsOf(texts, { maxFeatures: 2 })).toEqual(["aa", "bb"]);
    // Once for each text.
    expect(await termsOf(texts, { maxFeatures: 1, tf: "binary" })).toEqual(["aa"]);
  });

  test("progress counts texts", async () => {
    const seen: number[] = [];
    const onProgress = ({ texts }: { texts: number }) => seen.push(texts);
    await new TextVectorizer().fit(["one", "two", "three"], { onProgress });
    expect(seen.at(-1)).toBe(3);
  });

  test("terms names the terms of a text that have columns", async () => {
    const vectorizer = new TextVectorizer();
    await vectorizer.fit(["one two"]);
    expect(await vectorizer.terms(["two two three"])).toEqual([{ term: "two", column: 1, sign: 1 }]);
  });
});
