/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The estimator: what a user trains, asks and disposes of. It checks the options of each call and passes the work on: a
 * fit to fit/fit.ts, everything else to model/. What not every page needs (backends, solvers, file formats) is imported
 * when it is first called.
 */

import type { DeviceInfo } from "./backends/backend.ts";
import { BackendOwner } from "./backends/backend-owner.ts";
import type { Label, LabelsLike } from "./data/labels.ts";
import type { Matrix } from "./data/matrix.ts";
import type { RowsLike } from "./data/rows.ts";
import type { Standardization } from "./data/standardization.ts";
import { fitModel } from "./fit/fit.ts";
import { ModelState } from "./fit/model-state.ts";
import type { FitRequest } from "./fit/prepare.ts";
import type {
  CalibrationResult,
  CrossValidation,
  CrossValidationOptions,
  EvaluateOptions,
  FitCallOptions,
  FitHistory,
  FitOptions,
  ModelEvaluation,
  PartialFitOptions,
  PathEntry,
  PredictOptions,
  ReportOptions,
} from "./fit-options.ts";
import type { SklearnModel } from "./formats/sklearn.ts";
import { loaded } from "./loaded.ts";
import type { ClassificationReport } from "./metrics/report.ts";
import type { AppliedModel } from "./model/apply.ts";
import { calibrate } from "./model/calibrate.ts";
import { type FittedModel, folded, withClass, withoutClass } from "./model/fitted-model.ts";
import { evaluate, logits, predict, predictProba, report } from "./model/predict.ts";
import type { ModelSource } from "./model/save.ts";
import {
  jsonTextOf,
  type OpenedModel,
  onnxOf,
  openFile,
  openSklearn,
  plainJsonOf,
  safetensorsOf,
} from "./model-files.ts";
import { OneFit } from "./one-fit.ts";
import { checkOptions, resolveOptions } from "./option-rules.ts";
import type { ResolvedOptions, SoftmaxRegressionOptions } from "./options.ts";

/** `Symbol.dispose`; in engines without it, the name under which compilers look for it there. */
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/**
 * Softmax (multinomial logistic) regression: p = softmax(W x + b), fitted by minimising
 * J = Σ s_i CE_i / Σ s_i + λ‖W‖² + λ₁‖W‖₁.
 *
 * Arguments are checked before anything is allocated or changed. After dispose(), every other method fails
 * with StateError. Methods that need the device reject with DeviceError if it is missing or lost; the next call then
 * opens a new one. Methods that need a fitted model fail with StateError before the first fit.
 */
export class SoftmaxRegression {
  #options: ResolvedOptions;
  /** Names of the options that the caller gave, without those of a file. */
  #given: readonly string[];
  readonly #backend: BackendOwner;
  readonly #state = new ModelState();
  readonly #fits: OneFit;

  /** @throws OptionError an unknown option, or a value out of range */
  constructor(options: SoftmaxRegressionOptions = {}) {
    this.#options = resolveOptions(options);
    this.#given = namesOf(options);
    this.#backend = new BackendOwner(this.#options.device, this.#options);
    this.#fits = new OneFit(this.#backend.closed);
  }

  /**
   * Loads a saved model, safetensors or JSON (ONNX files are not read). Options given replace the saved ones; `device`,
   * `threads`, `tuning`, `tuningCache` and `workerUrl` are never read from a file. Bytes must not be changed until the
   * model is there. The event loop gets a turn every few milliseconds, however large the file.
   *
   * @param source text, bytes, a `Blob` or a `Response`, or a promise of one: `load(fetch(url))`
   * @throws FormatError no model, or a damaged one, naming the field; an option that no file may hold
   * @throws OptionError an option given that is unknown or out of range
   */
  static async load(
    source: ModelSource | PromiseLike<ModelSource>,
    options: SoftmaxRegressionOptions = {},
  ): Promise<SoftmaxRegression> {
    return SoftmaxRegression.#from(await openFile(source, options), options);
  }

  /**
   * The model of a fitted scikit-learn classifier, from its arrays (NPY files or plain), or from JSON text with
   * `coef_`, `intercept_` and `classes_`. Probabilities are the same; refitting takes the options given.
   * The arrays must not be changed until the model is there.
   *
   * @throws FormatError arrays that are damaged, or do not fit each other
   */
  static async fromSklearn(
    source: SklearnModel | string,
    options: SoftmaxRegressionOptions = {},
  ): Promise<SoftmaxRegression> {
    return SoftmaxRegression.#from(await openSklearn(source, options), options);
  }

  static #from(
    { options, fitted, progress }: OpenedModel,
    given: SoftmaxRegressionOptions,
  ): SoftmaxRegression {
    const model = new SoftmaxRegression(options);
    model.#given = namesOf(given);
    model.#state.replace(fitted, progress);
    return model;
  }

  /**
   * Fits from zero parameters, or from the model's (`warmStart`, `resume`). The arrays must not be changed until the
   * fit has ended.
   *
   * @param x rows `[N,D]`
   * @param y a label per row (non-negative integers, strings or booleans), or probabilities `[N,K]`
   * @throws ShapeError, DataError, LimitError  `x`, `y`, `validation` or weights cannot be trained on
   * @throws OptionError     an unknown option, or one of the wrong type
   * @throws StateError      another fit is running and was not aborted; nothing to start from or to resume
   * @throws DivergenceError losses or parameters became NaN or infinite; the last finite ones are kept
   * @throws DeviceError     no device, or it was lost; the parameters of the last whole epoch or iteration are kept
   */
  async fit(x: RowsLike, y: LabelsLike, options: FitOptions = {}): Promise<FitHistory> {
    checkOptions.fit(options, { given: this.#given, solver: this.#options.solver });
    return this.#alone(x, y, options, (request) => fitModel(this.#state, request));
  }

  /**
   * Fits for several λ while the rows stay on the device, from the largest λ down, each from where the last ones lead.
   * The model keeps the fit with the least validation loss (without validation rows, the one with the
   * least λ), and its λ for later fits.
   *
   * @param x rows `[N,D]`
   * @param y as for {@link fit}
   * @param l2s each finite and ≥ 0, none twice
   * @returns one entry for each λ, in the order given
   * @throws as {@link fit}; an abort or a failure leaves the model as it was
   */
  async fitPath(
    x: RowsLike,
    y: LabelsLike,
    l2s: readonly number[],
    options: Omit<FitOptions, "resume"> = {},
  ): Promise<PathEntry[]> {
    checkOptions.fitPath(options, { given: this.#given, solver: this.#options.solver });
    return this.#alone(x, y, options, async (request) => {
      const { fitPath } = await loaded(import("./fit/path.ts"), "fitPath");
      const { entries, l2 } = await fitPath(this.#state, request, l2s);
      this.#options = { ...this.#options, l2 };
      return entries;
    });
  }

  /**
   * Compares λ by scores of rows that are held out, fold by fold, and fits the model on all rows with the best. Rows go to
   * the device once; standardisation and `"balanced"` class weights are those of all rows. The λ that is chosen is the
   * model's for later fits.
   *
   * @param x rows `[N,D]`
   * @param y as for {@link fit}
   * @throws as {@link fit}; OptionError, DataError λ or folds that do not fit the rows; an abort or a failure leaves the
   *   model as it was
   */
  async crossValidate(
    x: RowsLike,
    y: LabelsLike,
    options: CrossValidationOptions = {},
  ): Promise<CrossValidation> {
    checkOptions.crossValidate(options, { given: this.#given, solver: this.#options.solver });
    const { l2s: _, folds, stratified, seed, scoring, rule, resume, ...fitOptions } = options;
    return this.#alone(x, y, fitOptions, async (request) => {
      const { crossValidate } = await loaded(import("./fit/cross-validation.ts"), "cross-validation");
      const found = await crossValidate(this.#state, request, options);
      this.#options = { ...this.#options, l2: found.l2 };
      return found;
    });
  }

  /**
   * Trains on one batch of rows that came in: one pass of SGD (AdamW if that is the solver), continuing from earlier
   * calls. The first call, or a `fit` before it, fixes features and classes; `classes` declares classes that its rows
   * lack. `averaging` and `earlyStopping` are ignored; schedules that fall over the length of a fit stay at their first
   * rate.
   *
   * @throws as {@link fit}; a batch that fails leaves the model as it was
   */
  async partialFit(x: RowsLike, y: LabelsLike, options: PartialFitOptions = {}): Promise<void> {
    checkOptions.partialFit(options);
    return this.#alone(x, y, options, async (request) => {
      const { partialFit } = await loaded(import("./fit/partial-fit.ts"), "partialFit");
      return partialFit(this.#state, request);
    });
  }

  /**
   * Adds a class to be trained later, by `partialFit` or a warm start. Resets the state of optimisers.
   *
   * @throws DataError a class that exists already, or a label of another type
   */
  addClass(label: Label): void {
    this.#fits.assertNone();
    this.#state.replace(withClass(this.#fitted, label));
  }

  /**
   * Removes a class; the others keep their scores. Resets the state of optimisers.
   *
   * @throws StateError if only one class would be left; DataError no such class
   */
  removeClass(label: Label): void {
    this.#fits.assertNone();
    this.#state.replace(withoutClass(this.#fitted, label));
  }

  /** Returns the most probable label of each row of `x [N,D]`, in the type of the training labels. */
  predict(x: RowsLike): Promise<Label[]>;
  /** Returns null for rows whose most probable label is less probable than `minProbability`. */
  predict(x: RowsLike, options: PredictOptions): Promise<(Label | null)[]>;
  async predict(x: RowsLike, options: PredictOptions = {}): Promise<(Label | null)[]> {
    checkOptions.predict(options);
    return predict(this.#applied(), x, options);
  }

  /** Returns probabilities P `[N,K]`, columns in the order of `classes`; calibrated if the model is. */
  async predictProba(x: RowsLike): Promise<Matrix<Float32Array>> {
    return predictProba(this.#applied(), x);
  }

  /** Returns scores Z = X Wᵀ + b `[N,K]`, columns in the order of `classes`; not divided by the temperature. */
  async logits(x: RowsLike): Promise<Matrix<Float32Array>> {
    return logits(this.#applied(), x);
  }

  /**
   * Returns objective, loss and accuracy on rows `x [N,D]` and `y`, a label or a row of probabilities for each, without
   * label smoothing and class weights.
   *
   * @throws DataError also for a label the model was not fitted with
   */
  async evaluate(x: RowsLike, y: LabelsLike, options: EvaluateOptions = {}): Promise<ModelEvaluation> {
    checkOptions.evaluate(options);
    return evaluate(this.#applied(), x, y, options);
  }

  /**
   * Returns accuracies, confusion matrix with the rows behind each cell, precision, recall and F1 of each class, and
   * calibration error on rows `x [N,D]` and `y`. Twelve bytes a row come back from the device.
   */
  async report(x: RowsLike, y: LabelsLike, options: ReportOptions = {}): Promise<ClassificationReport> {
    checkOptions.report(options);
    return report(this.#applied(), x, y, options);
  }

  /**
   * Temperature scaling: finds the number to divide scores by so that probabilities fit rows that were not trained on.
   * Predicted labels do not change; the next fit resets it.
   */
  async calibrate(x: RowsLike, y: LabelsLike, options: EvaluateOptions = {}): Promise<CalibrationResult> {
    checkOptions.evaluate(options);
    return this.#alone(x, y, {}, async () => {
      const applied = this.#applied();
      const result = await calibrate(applied, x, y, options);
      const { progress, comparison } = this.#state;
      this.#state.replace({ ...applied.fitted, temperature: result.temperature }, progress, comparison);
      return result;
    });
  }

  /**
   * Writes the model and any interrupted fit, as they are at the time of the call, as a safetensors file. Schedules
   * given as functions are not saved, nor are `device`, `threads`, `tuning`, `tuningCache` and `workerUrl`.
   */
  async toSafetensors(): Promise<Uint8Array<ArrayBuffer>> {
    return safetensorsOf(this.#alive, this.#options);
  }

  /**
   * Writes the model, with an interrupted fit, as JSON text. Joining the pieces holds the thread, some 50 ms for 100
   * MB.
   *
   * @throws FormatError more than 2²⁴ numbers: safetensors hold those
   */
  async toJsonText(): Promise<string> {
    return jsonTextOf(this.#alive, this.#options);
  }

  /**
   * Returns what `JSON.stringify(model)` writes and {@link load} reads: the model without an interrupted fit. Holds the
   * thread; prefer {@link toJsonText} for large models. −0 becomes 0.
   *
   * @throws FormatError more than 2²⁴ numbers
   */
  toJSON(): object {
    return plainJsonOf(this.#alive, this.#options);
  }

  /**
   * Writes the model as an ONNX file of opset 13: `x [N,D]` to `logits` and `probabilities [N,K]`, float32. One Gemm
   * holds standardisation and temperature, so that its logits are divided by the temperature. The classes are in the
   * metadata. Features many standard deviations away from 0 lose digits that `predict` keeps: move them nearer to 0
   * before training. Of sparse rows, too, `x` is dense there.
   *
   * @throws FormatError parameters too large for float32
   */
  async toOnnx(): Promise<Uint8Array<ArrayBuffer>> {
    return onnxOf(this.#alive, this.#options);
  }

  /** W `[K·D]`, row after row, a standardisation folded into it. */
  get weights(): Float32Array {
    return Float32Array.from(folded(this.#fitted).weights);
  }

  /** b `[K]`, for rows as they come: a standardisation is folded in. */
  get bias(): Float32Array {
    return Float32Array.from(folded(this.#fitted).bias);
  }

  /** The labels, ascending: column k of a result belongs to the k-th. */
  get classes(): readonly Label[] {
    return [...this.#fitted.classes];
  }

  /** Mean and scale of the features; null if the model does not standardise them. */
  get standardization(): Standardization | null {
    const { standardization } = this.#fitted;
    return standardization ? structuredClone(standardization) : null;
  }

  /** T of the last calibration; 1 without one. */
  get temperature(): number {
    return this.#fitted.temperature;
  }

  /** λ, the coefficient of ‖W‖²: the option, or what `fitPath` or `crossValidate` has chosen. */
  get l2(): number {
    return this.#options.l2;
  }

  /** Whether `fit` with `resume` has something to go on with. (`crossValidate` says so itself.) */
  get isResumable(): boolean {
    return this.#state.interrupted !== null;
  }

  /** The device of the last call and why it was chosen; null before the first. */
  get device(): DeviceInfo | null {
    return this.#backend.info;
  }

  /**
   * Frees the device. Calls that are running reject with StateError. May be called again; `using` calls it, too.
   *
   * A function of the instance, so that `structuredClone(model)` and `postMessage` fail instead of making an empty
   * object: give {@link toJSON}'s result or a file to another thread.
   */
  readonly dispose = (): void => this.#backend.dispose();

  /** {@link dispose}, for `using model = new SoftmaxRegression()`. */
  [DISPOSE](): void {
    this.dispose();
  }

  /** Runs one fit at a time. A fit that follows an aborted one waits for its end. */
  #alone<T>(
    x: RowsLike,
    y: LabelsLike,
    options: FitCallOptions,
    work: (request: FitRequest) => Promise<T>,
  ): Promise<T> {
    return this.#fits.run(options, (fitOptions, signal) =>
      work({ x, y, options: this.#options, backend: this.#backend, fitOptions, signal }),
    );
  }

  /** The fitted model, to be applied to rows. */
  #applied(): AppliedModel {
    return { fitted: this.#fitted, backend: this.#backend, options: this.#options };
  }

  /** @throws StateError after dispose() */
  get #alive(): ModelState {
    this.#backend.closed.throwIfAborted();
    return this.#state;
  }

  /** @throws StateError after dispose(), or before the first fit */
  get #fitted(): FittedModel {
    return this.#alive.fitted;
  }
}

/** Returns the names of the options that have a value. */
function namesOf(options: SoftmaxRegressionOptions): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
