/**
 * The estimator: what a user trains, asks and disposes of. It checks what it is given, puts it on a backend
 * and lets a solver work; the mathematics is in the backends, the order of steps in the solvers.
 */
import type {
  Dataset,
  DeviceInfo,
  Evaluation,
  RunOptions,
  Trainer,
  TuningReport,
} from "./backends/backend.ts";
import { BackendOwner } from "./backends/backend-owner.ts";
import { assertFinite, checkFeatures, checkLabelled, type Learnt } from "./checks.ts";
import { type Label, type LabelsLike, learnClasses } from "./data/labels.ts";
import { MAX_ELEMENTS, type Matrix, type MatrixLike, rowsOf, toMatrix } from "./data/matrix.ts";
import { scanRows } from "./data/scan.ts";
import { NO_TARGETS, type Targets } from "./data/targets.ts";
import { LimitError, StateError } from "./errors.ts";
import type { EpochRecord, FitHistory, FitOptions, ModelEvaluation } from "./fit-options.ts";
import { argmaxRows } from "./metrics.ts";
import { type Parameters, penalty } from "./objective.ts";
import {
  checkFitOptions,
  type ResolvedOptions,
  resolveOptions,
  type SoftmaxRegressionOptions,
} from "./options.ts";
import { autoLearningRate } from "./solvers/auto-learning-rate.ts";
import { constant, type LearningRateSchedule, linearDecay } from "./solvers/schedules.ts";
import { sgd } from "./solvers/sgd.ts";

/** What a model knows once it is fitted. */
interface Fitted extends Learnt {
  readonly parameters: Parameters;
}

/** Scores that are read back at once where only the best of each row is wanted. */
const PREDICTED_SCORES = 2 ** 24;

/**
 * Softmax (multinomial logistic) regression: p = softmax(W x + b), fitted by minimising
 * J = mean cross-entropy + λ‖W‖².
 *
 * Arguments are checked before anything is allocated or changed. Every method rejects with StateError after
 * dispose(), and with DeviceError where the device is missing or lost; the next call then opens a new one.
 */
export class SoftmaxRegression {
  readonly #options: ResolvedOptions;
  readonly #backend: BackendOwner;
  #fitted: Fitted | null = null;
  #isFitting = false;

  /** @throws OptionError an unknown option, or a value out of range */
  constructor(options: SoftmaxRegressionOptions = {}) {
    this.#options = resolveOptions(options);
    this.#backend = new BackendOwner(this.#options.device, this.#options);
  }

  /**
   * Fits from zero parameters. The arrays are not to be changed until the fit has ended.
   *
   * @param x rows `[N,D]`
   * @param y a label per row (non-negative integers or strings), or probabilities `[N,K]`
   * @throws ShapeError, DataError, LimitError  `x`, `y` or `validation` cannot be trained on
   * @throws OptionError     an unknown option, or one of the wrong type
   * @throws StateError      another fit is running
   * @throws DivergenceError the parameters left the finite numbers; the last finite ones are kept
   * @throws DeviceError     no device, or it was lost; the parameters of the last whole epoch are kept
   */
  async fit(x: MatrixLike, y: LabelsLike, options: FitOptions = {}): Promise<FitHistory> {
    this.#backend.closed.throwIfAborted();
    if (this.#isFitting) throw new StateError("fit", "a fit is running; await it or abort it first");
    checkFitOptions(options);
    this.#isFitting = true;
    try {
      return await this.#fit(x, y, options);
    } finally {
      this.#isFitting = false;
    }
  }

  /** The most probable label of each row of `x [N,D]`, in the type the labels came in. */
  async predict(x: MatrixLike): Promise<Label[]> {
    const { classes, features } = this.#requireFitted();
    const matrix = checkFeatures(toMatrix(x, "x"), features, "x");
    const rowsAtOnce = Math.ceil(PREDICTED_SCORES / classes.length);
    const labels: Label[] = [];
    for (let first = 0; first < matrix.rows; first += rowsAtOnce) {
      const scores = await this.logits(rowsOf(matrix, first, rowsAtOnce));
      for (const k of argmaxRows(scores.data, classes.length)) labels.push(classes[k]);
    }
    return labels;
  }

  /** P `[N,K]`, columns in the order of `classes`. */
  async predictProba(x: MatrixLike): Promise<Matrix<Float32Array>> {
    return this.#scores(x, (trainer, data, run) => trainer.probabilities(data, run));
  }

  /** Z = X Wᵀ + b `[N,K]`, columns in the order of `classes`. */
  async logits(x: MatrixLike): Promise<Matrix<Float32Array>> {
    return this.#scores(x, (trainer, data, run) => trainer.logits(data, run));
  }

  /**
   * Objective, loss and accuracy on rows `x [N,D]` and `y`, a label or a row of probabilities for each.
   *
   * @throws DataError also for a label the model was not fitted with
   */
  async evaluate(x: MatrixLike, y: LabelsLike): Promise<ModelEvaluation> {
    const fitted = this.#requireFitted();
    const { matrix, targets } = checkLabelled(x, y, fitted, ["x", "y"]);
    await scanRows(matrix, "x", this.#backend.closed, this.#options.storage);
    const evaluation = await this.#run(fitted, matrix, targets, (trainer, data, run) =>
      trainer.evaluate(data, run),
    );
    assertFinite([evaluation.loss], 1);
    return this.#summarise(evaluation, matrix.rows, fitted.parameters);
  }

  /** W `[K·D]`, row after row. @throws StateError before the first fit */
  get weights(): Float32Array {
    return Float32Array.from(this.#requireFitted().parameters.weights);
  }

  /** b `[K]`; zeros without a bias. @throws StateError before the first fit */
  get bias(): Float32Array {
    return Float32Array.from(this.#requireFitted().parameters.bias);
  }

  /** The labels, ascending: column k of a result belongs to the k-th. @throws StateError before the first fit */
  get classes(): readonly Label[] {
    return this.#requireFitted().classes;
  }

  /** What the model last ran on and why; null before that. */
  get device(): DeviceInfo | null {
    return this.#backend.info;
  }

  /** Frees the device. What is running rejects with StateError. May be called again. */
  dispose(): void {
    this.#backend.dispose();
  }

  async #fit(x: MatrixLike, y: LabelsLike, options: FitOptions): Promise<FitHistory> {
    const started = performance.now();
    const signal = AbortSignal.any([this.#backend.closed, ...(options.signal ? [options.signal] : [])]);
    signal.throwIfAborted();
    const matrix = toMatrix(x, "x");
    const { classes, targets } = learnClasses(y, matrix.rows, "y");
    const known = { classes, features: matrix.cols };
    const validation =
      options.validation && checkLabelled(...options.validation, known, ["validation[0]", "validation[1]"]);
    const { maxSquaredNorm } = await scanRows(matrix, "x", signal, this.#options.storage);
    if (validation) await scanRows(validation.matrix, "validation[0]", signal, this.#options.storage);
    const schedule = await this.#schedule(matrix, maxSquaredNorm, signal);

    const epochs: EpochRecord[] = [];
    let tuning: TuningReport | null = null;
    await this.#backend.use(async (backend, own) => {
      // First what is most likely not to fit, and least costly to find out.
      const trainer = own(await backend.createTrainer(this.#shapeOf(known)));
      const { storage } = this.#options;
      const data = own(
        await backend.createDataset(
          { x: matrix, targets, storage },
          {
            signal,
            onRows: (rows) => options.onProgress?.({ phase: "upload", rows, totalRows: matrix.rows }),
          },
        ),
      );
      const held =
        validation &&
        own(
          await backend.createDataset(
            { x: validation.matrix, targets: validation.targets, storage },
            { signal },
          ),
        );
      let parameters: Parameters;
      await sgd(
        trainer,
        data,
        { ...this.#options, schedule },
        {
          signal,
          validation: held,
          isWatched: options.onEpoch !== undefined,
          onRows: (rows) =>
            options.onProgress?.({ phase: "training", rows, totalRows: matrix.rows * this.#options.epochs }),
          onParameters: (latest) => {
            parameters = latest;
            this.#fitted = { ...known, parameters };
          },
          onEpoch: async ({ validation: seen, ...summary }) => {
            const evaluated = seen && held && { validation: this.#summarise(seen, held.rows, parameters) };
            epochs.push({ ...summary, ...evaluated });
            await options.onEpoch?.(epochs[epochs.length - 1]);
          },
        },
      );
      tuning = trainer.tuning;
    });
    return { epochs, seconds: (performance.now() - started) / 1000, tuning };
  }

  async #schedule(x: Matrix, maxSquaredNorm: number, signal: AbortSignal): Promise<LearningRateSchedule> {
    const { learningRate } = this.#options;
    if (typeof learningRate === "function") return learningRate;
    if (typeof learningRate === "number") return constant(learningRate);
    return linearDecay(await autoLearningRate({ ...this.#options, x, maxSquaredNorm }, signal));
  }

  async #scores(
    x: MatrixLike,
    work: (trainer: Trainer, data: Dataset, run: RunOptions) => Promise<Float32Array>,
  ): Promise<Matrix<Float32Array>> {
    const fitted = this.#requireFitted();
    const matrix = checkFeatures(toMatrix(x, "x"), fitted.features, "x");
    const cols = fitted.classes.length;
    if (matrix.rows * cols > MAX_ELEMENTS) {
      throw new LimitError(
        "x",
        `${matrix.rows} rows × ${cols} classes are more than ${MAX_ELEMENTS} results; pass fewer rows`,
      );
    }
    await scanRows(matrix, "x", this.#backend.closed, this.#options.storage);
    const data = await this.#run(fitted, matrix, NO_TARGETS, work);
    assertFinite(data, cols);
    return { data, rows: matrix.rows, cols };
  }

  /** Runs `work` on `x` with the fitted parameters. */
  #run<T>(
    fitted: Fitted,
    x: Matrix,
    targets: Targets,
    work: (trainer: Trainer, data: Dataset, run: RunOptions) => Promise<T>,
  ): Promise<T> {
    return this.#backend.use(async (backend, own) => {
      const trainer = own(await backend.createTrainer(this.#shapeOf(fitted)));
      const data = own(
        await backend.createDataset(
          { x, targets, storage: this.#options.storage },
          { signal: this.#backend.closed },
        ),
      );
      trainer.write(fitted.parameters);
      return work(trainer, data, { signal: this.#backend.closed });
    });
  }

  #summarise({ loss, correct }: Evaluation, rows: number, parameters: Parameters): ModelEvaluation {
    return { objective: loss + penalty(parameters, this.#options.l2), loss, accuracy: correct / rows };
  }

  #shapeOf({ classes, features }: Learnt) {
    return { features, classes: classes.length, bias: this.#options.bias };
  }

  #requireFitted(): Fitted {
    this.#backend.closed.throwIfAborted();
    if (!this.#fitted) throw new StateError("model", "the model is not fitted yet; call fit first");
    return this.#fitted;
  }
}
