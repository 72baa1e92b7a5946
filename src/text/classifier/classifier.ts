/// <reference lib="esnext.disposable" preserve="true" />
/** A classifier of texts: a vectorizer and a softmax classifier on its rows, fitted, applied and saved together. */
import type { Label, LabelsLike } from "../../data/labels.ts";
import type { Matrix } from "../../data/matrix.ts";
import { StateError } from "../../errors.ts";
import type {
  CalibrationResult,
  CrossValidation,
  EvaluateOptions,
  FitCallOptions,
  FitHistory,
  ModelEvaluation,
  PartialFitOptions,
  PredictOptions,
  ReportOptions,
} from "../../fit-options.ts";
import { loaded } from "../../loaded.ts";
import type { ClassificationReport } from "../../metrics/report.ts";
import type { ModelSource } from "../../model/save.ts";
import { OneFit } from "../../one-fit.ts";
import { checkOptions } from "../../option-rules.ts";
import { SoftmaxRegression } from "../../softmax-regression.ts";
import { checkAll } from "../option-rules.ts";
import type { TextRows } from "../row-writer.ts";
import type { TextsLike } from "../texts.ts";
import { copyOf, TextVectorizer } from "../vectorizer.ts";
import { type ClassTerms, explain, type TextExplanation, topFeatures } from "./explain.ts";
import type { TextLoadOptions } from "./file.ts";
import {
  checkCall,
  checkClassifierOptions,
  checkCounts,
  type TextClassifierOptions,
  type TextCrossValidationOptions,
  type TextFitOptions,
} from "./options.ts";
import { Pair } from "./pair.ts";
import { checkWidth, heldRows } from "./rows.ts";

/** `Symbol.dispose`; in engines without it, the name under which compilers look for it there. */
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/**
 * Classifies texts: a {@link TextVectorizer} and a {@link SoftmaxRegression} on its rows. Texts are an array, or come one
 * by one; labels are as for {@link SoftmaxRegression.fit}.
 *
 * Arguments are checked before anything changes. A fit that is refused or aborted before its first iteration leaves the
 * classifier as it was. A fit that is aborted later keeps the new vocabulary, and the parameters of the last iteration or
 * epoch. After dispose(), every other method fails with StateError.
 */
export class TextClassifier {
  #options: TextClassifierOptions;
  #pair: Pair | null = null;
  readonly #closing = new AbortController();
  readonly #fits = new OneFit(this.#closing.signal);

  /** @throws OptionError an unknown option, a value out of range, or one that belongs to a part */
  constructor(options: TextClassifierOptions = {}) {
    checkClassifierOptions(options);
    this.#options = { vectorizer: { ...options.vectorizer }, model: { ...options.model } };
  }

  /**
   * Loads a classifier that {@link toSafetensors} saved. Options of the model that are given replace those saved. A
   * pattern of words in a file is never run, since it could take for ever: pass the same `tokenPattern` again.
   *
   * @throws FormatError no such file, or a damaged one, naming the field
   * @throws OptionError an option given that is unknown or out of range; another `tokenPattern` than the saved one, or none
   */
  static async load(
    source: ModelSource | PromiseLike<ModelSource>,
    options: TextLoadOptions = {},
  ): Promise<TextClassifier> {
    const { openClassifier } = await loaded(import("./file.ts"), "reading classifiers");
    const { vectorizer, model, vectorizerOptions, modelOptions } = await openClassifier(
      await source,
      options,
    );
    const classifier = new TextClassifier({ vectorizer: vectorizerOptions, model: modelOptions });
    classifier.#pair = new Pair(vectorizer, model);
    return classifier;
  }

  /**
   * Learns the vocabulary from the texts, and then the model from their rows. With `warmStart` or `resume`, the vocabulary
   * stays.
   *
   * @throws DataError, ShapeError, LimitError texts, labels, `validation` or weights that cannot be trained on
   * @throws OptionError an option that is unknown, of the wrong type, or without effect
   * @throws StateError another fit is running; nothing to start from or to resume
   * @throws DivergenceError, DeviceError as {@link SoftmaxRegression.fit}
   */
  async fit(texts: TextsLike, y: LabelsLike, options: TextFitOptions = {}): Promise<FitHistory> {
    checkCall("fit", options, this.#modelOptions);
    checkCounts(texts, y);
    const { warmStart, resume } = options;
    return this.#train(texts, options, warmStart || resume || false, ({ model }, x, given) =>
      model.fit(x, y, given),
    );
  }

  /**
   * Compares λ as {@link SoftmaxRegression.crossValidate} does, and fits with the best. The vocabulary, and idf, are
   * learnt from all texts. The λ that is chosen is that of later fits.
   *
   * @throws as {@link fit}
   */
  async crossValidate(
    texts: TextsLike,
    y: LabelsLike,
    options: TextCrossValidationOptions = {},
  ): Promise<CrossValidation> {
    checkCall("crossValidate", options, this.#modelOptions);
    checkCounts(texts, y);
    const found = await this.#train(texts, options, options.resume ?? false, ({ model }, x, given) =>
      model.crossValidate(x, y, given),
    );
    this.#options = { ...this.#options, model: { ...this.#options.model, l2: found.l2 } };
    return found;
  }

  /**
   * Trains on texts that came in, as {@link SoftmaxRegression.partialFit} does. Needs columns that stay: those of an
   * earlier `fit`, of a given vocabulary, or hashing without idf.
   *
   * @throws StateError there are no such columns; as {@link fit}
   */
  async partialFit(texts: TextsLike, y: LabelsLike, options: PartialFitOptions = {}): Promise<void> {
    checkOptions.partialFit(options);
    checkCounts(texts, y);
    return this.#fits.run(options, async (given, signal) => {
      const pair = this.#pair ?? this.#newPair();
      if (!pair.vectorizer.isFitted)
        throw new StateError(
          "partialFit",
          "the vocabulary of one batch is not that of the next; call fit first, or use vectorizer: { hashing: {} }",
        );
      const x = await pair.vectorizer.transform(texts, { signal });
      await this.#keep(pair, () => pair.model.partialFit(x, y, { ...given, signal }));
    });
  }

  /** Returns the most probable label of each text. */
  predict(texts: TextsLike): Promise<Label[]>;
  /** Returns null for texts whose most probable label is less probable than `minProbability`. */
  predict(texts: TextsLike, options: PredictOptions): Promise<(Label | null)[]>;
  async predict(texts: TextsLike, options: PredictOptions = {}): Promise<(Label | null)[]> {
    checkOptions.predict(options);
    return this.#apply(texts, (model, x) => model.predict(x, options));
  }

  /** Returns probabilities `[N,K]`, columns in the order of `classes`; calibrated if the model is. */
  async predictProba(texts: TextsLike): Promise<Matrix<Float32Array>> {
    return this.#apply(texts, (model, x) => model.predictProba(x));
  }

  /** Returns objective, loss and accuracy on texts and their labels. @throws DataError also for a label not fitted with */
  async evaluate(texts: TextsLike, y: LabelsLike, options: EvaluateOptions = {}): Promise<ModelEvaluation> {
    checkOptions.evaluate(options);
    return this.#apply(texts, (model, x) => model.evaluate(x, y, options));
  }

  /** Returns confusion matrix, precision, recall and F1 of each class, and calibration error, on texts and their labels. */
  async report(texts: TextsLike, y: LabelsLike, options: ReportOptions = {}): Promise<ClassificationReport> {
    checkOptions.report(options);
    return this.#apply(texts, (model, x) => model.report(x, y, options));
  }

  /** Scales the temperature on texts that were not trained on: {@link SoftmaxRegression.calibrate}. */
  async calibrate(
    texts: TextsLike,
    y: LabelsLike,
    options: EvaluateOptions = {},
  ): Promise<CalibrationResult> {
    checkOptions.evaluate(options);
    return this.#apply(texts, (model, x) => model.calibrate(x, y, options));
  }

  /**
   * Says which terms of a text speak for and against each class. Weights and bias are taken relative to their mean over
   * the classes, since a number added to all classes changes no probability: the contribution of term j to class k is
   * x_j (W_kj − mean_c W_cj). The contributions and the bias of a class sum up to its `score`, and the probabilities are
   * softmax(scores / temperature). With hashing, terms of the text that share a column are joined by ` / `.
   *
   * @throws DataError a text that is no string
   */
  async explain(text: string): Promise<TextExplanation> {
    return this.#fitted.use((pair) => explain(pair, text, this.#closing.signal));
  }

  /**
   * Returns the `k` terms with the largest weight of each class, relative to the mean over the classes. With hashing, no
   * terms are kept: those of `texts` are compared.
   *
   * @throws OptionError `k` is no integer ≥ 1, or hashing without `texts`
   */
  async topFeatures(k = 10, options: { readonly texts?: TextsLike } = {}): Promise<ClassTerms[]> {
    checkAll(options, { texts: ["texts", () => true] });
    return this.#fitted.use((pair) => topFeatures(pair, k, options.texts, this.#closing.signal));
  }

  /**
   * Writes a safetensors file that {@link load} reads: the model's own file in one tensor, the vocabulary and idf in
   * others. `tokenPattern` is only named in it, not saved.
   */
  async toSafetensors(): Promise<Uint8Array<ArrayBuffer>> {
    const { writeClassifier } = await loaded(import("./file.ts"), "safetensors");
    return this.#fitted.use((pair) => writeClassifier(pair.vectorizer, pair.model));
  }

  /** The labels, ascending: column k of a result belongs to the k-th. @throws StateError before `fit` */
  get classes(): readonly Label[] {
    return this.#fitted.model.classes;
  }

  /** A copy of the vectorizer that was fitted last, which may be fitted anew. @throws StateError before `fit` */
  get vectorizer(): TextVectorizer {
    return copyOf(this.#fitted.vectorizer);
  }

  /** The model that was fitted last, on rows of {@link vectorizer}. The next `fit` frees it. @throws StateError before `fit` */
  get model(): SoftmaxRegression {
    return this.#fitted.model;
  }

  /** Frees the device. Calls that are running reject with StateError. */
  readonly dispose = (): void => {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new StateError("classifier", "the classifier was disposed of"));
    this.#pair?.model.dispose();
  };

  /** {@link dispose}, for `using classifier = new TextClassifier()`. */
  [DISPOSE](): void {
    this.dispose();
  }

  get #modelOptions() {
    return this.#options.model ?? {};
  }

  #newPair(): Pair {
    return new Pair(new TextVectorizer(this.#options.vectorizer), new SoftmaxRegression(this.#options.model));
  }

  /** Reads the texts, and trains a new model on their rows, or the one that there is. */
  #train<T, O extends TextFitOptions | TextCrossValidationOptions>(
    texts: TextsLike,
    { validation, onTexts, ...options }: O,
    isContinued: boolean,
    work: (pair: Pair, x: TextRows, options: FitCallOptions) => Promise<T>,
  ): Promise<T> {
    return this.#fits.run(options as FitCallOptions, async (given, signal) => {
      const pair = isContinued ? this.#fitted : this.#newPair();
      const { vectorizer } = pair;
      const watched = { signal, ...(onTexts && { onProgress: onTexts }) };
      const x = await (isContinued
        ? vectorizer.transform(texts, watched)
        : vectorizer.fitTransform(texts, watched));
      checkWidth(x);
      const held = validation && (await heldRows(validation, vectorizer, signal));
      return this.#keep(pair, () => work(pair, x, { ...given, signal, ...(held && { validation: held }) }));
    });
  }

  /** Runs a training, and keeps its pair if the model has parameters behind it, whether or not it failed. */
  async #keep<T>(pair: Pair, training: () => Promise<T>): Promise<T> {
    try {
      return await training();
    } finally {
      if (this.#closing.signal.aborted || !pair.isFitted) {
        if (pair !== this.#pair) pair.retire();
      } else if (pair !== this.#pair) {
        this.#pair?.retire();
        this.#pair = pair;
      }
    }
  }

  #apply<T>(texts: TextsLike, work: (model: SoftmaxRegression, x: TextRows) => Promise<T>): Promise<T> {
    return this.#fitted.use(async ({ vectorizer, model }) =>
      work(model, await vectorizer.transform(texts, { signal: this.#closing.signal })),
    );
  }

  /** @throws StateError after dispose(), or before the first fit */
  get #fitted(): Pair {
    this.#closing.signal.throwIfAborted();
    if (this.#pair) return this.#pair;
    throw new StateError("classifier", "the classifier is not fitted yet; call fit first");
  }
}
