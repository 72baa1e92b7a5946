/** Files of a classifier of texts: what is saved comes back, and nothing that a file says is believed. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  readSafetensors,
  type Safetensors,
  type Tensor,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import {
  TextClassifier,
  type TextClassifierOptions,
  type TextLoadOptions,
  type TextVectorizerOptions,
} from "../../src/text.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { mails } from "../support/mails.ts";
import { refusal } from "../support/refusal.ts";

const { texts, y } = mails(60, 1);
const held = mails(40, 2).texts;
const REFERENCE = { device: "reference", maxIterations: 5 } as const;

async function fitted(options: TextClassifierOptions = {}): Promise<TextClassifier> {
  const classifier = disposeLater(
    new TextClassifier({ ...options, model: { ...REFERENCE, ...options.model } }),
  );
  await classifier.fit(texts, y);
  return classifier;
}

async function load(
  file: Uint8Array | Blob | Response | Promise<Response>,
  options: TextLoadOptions = {},
): Promise<TextClassifier> {
  return disposeLater(
    await TextClassifier.load(file, { ...options, model: { device: "reference", ...options.model } }),
  );
}

describe("a saved classifier predicts the same", () => {
  test.each<[string, TextVectorizerOptions]>([
    ["by default", {}],
    [
      "with many options",
      { ngramRange: [1, 2], stripAccents: "unicode", stopWords: ["the"], minDf: 2, norm: "l1" },
    ],
    ["with characters, among them line ends", { analyzer: "char", ngramRange: [1, 2], lowercase: false }],
    ["with a vocabulary of its own", { vocabulary: ["winner", "__proto__", "lunch"], tf: "binary" }],
    ["without idf", { idf: false, norm: null }],
    ["with hashing", { hashing: { features: 100 } }],
    ["with hashing and idf", { hashing: { features: 100, alternateSign: false }, idf: true }],
    ["with a segmenter", { segmenter: "en" }],
  ])("%s", async (_, vectorizer) => {
    const classifier = await fitted({ vectorizer });
    const file = await classifier.toSafetensors();
    const copy = await load(file);
    expect(await copy.predictProba(held)).toEqual(await classifier.predictProba(held));
    expect(copy.vectorizer.featureNames).toEqual(classifier.vectorizer.featureNames);
    expect(copy.vectorizer.idf).toEqual(classifier.vectorizer.idf);
    expect(await copy.toSafetensors()).toEqual(file);
    // Options come back, too: a later fit is the same.
    await copy.fit(held, mails(40, 2).y);
    await classifier.fit(held, mails(40, 2).y);
    expect(copy.vectorizer.featureNames).toEqual(classifier.vectorizer.featureNames);
    expect(copy.model.weights).toEqual(classifier.model.weights);
  });

  test("from a Blob or a response", async () => {
    const file = await (await fitted()).toSafetensors();
    const expected = await (await load(file)).predict(held);
    for (const source of [new Blob([file]), new Response(file), Promise.resolve(new Response(file))])
      expect(await (await load(source)).predict(held)).toEqual(expected);
  });

  test("options of the model that are given replace those saved", async () => {
    const file = await (await fitted({ model: { l2: 0.5 } })).toSafetensors();
    expect((await load(file)).model.l2).toBe(0.5);
    expect((await load(file, { model: { l2: 0.25 } })).model.l2).toBe(0.25);
  });

  test("before fit there is nothing to save", async () => {
    const classifier = disposeLater(new TextClassifier());
    await expect(classifier.toSafetensors()).rejects.toMatchObject({ name: "StateError" });
  });
});

describe("a pattern in a file", () => {
  const tokenPattern = /[a-z]{3,}/u;

  test("must be given again, the same", async () => {
    const classifier = await fitted({ vectorizer: { tokenPattern } });
    const file = await classifier.toSafetensors();
    const copy = await load(file, { tokenPattern: /[a-z]{3,}/u });
    expect(await copy.predict(held)).toEqual(await classifier.predict(held));
    const missing = refusal("OptionError", "tokenPattern", "saved with the pattern");
    await expect(load(file)).rejects.toEqual(missing);
    await expect(load(file, { tokenPattern: /[a-z]{3,}/ })).rejects.toEqual(missing);
  });

  test("is refused if the classifier has none", async () => {
    const file = await (await fitted()).toSafetensors();
    const expected = refusal("OptionError", "tokenPattern", "without a pattern");
    await expect(load(file, { tokenPattern })).rejects.toEqual(expected);
  });
});

describe("a damaged file is a FormatError that names the field", () => {
  let sound: Safetensors;
  let hashed: Safetensors;
  beforeAll(async () => {
    const open = async (options: TextClassifierOptions) => {
      const classifier = new TextClassifier({ ...options, model: REFERENCE });
      await classifier.fit(texts, y);
      const file = await classifier.toSafetensors();
      classifier.dispose();
      return readSafetensors(file);
    };
    sound = await open({});
    hashed = await open({ vectorizer: { hashing: { features: 100 } } });
  });

  const bytes = (text: string): Tensor => {
    const encoded = new TextEncoder().encode(text);
    return { dtype: "U8", shape: [encoded.length], bytes: encoded };
  };
  const float64 = (values: readonly number[]): Tensor => {
    return { dtype: "F64", shape: [values.length], bytes: new Uint8Array(Float64Array.from(values).buffer) };
  };
  const termsOf = ({ tensors }: Safetensors) =>
    JSON.parse(new TextDecoder().decode(tensors.get("vocabulary")?.bytes)) as string[];
  const withTerms = (change: (terms: string[]) => unknown) => (file: Safetensors) =>
    withTensor("vocabulary", bytes(JSON.stringify(change(termsOf(file)))))(file);
  const withTensor = (name: string, tensor: Tensor | null) => (file: Safetensors) => {
    const tensors = new Map(file.tensors);
    if (tensor) tensors.set(name, tensor);
    else tensors.delete(name);
    return { ...file, tensors };
  };
  const withMetadata = (changed: Record<string, string>) => (file: Safetensors) => {
    return { ...file, metadata: { ...file.metadata, ...changed } };
  };
  const withOptions = (changed: object) => (file: Safetensors) => {
    const options = { ...JSON.parse(file.metadata.vectorizer), ...changed };
    return withMetadata({ vectorizer: JSON.stringify(options) })(file);
  };

  test.each<[string, (file: Safetensors) => Safetensors, string]>([
    ["another format", withMetadata({ format: "softmax-webgpu" }), "format"],
    ["a later version", withMetadata({ version: "2" }), "version"],
    ["an unknown entry", withMetadata({ more: "1" }), "more"],
    ["options that are no JSON", withMetadata({ vectorizer: "{" }), "vectorizer"],
    ["options that are no object", withMetadata({ vectorizer: "[]" }), "vectorizer"],
    ["an unknown option", withOptions({ script: "x" }), "vectorizer.script"],
    ["an option out of range", withOptions({ ngramRange: [1, 1e6] }), "vectorizer.ngramRange"],
    [
      "options that exclude each other",
      withOptions({ hashing: { features: 9 }, minDf: 2 }),
      "vectorizer.minDf",
    ],
    ["a vocabulary among the options", withOptions({ vocabulary: ["a"] }), "vectorizer.vocabulary"],
    ["a pattern that is no object", withOptions({ tokenPattern: "(a+)+$" }), "vectorizer.tokenPattern"],
    ["a pattern without flags", withOptions({ tokenPattern: { source: "a" } }), "vectorizer.tokenPattern"],
    ["no model", withTensor("model", null), "model"],
    ["no vocabulary", withTensor("vocabulary", null), "vocabulary"],
    ["no idf", withTensor("idf", null), "idf"],
    ["idf that is switched off", withOptions({ idf: false }), "idf"],
    ["an unknown tensor", withTensor("more", bytes("")), "more"],
    ["a vocabulary of numbers", withTensor("vocabulary", float64([1])), "vocabulary"],
    ["a vocabulary that is no JSON", withTensor("vocabulary", bytes('["a"')), "vocabulary"],
    ["a vocabulary that is no array", withTensor("vocabulary", bytes('{"a":0}')), "vocabulary"],
    ["a vocabulary that is empty", withTensor("vocabulary", bytes("[]")), "vocabulary"],
    [
      "a vocabulary that is not UTF-8",
      withTensor("vocabulary", { ...bytes("x"), bytes: Uint8Array.of(0xff) }),
      "vocabulary",
    ],
    ["a term that is no string", withTerms((terms) => [...terms.slice(1), 5]), "vocabulary"],
    ["a term twice", withTerms((terms) => [...terms.slice(1), terms[1]]), "vocabulary"],
    ["half a surrogate pair", withTensor("vocabulary", bytes('["\\ud800"]')), "vocabulary"],
    ["an infinite idf", (file) => withTensor("idf", float64(termsOf(file).map(() => Infinity)))(file), "idf"],
    [
      "an idf that no texts have",
      (file) => withTensor("idf", float64(termsOf(file).map(() => 1e300)))(file),
      "idf",
    ],
    ["limits on a given vocabulary", withOptions({ vocabulary: true, minDf: 2 }), "vectorizer.minDf"],
    ["too few idf", withTensor("idf", float64([1])), "idf"],
    ["a model that is none", withTensor("model", bytes("{}")), "model"],
  ])("%s", async (_, damage, field) => {
    const file = await writeSafetensors(damage(sound));
    const error = await load(file).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "FormatError" });
    expect((error as { argument: string }).argument).toMatch(
      new RegExp(`^(classifier\\.)?${field.replace(".", "\\.")}`),
    );
  });

  test("vocabulary and weights that disagree in number", async () => {
    const terms = termsOf(sound).slice(1);
    const damaged = withTensor("idf", float64(terms.map(() => 1)))(withTerms(() => terms)(sound));
    const expected = refusal("FormatError", "classifier.vocabulary", `has ${terms.length} terms, but`);
    await expect(load(await writeSafetensors(damaged))).rejects.toEqual(expected);
  });

  test("columns of hashes and weights that disagree in number", async () => {
    const damaged = withOptions({ hashing: { features: 99, alternateSign: true } })(hashed);
    const expected = refusal("FormatError", "classifier.vectorizer.hashing", "has 99 columns, but");
    await expect(load(await writeSafetensors(damaged))).rejects.toEqual(expected);
  });

  test("text, cut short, altered byte by byte: refused or read, and no other error", async () => {
    const file = await writeSafetensors(sound);
    await expect(TextClassifier.load("{}")).rejects.toMatchObject({ name: "FormatError" });
    for (let length = 0; length < file.length; length += Math.ceil(file.length / 40))
      await expect(load(file.slice(0, length))).rejects.toMatchObject({ name: "FormatError" });
    for (let at = 0; at < file.length; at += Math.ceil(file.length / 200)) {
      const altered = file.slice();
      altered[at] ^= 0x15;
      const outcome = await load(altered).then(
        () => "read",
        ({ name }) => name,
      );
      expect(["read", "FormatError"]).toContain(outcome);
    }
  });

  test("a classifier's file is no model", async () => {
    const file = await writeSafetensors(sound);
    await expect(SoftmaxRegression.load(file)).rejects.toEqual(
      refusal("FormatError", "model.format", "expected"),
    );
  });
});
