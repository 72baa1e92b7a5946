/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The estimator: what a user trains, asks and disposes of. It checks what it is given and keeps what was learnt; how a
 * fit runs is in training/, how its model is applied in model/, the order of steps in solvers/, the mathematics in the
 * backends. What not every page needs (backends, solvers, file formats)
 * is imported when it is first called.
 */
import type { DeviceInfo } from "./backends/backend.ts";
import { BackendOwner } from "./backends/backend-owner.ts";
import { anyOf } from "./backends/waiting.ts";
import type { Label, LabelsLike } from "./data/labels.ts";
import type { Matrix, MatrixLike } from "./data/matrix.ts";
import type { Standardization } from "./data/standardization.ts";
import type {
  CalibrationResult,
  EvaluateOptions,
  FitHistory,
  FitOptions,
  ModelEvaluation,
  PartialFitOptions,
  PathEntry,
  PredictOptions,
  ReportOptions,
} from "./fit-options.ts";
import { modelToPlainJson } from "./formats/plain-json.ts";
import type { SavedModel } from "./formats/saved-model.ts";
import type { SklearnModel } from "./formats/sklearn.ts";
import type { ClassificationReport } from "./metrics/report.ts";
import type { AppliedModel } from "./model/apply.ts";
import { calibrate } from "./model/calibrate.ts";
import { withClass, withoutClass } from "./model/change-classes.ts";
import { evaluate, report } from "./model/evaluate.ts";
import { type Fitted, folded } from "./model/fitted.ts";
import { logits, predict, predictProba } from "./model/predict.ts";
import { fittedOf, loadModel, type ModelSource, optionsOf, savedModel } from "./model/save.ts";
import { endedBy, OneFit } from "./one-fit.ts";
import { checkOptions, resolveOptions } from "./option-rules.ts";
import type { ResolvedOptions, SoftmaxRegressionOptions } from "./options.ts";
import { beginFit, checkEarlyStopping, fittedTo } from "./training/begin-fit.ts";
import { runFit, withSession } from "./training/fit.ts";
import { ModelState } from "./training/model-state.ts";
import { bestOf, checkPath, fitAlongPath } from "./training/path.ts";
import type { FitRequest } from "./training/prepare-fit.ts";

/** `Symbol.dispose`; in engines without it, the name under which compilers look for it there. */
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/**
 * Softmax (multinomial logistic) regression: p = softmax(W x + b), fitted by minimising
 * J = Σ s_i CE_i / Σ s_i + λ‖W‖² + λ₁‖W‖₁.
 *
 * Arguments are checked before anything is allocated or changed. Every method rejects with StateError after
 * dispose(), and with DeviceError where the device is missing or lost; the next call then opens a new one.
 */
export class SoftmaxRegression {
  #options: ResolvedOptions;
  /** Names of the options that the caller gave; those of a file are none of them. */
  #given: readonly string[];
  readonly #backend: BackendOwner;
  readonly #state = new ModelState();
  readonly #fits = new OneFit();

  /** @throws OptionError an unknown option, or a value out of range */
  constructor(options: SoftmaxRegressionOptions = {}) {
    this.#options = resolveOptions(options);
    this.#given = namesOf(options);
    this.#backend = new BackendOwner(this.#options.device, this.#options);
  }

  /**
   * Loads a model that was saved, whatever it was saved as, with the options it was saved with but for those given. A
   * file decides nothing but what the model is: `device`, `threads`, `tuning`, `tuningCache` and `workerUrl` are those
   * given, or the defaults. Bytes must not be changed until the model is there. The thread is given back every few
   * milliseconds, however large the file.
   *
   * @param source text, bytes, a `Blob` or a `Response`, or a promise of one: `load(fetch(url))`
   * @throws FormatError what is no model, or a damaged one, naming the field; an option that no file may hold
   * @throws OptionError an option given that is unknown or out of range
   */
  static async load(
    source: ModelSource | PromiseLike<ModelSource>,
    options: SoftmaxRegressionOptions = {},
  ): Promise<SoftmaxRegression> {
    return SoftmaxRegression.#from(await loadModel(await source), options);
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
    const { fromSklearn, fromSklearnJson } = await import("./formats/sklearn.ts");
    const saved = typeof source === "string" ? fromSklearnJson(source) : fromSklearn(source);
    return SoftmaxRegression.#from(await saved, options);
  }

  static async #from(saved: SavedModel, given: SoftmaxRegressionOptions): Promise<SoftmaxRegression> {
    const { weights, bias, progress } = saved;
    const resumable =
      progress &&
      (await (await import("./training/progress.ts")).unpackProgress(progress, weights.length, bias.length));
    const model = new SoftmaxRegression(optionsOf(saved, given));
    model.#given = namesOf(given);
    model.#state.replace(fittedOf(saved), resumable);
    return model;
  }

  /**
   * Fits from zero parameters, or from those the model has (`warmStart`, `resume`). The arrays are not to be changed
   * until the fit has ended.
   *
   * @param x rows `[N,D]`
   * @param y a label per row (non-negative integers, strings or booleans), or probabilities `[N,K]`
   * @throws ShapeError, DataError, LimitError  `x`, `y`, `validation` or weights cannot be trained on
   * @throws OptionError     an unknown option, or one of the wrong type
   * @throws StateError      another fit is running and was not aborted; nothing to start from or to resume
   * @throws DivergenceError the parameters left the finite numbers; the last finite ones are kept
   * @throws DeviceError     no device, or it was lost; the parameters of the last whole epoch or iteration are kept
   */
  async fit(x: MatrixLike, y: LabelsLike, options: FitOptions = {}): Promise<FitHistory> {
    checkOptions.fit(options, { given: this.#given, solver: this.#options.solver });
    return this.#alone(options, async (hooks, signal) => {
      const began = performance.now();
      checkEarlyStopping(this.#options, options);
      const { problem, task } = await beginFit(this.#state, this.#request(x, y, hooks, signal));
      const outcome = await withSession(this.#backend, problem, task, (session) =>
        runFit(session, problem, task),
      );
      this.#state.progress = null;
      return { ...outcome, seconds: (performance.now() - began) / 1000 };
    });
  }

  /**
   * Fits for several λ while the rows stay on the device, from the largest λ down, each from where the last one ended.
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
    x: MatrixLike,
    y: LabelsLike,
    l2s: readonly number[],
    options: Omit<FitOptions, "resume"> = {},
  ): Promise<PathEntry[]> {
    checkOptions.fitPath(options, { given: this.#given, solver: this.#options.solver });
    return this.#alone(options, async (hooks, signal) => {
      checkPath(l2s);
      checkEarlyStopping(this.#options, options);
      const { problem, task } = await beginFit(this.#state, this.#request(x, y, hooks, signal));
      const fits = await withSession(this.#backend, problem, task, (session) =>
        fitAlongPath(session, problem, task, l2s),
      );
      const { parameters, l2 } = bestOf(fits);
      this.#options = { ...this.#options, l2 };
      this.#state.replace(fittedTo(problem, parameters, this.#options));
      return fits.map(({ parameters: _, ...entry }) => entry);
    });
  }

  /**
   * One pass over a batch of rows by SGD (AdamW where that is the solver), on from all batches before: for rows that
   * come in over time. The first call, or `fit` before it, settles the features and classes; `classes` declares those
   * that its rows do not show. Averaging and early stopping take no part, and schedules see a fit without an end, so
   * that those that fall over its length stay where they begin.
   *
   * @throws as {@link fit}; a batch that fails leaves the model as it was
   */
  async partialFit(x: MatrixLike, y: LabelsLike, options: PartialFitOptions = {}): Promise<void> {
    checkOptions.partialFit(options);
    return this.#alone(options, async (hooks, signal) => {
      const request = this.#request(x, y, { ...hooks, warmStart: this.#state.isFitted }, signal);
      const { problem, task } = await beginFit(this.#state, request, false);
      const { takePartialSteps } = await import("./training/partial-fit.ts");
      const { parameters, progress } = await withSession(this.#backend, problem, task, (session) =>
        takePartialSteps(session, problem, task, this.#state.partial),
      );
      this.#state.replace(fittedTo(problem, parameters, this.#options), progress);
    });
  }

  /**
   * Adds a class that is to be trained later, by `partialFit` or a warm start. What optimisers remember is forgotten.
   *
   * @throws StateError before the first fit; DataError a class there already is, or a label of another type
   */
  addClass(label: Label): void {
    this.#requireQuiet();
    this.#state.replace(withClass(this.#requireFitted(), label));
  }

  /**
   * Takes a class out; the others keep their scores. What optimisers remember is forgotten.
   *
   * @throws StateError before the first fit, or where only one class would be left; DataError no such class
   */
  removeClass(label: Label): void {
    this.#requireQuiet();
    this.#state.replace(withoutClass(this.#requireFitted(), label));
  }

  /** The most probable label of each row of `x [N,D]`, in the type the labels came in. */
  predict(x: MatrixLike): Promise<Label[]>;
  /** The same, but null for rows where no label is as probable as `minProbability`. */
  predict(x: MatrixLike, options: PredictOptions): Promise<(Label | null)[]>;
  async predict(x: MatrixLike, options: PredictOptions = {}): Promise<(Label | null)[]> {
    checkOptions.predict(options);
    return predict(this.#applied(), x, options);
  }

  /** P `[N,K]`, columns in the order of `classes`; of a calibrated model, calibrated. */
  async predictProba(x: MatrixLike): Promise<Matrix<Float32Array>> {
    return predictProba(this.#applied(), x);
  }

  /** Z = X Wᵀ + b `[N,K]`, columns in the order of `classes`; not divided by the temperature. */
  async logits(x: MatrixLike): Promise<Matrix<Float32Array>> {
    return logits(this.#applied(), x);
  }

  /**
   * Objective, loss and accuracy on rows `x [N,D]` and `y`, a label or a row of probabilities for each. Targets are
   * taken as they are, without smoothing and class weights.
   *
   * @throws DataError also for a label the model was not fitted with
   */
  async evaluate(x: MatrixLike, y: LabelsLike, options: EvaluateOptions = {}): Promise<ModelEvaluation> {
    checkOptions.evaluate(options);
    return evaluate(this.#applied(), x, y, options);
  }

  /**
   * Everything that can be counted on rows `x [N,D]` and `y`: accuracies, confusion matrix with the rows behind each
   * cell, precision, recall and F1 of each class, calibration error. Twelve bytes a row come back from the device.
   */
  async report(x: MatrixLike, y: LabelsLike, options: ReportOptions = {}): Promise<ClassificationReport> {
    checkOptions.report(options);
    return report(this.#applied(), x, y, options);
  }

  /**
   * Temperature scaling: finds the number that scores are to be divided by for the probabilities to fit rows that were
   * not trained on. Labels predicted stay the same; the next fit forgets it.
   */
  async calibrate(x: MatrixLike, y: LabelsLike, options: EvaluateOptions = {}): Promise<CalibrationResult> {
    checkOptions.evaluate(options);
    return this.#alone({}, async () => {
      const applied = this.#applied();
      const result = await calibrate(applied, x, y, options);
      this.#state.replace({ ...applied.fitted, temperature: result.temperature }, this.#state.progress);
      return result;
    });
  }

  /**
   * Writes the model as a safetensors file, an interrupted fit and all, as it is when this is called. Schedules given
   * as functions are not saved, nor are `device`, `threads`, `tuning`, `tuningCache` and `workerUrl`.
   *
   * @throws StateError before the first fit
   */
  async toSafetensors(): Promise<Uint8Array<ArrayBuffer>> {
    const [{ modelToSafetensors }, saved] = await Promise.all([
      import("./formats/model-safetensors.ts"),
      this.#saved(),
    ]);
    return modelToSafetensors(saved);
  }

  /**
   * Writes the same as JSON text. Its pieces are joined in one go, some 50 ms for 100 MB.
   *
   * @throws StateError before the first fit; FormatError more than 2²⁴ numbers: safetensors hold those
   */
  async toJsonText(): Promise<string> {
    const [{ modelToJson }, saved] = await Promise.all([import("./formats/model-json.ts"), this.#saved()]);
    return modelToJson(saved);
  }

  /**
   * What `JSON.stringify(model)` writes, which {@link load} reads: the model without an interrupted fit. It holds the
   * thread; prefer {@link toJsonText} for large models. −0 becomes 0.
   *
   * @throws StateError before the first fit; FormatError more than 2²⁴ numbers
   */
  toJSON(): object {
    return modelToPlainJson(savedModel(this.#requireFitted(), this.#options, null));
  }

  /**
   * The model as an ONNX file of opset 13: `x [N,D]` to `logits` and `probabilities [N,K]`, float32,
   * standardisation and temperature folded into one Gemm, so that its logits are divided by the temperature.
   * The classes are in its metadata. Features very many standard deviations away from 0 lose digits there, which
   * `predict` keeps: move them nearer to 0 before training if the file is to be used.
   *
   * @throws StateError before the first fit; FormatError parameters too large for float32
   */
  async toOnnx(): Promise<Uint8Array<ArrayBuffer>> {
    const [{ toOnnx }, saved] = await Promise.all([import("./formats/onnx.ts"), this.#saved()]);
    return toOnnx(saved);
  }

  /** W `[K·D]`, row after row, a standardisation folded into it. @throws StateError before the first fit */
  get weights(): Float32Array {
    return Float32Array.from(folded(this.#requireFitted()).weights);
  }

  /** b `[K]`, for rows as they come: a standardisation is folded in. @throws StateError before the first fit */
  get bias(): Float32Array {
    return Float32Array.from(folded(this.#requireFitted()).bias);
  }

  /** The labels, ascending: column k of a result belongs to the k-th. @throws StateError before the first fit */
  get classes(): readonly Label[] {
    return [...this.#requireFitted().classes];
  }

  /** Mean and scale of the features where the model standardises them. @throws StateError before the first fit */
  get standardization(): Standardization | null {
    const { standardization } = this.#requireFitted();
    return standardization ? structuredClone(standardization) : null;
  }

  /** T of the last calibration; 1 where there was none. @throws StateError before the first fit */
  get temperature(): number {
    return this.#requireFitted().temperature;
  }

  /** λ, the coefficient of ‖W‖²: the option, or what `fitPath` has chosen. */
  get l2(): number {
    return this.#options.l2;
  }

  /** Whether `fit` with `resume` has something to go on with. */
  get isResumable(): boolean {
    return this.#state.interrupted !== null;
  }

  /** What the model last ran on and why; null before that. */
  get device(): DeviceInfo | null {
    return this.#backend.info;
  }

  /**
   * Frees the device. What is running rejects with StateError. May be called again; `using` calls it, too.
   *
   * An own function, so that `structuredClone(model)` and `postMessage` fail instead of making an empty object of a
   * model: give {@link toJSON}'s result or a file to another thread.
   */
  readonly dispose = (): void => this.#backend.dispose();

  /** {@link dispose}, for `using model = new SoftmaxRegression()`. */
  [DISPOSE](): void {
    this.dispose();
  }

  /** One fit at a time; one after an aborted one waits for its end. */
  async #alone<T>(
    options: FitOptions,
    work: (hooks: FitOptions, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { closed } = this.#backend;
    closed.throwIfAborted();
    const signal = options.signal ? anyOf([closed, options.signal]) : closed;
    return this.#fits.run(signal, (awaited) => work(endedBy(awaited, options), signal));
  }

  /** @throws StateError while a fit runs, whose result would replace what is done now */
  #requireQuiet(): void {
    this.#backend.closed.throwIfAborted();
    this.#fits.assertNone();
  }

  #request(x: MatrixLike, y: LabelsLike, hooks: FitOptions, signal: AbortSignal): FitRequest {
    return { x, y, hooks, options: this.#options, signal };
  }

  /** Collects what there is to save now. A fit that runs meanwhile makes new arrays and leaves these as they are. */
  async #saved(): Promise<SavedModel> {
    const [fitted, options, { progress }] = [this.#requireFitted(), this.#options, this.#state];
    const packed = progress && (await (await import("./training/progress.ts")).packProgress(progress));
    return savedModel(fitted, options, packed);
  }

  /** The fitted model, to be applied to rows. */
  #applied(): AppliedModel {
    return { fitted: this.#requireFitted(), backend: this.#backend, options: this.#options };
  }

  #requireFitted(): Fitted {
    this.#backend.closed.throwIfAborted();
    return this.#state.fitted;
  }
}

/** Returns the names of the options that have a value. */
function namesOf(options: SoftmaxRegressionOptions): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
