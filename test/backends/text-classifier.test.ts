/** A classifier of texts: a vectorizer and a model that are fitted, applied, explained and saved together. */
import { describe, expect, test } from "vitest";
import { SoftmaxRegression } from "../../src/index.ts";
import { StateError, TextClassifier, type TextClassifierOptions, TextVectorizer } from "../../src/text.ts";
import { DEVICES } from "../support/backends.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { mails } from "../support/mails.ts";
import { refusal } from "../support/refusal.ts";

const { texts, y } = mails(200, 1);
const held = mails(100, 2);

describe.each(DEVICES)("%s", ({ device }) => {
  const classifierWith = ({ model, ...options }: TextClassifierOptions = {}) =>
    disposeLater(new TextClassifier({ ...options, model: { device, l2: 1e-3, ...model } }));

  async function fitted(options: TextClassifierOptions = {}): Promise<TextClassifier> {
    const classifier = classifierWith(options);
    await classifier.fit(texts, y);
    return classifier;
  }

  test("answers as a vectorizer and a model by themselves", async () => {
    const classifier = await fitted();
    const vectorizer = new TextVectorizer();
    const model = disposeLater(new SoftmaxRegression({ device, l2: 1e-3 }));
    await model.fit(await vectorizer.fitTransform(texts), y);
    const x = await vectorizer.transform(held.texts);
    expect(await classifier.predict(held.texts)).toEqual(await model.predict(x));
    expect(await classifier.predictProba(held.texts)).toEqual(await model.predictProba(x));
    expect(await classifier.evaluate(held.texts, held.y)).toEqual(await model.evaluate(x, held.y));
    expect((await classifier.report(held.texts, held.y)).perClass).toEqual(
      (await model.report(x, held.y)).perClass,
    );
    expect((await classifier.evaluate(held.texts, held.y)).accuracy).toBeGreaterThan(0.85);
    expect(classifier.classes).toEqual(["news", "note", "offer"]);
  });

  test("reads texts as they come, and validates on others", async () => {
    const classifier = classifierWith({ model: { solver: "sgd", epochs: 2, learningRate: 1 } });
    async function* stream() {
      for (const text of texts) yield text;
    }
    const read: number[] = [];
    const validation = [held.texts, held.y] as const;
    const { epochs } = await classifier.fit(stream(), y, {
      validation,
      onTexts: (progress) => read.push(progress.texts),
    });
    expect(read.at(-1)).toBe(200);
    expect(epochs.at(-1)?.validation).toEqual(await classifier.evaluate(held.texts, held.y));
  });

  test("chooses λ, and keeps it for later fits", async () => {
    const classifier = classifierWith();
    const { l2 } = await classifier.crossValidate(texts, y, { l2s: [1, 2e-3], folds: 3 });
    expect(classifier.model.l2).toBe(l2);
    await classifier.fit(texts, y);
    expect(l2).toBe(2e-3);
    expect(classifier.model.l2).toBe(l2);
  });

  test("a warm start keeps the vocabulary", async () => {
    const classifier = await fitted();
    const names = classifier.vectorizer.featureNames;
    const some = [...texts.slice(0, 20), "entirely unknown words"];
    await classifier.fit(some, [...y.slice(0, 20), "note"], { warmStart: true });
    expect(classifier.vectorizer.featureNames).toEqual(names);
  });

  describe("explain", () => {
    test.each([{}, { hashing: { features: 64 } }, { ngramRange: [1, 2] as const, norm: null }])(
      "contributions and bias add up to the centred logits: %o",
      async (vectorizer) => {
        const classifier = await fitted({ vectorizer });
        const [text] = held.texts;
        const { classes, label } = await classifier.explain(text);
        const { data: logits } = await classifier.model.logits(await classifier.vectorizer.transform([text]));
        const mean = logits.reduce((sum, logit) => sum + logit) / logits.length;
        const sums = classes.map(({ bias, terms }) =>
          terms.reduce((sum, { contribution }) => sum + contribution, bias),
        );
        expectClose(
          sums,
          Array.from(logits, (logit) => logit - mean),
          { absolute: 1e-5, relative: 1e-5 },
        );
        const probabilities = classes.map(({ probability }) => probability);
        const { data } = await classifier.predictProba([text]);
        expectClose(probabilities, data, { absolute: 1e-6, relative: 1e-5 });
        expect([label]).toEqual(await classifier.predict([text]));
      },
    );

    test("names the words that speak for a class, and leaves unknown ones out", async () => {
      const classifier = await fitted();
      const { classes, label } = await classifier.explain("The WINNER gets a prize, unknownword");
      expect(label).toBe("offer");
      const { terms } = classes[2];
      expect(terms.slice(0, 2).map(({ term }) => term)).toEqual(expect.arrayContaining(["prize", "winner"]));
      expect(terms.map(({ term }) => term).toSorted()).toEqual(["prize", "the", "winner"]);
      expect(terms[0].contribution).toBeCloseTo(terms[0].value * terms[0].weight, 12);
    });

    test("a text without known words has the bias alone", async () => {
      const classifier = await fitted();
      const { classes } = await classifier.explain("");
      for (const { terms, score, bias } of classes) expect([terms, score]).toEqual([[], bias]);
    });

    test("topFeatures lists the words of each class", async () => {
      const classifier = await fitted();
      const found = await classifier.topFeatures(5);
      expect(found.map(({ label }) => label)).toEqual(["news", "note", "offer"]);
      const words = found.map(({ terms }) => terms.map(({ term }) => term).toSorted());
      expect(words[2]).toEqual(["cheap", "click", "free", "prize", "winner"]);
      expect(words[1]).toContain("__proto__");
    });

    test("topFeatures lists all words, if as many are asked for", async () => {
      const classifier = await fitted();
      const [{ terms }] = await classifier.topFeatures(10 ** 6);
      expect(terms).toHaveLength(classifier.vectorizer.features);
      const weights = terms.map(({ weight }) => weight);
      expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    });

    test("with hashing, names come from texts", async () => {
      const classifier = await fitted({ vectorizer: { hashing: { features: 4096 } } });
      await expect(classifier.topFeatures(3)).rejects.toEqual(
        refusal("OptionError", "texts", "hashed columns"),
      );
      const [, , { terms }] = await classifier.topFeatures(2, { texts: ["winner prize lunch the and"] });
      expect(terms.map(({ term }) => term).toSorted()).toEqual(["prize", "winner"]);
    });
  });

  test("its vectorizer is a copy: fitting that changes nothing", async () => {
    const classifier = await fitted();
    const before = await classifier.predict(held.texts);
    await classifier.vectorizer.fit(["other words altogether"]);
    expect(await classifier.predict(held.texts)).toEqual(before);
  });

  test("labels that cannot be are refused before texts are read", async () => {
    const classifier = classifierWith();
    let read = 0;
    const given = function* () {
      for (const text of texts) {
        read++;
        yield text;
      }
    };
    await expect(classifier.fit(given(), undefined as unknown as string[])).rejects.toThrow("y");
    expect(read).toBe(0);
  });

  test("dispose ends a search for names in texts that do not come", async () => {
    const classifier = await fitted({ vectorizer: { hashing: { features: 4096 } } });
    const never: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const search = classifier.topFeatures(3, { texts: never });
    classifier.dispose();
    await expect(search).rejects.toThrow(StateError);
  });

  describe("partialFit", () => {
    test("trains on batches with hashing, without fit", async () => {
      const classifier = classifierWith({
        vectorizer: { hashing: { features: 4096 } },
        model: { learningRate: 2 },
      });
      const classes = ["news", "note", "offer"];
      for (let at = 0; at < 200; at += 20)
        await classifier.partialFit(texts.slice(at, at + 20), y.slice(at, at + 20), { classes });
      expect((await classifier.evaluate(texts, y)).accuracy).toBeGreaterThan(0.8);
    });

    test("is refused if there are no columns that stay, and leaves nothing behind", async () => {
      for (const vectorizer of [{}, { hashing: {}, idf: true }]) {
        const classifier = classifierWith({ vectorizer });
        const expected = refusal("StateError", "partialFit", "hashing: {}");
        await expect(classifier.partialFit(texts, y)).rejects.toEqual(expected);
        await expect(classifier.predict(texts)).rejects.toEqual(
          refusal("StateError", "classifier", "fit first"),
        );
      }
    });

    test("goes on behind fit", async () => {
      const classifier = await fitted();
      const names = classifier.vectorizer.featureNames;
      await classifier.partialFit(held.texts, held.y);
      expect(classifier.vectorizer.featureNames).toEqual(names);
    });
  });

  describe("what fails leaves the classifier as it was", () => {
    const many = Array.from({ length: 2 ** 20 + 1 }, (_, i) => `w${i}`).join(" ");
    test.each<[string, unknown[], string, string]>([
      ["no text", [[], []], "ShapeError", "texts"],
      ["a single string", ["text", ["a"]], "DataError", "texts"],
      [
        "a text that is no string",
        [
          ["a", null],
          ["a", "b"],
        ],
        "DataError",
        "texts",
      ],
      ["fewer labels than texts", [texts, y.slice(1)], "ShapeError", "y"],
      ["a single class", [texts, y.map(() => "one")], "DataError", "y"],
      [
        "no word at all",
        [
          ["!", "?"],
          ["a", "b"],
        ],
        "DataError",
        "texts",
      ],
      [
        "too many terms",
        [
          [many, "b"],
          ["a", "b"],
        ],
        "LimitError",
        "vectorizer",
      ],
      ["an unknown option", [texts, y, { epochs: 3 }], "OptionError", "epochs"],
      ["a hook that is no function", [texts, y, { onTexts: 1 }], "OptionError", "onTexts"],
      ["a bad text to validate on", [texts, y, { validation: [[1], ["note"]] }], "DataError", "texts"],
    ])("%s", async (_, given, name, argument) => {
      const classifier = await fitted();
      const before = await classifier.toSafetensors();
      const error = await classifier.fit(...(given as [string[], string[]])).catch((reason) => reason);
      expect(error).toMatchObject({ name, argument });
      expect(await classifier.toSafetensors()).toEqual(before);
    });

    test("an abort while texts are read", async () => {
      const classifier = await fitted();
      const before = await classifier.toSafetensors();
      const controller = new AbortController();
      function* aborting() {
        yield "some text";
        controller.abort();
        yield* texts;
      }
      const fit = classifier.fit(aborting(), y, { signal: controller.signal });
      await expect(fit).rejects.toMatchObject({ name: "AbortError" });
      expect(await classifier.toSafetensors()).toEqual(before);
    });
  });

  test("a fit that is aborted in the middle keeps the last iteration, and goes on from there", async () => {
    const classifier = classifierWith({ model: { tolerance: 1e-9 } });
    const whole = classifierWith({ model: { tolerance: 1e-9 } });
    const controller = new AbortController();
    const onIteration = ({ iteration }: { iteration: number }) => {
      if (iteration === 2) controller.abort();
    };
    const fit = classifier.fit(texts, y, { signal: controller.signal, onIteration });
    await expect(fit).rejects.toMatchObject({ name: "AbortError" });
    expect(classifier.model.isResumable).toBe(true);
    await classifier.fit(texts, y, { resume: true });
    await whole.fit(texts, y);
    expect(classifier.model.weights).toEqual(whole.model.weights);
  });

  test("a second fit is refused while the first runs", async () => {
    const classifier = classifierWith();
    const first = classifier.fit(texts, y);
    await expect(classifier.fit(texts, y)).rejects.toEqual(refusal("StateError", "fit", "running"));
    await first;
  });

  test("predictions that run while a fit ends are those of the earlier model", async () => {
    const classifier = await fitted();
    const before = await classifier.predict(held.texts);
    const fit = classifier.fit(
      texts,
      y.map((label) => (label === "news" ? "note" : label)),
    );
    const answers = [];
    for (let i = 0; i < 20; i++) answers.push(classifier.predict(held.texts));
    for (const answer of answers) expect(await answer).toEqual(before);
    await fit;
  });

  test("after dispose, calls fail with StateError", async () => {
    const classifier = await fitted();
    classifier.dispose();
    classifier.dispose();
    for (const call of [classifier.predict(texts), classifier.fit(texts, y), classifier.explain("a")])
      await expect(call).rejects.toMatchObject({ name: "StateError" });
  });

  test("dispose stops a fit, and frees its model", async () => {
    const classifier = classifierWith();
    const fit = classifier.fit(texts, y, { onIteration: () => classifier.dispose() });
    await expect(fit).rejects.toMatchObject({ name: "StateError" });
  });
});
