/**
 * A training run from data to metrics, in a page or in Node. The job is plain data, so that it can be sent from one to
 * the other; the caller decides how data is fetched and where events go.
 */
import { strokeDigits } from "../../src/digits.ts";
import {
  constant,
  cosineDecay,
  type EpochRecord,
  type FitProgress,
  type IterationRecord,
  inverseTimeDecay,
  type LearningRateSchedule,
  linearDecay,
  type ModelEvaluation,
  readIdxPair,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../src/index.ts";

const EMBEDDED_ROWS = { train: 20_000, test: 4_000 };

/** A schedule as data: `{ kind: "linear", rate: 0.5 }`. */
export type RateChoice =
  | "auto"
  | { readonly kind: "constant" | "linear" | "cosine"; readonly rate: number }
  | { readonly kind: "inverse"; readonly rate: number; readonly halfLife: number };

/** Options of the estimator as plain data. */
export type JobOptions = Omit<SoftmaxRegressionOptions, "learningRate" | "device"> & {
  readonly learningRate?: RateChoice;
  readonly device: "auto" | "webgpu" | "wasm" | "reference";
};

/** A training run: on files, or on the embedded digits. */
export interface Job {
  readonly options: JobOptions;
  readonly hasFiles: boolean;
}

/** The four files of an MNIST-like data set. */
export const FILES = ["train-images", "train-labels", "t10k-images", "t10k-labels"] as const;
export type FileName = (typeof FILES)[number];

export type JobEvent =
  | { readonly kind: "data"; readonly train: number; readonly test: number; readonly features: number }
  | { readonly kind: "progress"; readonly progress: FitProgress }
  | { readonly kind: "epoch"; readonly record: EpochRecord; readonly device: string }
  | { readonly kind: "iteration"; readonly record: IterationRecord; readonly device: string };

export interface JobResult {
  readonly device: string;
  readonly software: boolean;
  readonly train: ModelEvaluation;
  readonly test: ModelEvaluation;
  /** Seconds of the fit: with upload and compilation, without evaluation. */
  readonly seconds: number;
  /** Rows visited in all epochs or passes. */
  readonly rows: number;
}

/** Runs a job. @throws errors of the library, or the signal's reason */
export async function runJob(
  { options, hasFiles }: Job,
  fetchFile: (name: FileName) => Promise<Blob>,
  emit: (event: JobEvent) => void,
  signal: AbortSignal,
): Promise<JobResult> {
  const { train, test } = hasFiles ? await readFiles(fetchFile) : embedded();
  emit({ kind: "data", train: train.x.rows, test: test.x.rows, features: train.x.cols });
  const { learningRate, ...others } = options;
  const model = new SoftmaxRegression({
    ...others,
    ...(learningRate !== undefined && { learningRate: scheduleOf(learningRate) }),
  });
  try {
    const { epochs, iterations, seconds } = await model.fit(train.x, train.y, {
      signal,
      onProgress: (progress) => emit({ kind: "progress", progress }),
      onEpoch: (record) => emit({ kind: "epoch", record, device: model.device?.name ?? "" }),
      onIteration: (record) => emit({ kind: "iteration", record, device: model.device?.name ?? "" }),
    });
    return {
      device: model.device?.name ?? "",
      software: model.device?.software ?? false,
      train: await model.evaluate(train.x, train.y),
      test: await model.evaluate(test.x, test.y),
      seconds,
      rows: (iterations.at(-1)?.passes ?? epochs.length) * train.x.rows,
    };
  } finally {
    model.dispose();
  }
}

function embedded() {
  return {
    train: strokeDigits({ rows: EMBEDDED_ROWS.train, seed: 0 }),
    test: strokeDigits({ rows: EMBEDDED_ROWS.test, seed: 1 }),
  };
}

async function readFiles(fetchFile: (name: FileName) => Promise<Blob>) {
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(FILES.map(fetchFile));
  return {
    train: await readIdxPair(trainImages, trainLabels),
    test: await readIdxPair(testImages, testLabels),
  };
}

function scheduleOf(choice: RateChoice): "auto" | LearningRateSchedule {
  if (choice === "auto") return choice;
  switch (choice.kind) {
    case "constant":
      return constant(choice.rate);
    case "linear":
      return linearDecay(choice.rate);
    case "cosine":
      return cosineDecay(choice.rate);
    case "inverse":
      return inverseTimeDecay(choice.rate, choice.halfLife);
  }
}
