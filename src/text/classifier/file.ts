/**
 * Writes and reads a classifier of texts as one safetensors file.
 *
 * | tensor | shape | dtype |
 * |---|---|---|
 * | `model` | `[n]`, the safetensors file of the model | U8 |
 * | `vocabulary` | `[n]`, the terms as a JSON array in UTF-8, by column; none with hashing | U8 |
 * | `idf` | `[D]`, if idf is on | F64 |
 *
 * Metadata: `format`, `version`, and `vectorizer`, the options that differ from the defaults, as JSON. A `tokenPattern` is
 * an object `{ source, flags }` there, which is compared and never compiled; a given vocabulary is `true`.
 */

import { tagOf } from "../../data/matrix.ts";
import { inPieces } from "../../data/pieces.ts";
import { FormatError, OptionError } from "../../errors.ts";
import { fromFloat64Bytes, show, toFloat64Bytes } from "../../formats/bytes.ts";
import { type JsonValue, parseJson } from "../../formats/json.ts";
import { arrayOf, checkFields, objectOf } from "../../formats/json-fields.ts";
import { formatJson } from "../../formats/json-write.ts";
import { type Dtype, readSafetensors, type Tensor, writeSafetensors } from "../../formats/safetensors.ts";
import { bytesOf, type ModelSource } from "../../model/save.ts";
import { openFile } from "../../model-files.ts";
import type { SoftmaxRegressionOptions } from "../../options.ts";
import { SoftmaxRegression } from "../../softmax-regression.ts";
import type { LearntTerms } from "../learn.ts";
import { checkAll, resolveTextOptions } from "../option-rules.ts";
import { type ResolvedTextOptions, TEXT_DEFAULTS, type TextVectorizerOptions } from "../options.ts";
import { TermTable } from "../term-table.ts";
import { restored, stateOf, type TextVectorizer } from "../vectorizer.ts";

/** Options of `load`. */
export interface TextLoadOptions {
  /** Options of the model that replace those saved. */
  readonly model?: SoftmaxRegressionOptions;
  /** The pattern of words that the vectorizer had when it was saved. */
  readonly tokenPattern?: RegExp;
}

/** What a file holds. */
export interface OpenedClassifier {
  readonly vectorizer: TextVectorizer;
  readonly model: SoftmaxRegression;
  readonly vectorizerOptions: TextVectorizerOptions;
  readonly modelOptions: SoftmaxRegressionOptions;
}

const FORMAT = "softmax-webgpu text classifier";
const VERSION = "1";
const LIMITS = { argument: "classifier", maxHeaderBytes: 2 ** 24 };

/** Largest that an inverse document frequency can be, 1 + ln(1 + n) of 2⁵³ texts, rounded up. */
const MAX_IDF = 38;

/** Terms read or written between two looks at the clock. */
const PIECE = 2 ** 12;

type Tensors = ReadonlyMap<string, Tensor>;

/** Writes a classifier. @throws FormatError more than 16 MiB of options */
export async function writeClassifier(
  vectorizer: TextVectorizer,
  model: SoftmaxRegression,
): Promise<Uint8Array<ArrayBuffer>> {
  const { options, terms } = stateOf(vectorizer);
  const { vocabulary, idf } = terms as LearntTerms;
  const tensors = new Map<string, Tensor>([["model", bytesTensor(await model.toSafetensors())]]);
  if (vocabulary)
    tensors.set(
      "vocabulary",
      bytesTensor(new TextEncoder().encode(await formatJson(await termsOf(vocabulary)))),
    );
  if (idf) tensors.set("idf", { dtype: "F64", shape: [idf.length], bytes: await toFloat64Bytes(idf) });
  const metadata = {
    format: FORMAT,
    version: VERSION,
    vectorizer: await formatJson(savedOptions(options)),
  };
  return writeSafetensors({ tensors, metadata }, LIMITS);
}

/** Reads a classifier. @throws FormatError naming the field; OptionError options given that do not fit */
export async function openClassifier(source: ModelSource, given: TextLoadOptions): Promise<OpenedClassifier> {
  checkAll(given, {
    model: ["an object", (value) => typeof value === "object" && value !== null],
    tokenPattern: ["a RegExp", (value) => tagOf(value) === "RegExp"],
  });
  if (typeof source === "string")
    throw new FormatError("classifier", "expected bytes, a Blob or a Response, got text");
  const { tensors, metadata } = await readSafetensors(await bytesOf(source), LIMITS);
  checkHead(metadata);
  const saved = objectOf(
    await parseJson(metadata.vectorizer, "classifier.vectorizer"),
    "classifier.vectorizer",
  );
  const { vocabulary: isGiven = false, tokenPattern = null, ...others } = saved;
  if (isGiven !== false && isGiven !== true)
    throw new FormatError("classifier.vectorizer.vocabulary", `expected true, got ${show(isGiven)}`);
  const options = resolved({
    ...others,
    ...patternOf(tokenPattern, given.tokenPattern),
    // The terms are read below; whether the other options go with given ones is checked here.
    ...(isGiven && others.hashing === undefined && { vocabulary: ["a"] }),
  });
  const terms = await readTerms(tensors, options, isGiven);
  const vectorizerOptions = isGiven
    ? { ...options, vocabulary: await termsOf(terms.vocabulary as TermTable) }
    : options;
  const modelBytes = tensorOf(tensors, "model", "U8").bytes;
  const { options: modelOptions, fitted } = await openFile(modelBytes, given.model ?? {});
  checkWidth(fitted.features, terms.features, options);
  return {
    vectorizer: restored(vectorizerOptions, terms),
    model: await SoftmaxRegression.load(modelBytes, given.model),
    vectorizerOptions,
    modelOptions,
  };
}

/** Checks which file it is, and the names of what it holds. @throws FormatError */
function checkHead(metadata: Readonly<Record<string, string>>): void {
  if (metadata.format !== FORMAT)
    throw new FormatError("classifier.format", `expected ${show(FORMAT)}, got ${show(metadata.format)}`);
  if (metadata.version !== VERSION)
    throw new FormatError(
      "classifier.version",
      `expected version ${VERSION}, got ${show(metadata.version)}; a newer release may have written it`,
    );
  checkFields(metadata, "classifier", ["format", "version", "vectorizer"]);
}

/** Returns the options that differ from the defaults, as JSON holds them. */
function savedOptions(options: ResolvedTextOptions): Record<string, JsonValue> {
  const { tokenPattern, vocabulary, ...others } = options;
  const changed = Object.entries(others).filter(
    ([name, value]) => name === "idf" || value !== TEXT_DEFAULTS[name as keyof ResolvedTextOptions],
  );
  return {
    ...(Object.fromEntries(changed) as Record<string, JsonValue>),
    ...(tokenPattern && { tokenPattern: { source: tokenPattern.source, flags: tokenPattern.flags } }),
    ...(vocabulary && { vocabulary: true }),
  };
}

/** Checks options from a file. @throws FormatError */
function resolved(options: object): ResolvedTextOptions {
  try {
    return resolveTextOptions(options);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new FormatError(`classifier.vectorizer.${cause.argument.slice(0, 40)}`, cause.message, { cause });
  }
}

/** Returns the pattern that the caller gives, if it is the saved one. @throws OptionError, FormatError */
function patternOf(saved: JsonValue, given: RegExp | undefined): { tokenPattern?: RegExp } {
  if (saved === null) {
    if (!given) return {};
    throw new OptionError("tokenPattern", "the classifier was saved without a pattern; leave it out");
  }
  const field = "classifier.vectorizer.tokenPattern";
  const { source, flags } = objectOf(saved, field);
  if (typeof source !== "string" || typeof flags !== "string")
    throw new FormatError(field, "expected { source, flags }, two strings");
  if (given && given.source === source && given.flags === flags) return { tokenPattern: given };
  const pattern = show(`/${source}/${flags}`);
  throw new OptionError(
    "tokenPattern",
    `the classifier was saved with the pattern ${pattern}; pass the same RegExp, since those of files are never run`,
  );
}

/** Reads vocabulary and idf. @throws FormatError */
async function readTerms(
  tensors: Tensors,
  options: ResolvedTextOptions,
  isGiven: boolean,
): Promise<LearntTerms> {
  const { hashing, idf: hasIdf } = options;
  if (hashing && isGiven)
    throw new FormatError("classifier.vectorizer.vocabulary", "has no effect with hashing");
  const expected = ["model", ...(hashing ? [] : ["vocabulary"]), ...(hasIdf ? ["idf"] : [])];
  for (const name of tensors.keys())
    if (!expected.includes(name))
      throw new FormatError(`classifier.${name.slice(0, 40)}`, "an unknown tensor");
  const vocabulary = hashing ? null : await readVocabulary(tensorOf(tensors, "vocabulary", "U8"));
  const features = vocabulary?.size ?? (hashing as NonNullable<typeof hashing>).features;
  const idf = hasIdf ? await readIdf(tensorOf(tensors, "idf", "F64"), features) : null;
  return { features, vocabulary, idf };
}

async function readVocabulary({ bytes }: Tensor): Promise<TermTable> {
  const field = "classifier.vocabulary";
  const terms = arrayOf(await parseJson(bytes, field), field);
  if (terms.length === 0) throw new FormatError(field, "expected at least one term, got none");
  const table = new TermTable();
  const add = (begin: number, end: number) => {
    for (let i = begin; i < end; i++) {
      const term = terms[i];
      if (typeof term !== "string" || /\p{Surrogate}/u.test(term))
        throw new FormatError(field, `expected strings of well-formed Unicode, term ${i} is ${show(term)}`);
      if (table.addText(term) !== i) throw new FormatError(field, `${show(term)} is there twice`);
    }
  };
  for (let begin = 0; begin < terms.length; begin += PIECE) {
    if (table.isCrowded) await table.grow();
    await inPieces(1, () => add(begin, Math.min(terms.length, begin + PIECE)));
  }
  return table;
}

async function readIdf({ bytes }: Tensor, features: number): Promise<Float64Array> {
  const idf = await fromFloat64Bytes(bytes);
  if (idf.length !== features)
    throw new FormatError(
      "classifier.idf",
      `expected a number for each of ${features} terms, got ${idf.length}`,
    );
  const check = (begin: number, end: number) => {
    for (let i = begin; i < end; i++)
      if (!(idf[i] >= 1 && idf[i] <= MAX_IDF))
        throw new FormatError(
          "classifier.idf",
          `expected numbers from 1 to ${MAX_IDF}, number ${i} is ${idf[i]}`,
        );
  };
  await inPieces(features, check);
  return idf;
}

/** Checks that the model has a weight for each column. @throws FormatError */
function checkWidth(width: number, features: number, { hashing }: ResolvedTextOptions): void {
  if (width === features) return;
  throw new FormatError(
    hashing ? "classifier.vectorizer.hashing" : "classifier.vocabulary",
    `has ${features} ${hashing ? "columns" : "terms"}, but the model has weights for ${width}`,
  );
}

function bytesTensor(bytes: Uint8Array): Tensor {
  return { dtype: "U8", shape: [bytes.length], bytes };
}

/** Returns a tensor of rank 1. @throws FormatError */
function tensorOf(tensors: Tensors, name: string, dtype: Dtype): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new FormatError(`classifier.${name}`, "missing");
  if (tensor.dtype === dtype && tensor.shape.length === 1) return tensor;
  throw new FormatError(
    `classifier.${name}`,
    `expected ${dtype} of rank 1, got ${tensor.dtype} of rank ${tensor.shape.length}`,
  );
}

/** Returns all terms of a table as strings. */
async function termsOf({ size, pool }: TermTable): Promise<string[]> {
  const terms: string[] = [];
  await inPieces(size, (begin, end) => {
    for (let i = begin; i < end; i++) terms.push(pool.textOf(i));
  });
  return terms;
}
