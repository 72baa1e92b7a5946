/** The training options of the form, and their conversion to the library's options and back. */
import type { SoftmaxRegressionOptions } from "../../../src/index.ts";
import { DEFAULTS } from "../../../src/options.ts";
import { logSteps } from "../../ui/fields.tsx";
import type { DemoDataset } from "../data/demo-dataset.ts";

export interface Choices {
  readonly device: "auto" | "webgpu" | "wasm" | "reference";
  readonly solver: "lbfgs" | "sgd" | "adamw";
  /** `"auto"` or a rate. */
  readonly learningRate: "auto" | number;
  readonly batchSize: number;
  /** Epochs of SGD and AdamW, iterations of L-BFGS. */
  readonly epochs: number;
  readonly momentum: number;
  readonly l2: number;
  readonly l1: number;
  readonly labelSmoothing: number;
  readonly standardize: boolean;
  /** Fixes the order of rows: an integer in [0, 2³²). */
  readonly seed: number;
}

/** Largest seed. */
export const MAX_SEED = 2 ** 32 - 1;

export const DEFAULT_CHOICES: Choices = {
  device: "auto",
  solver: "sgd",
  learningRate: "auto",
  batchSize: 128,
  epochs: 30,
  momentum: 0.9,
  l2: 1e-4,
  l1: 0,
  labelSmoothing: 0,
  standardize: false,
  seed: 0,
};

/** The digits of the values that sliders on a log scale have. */
export const DIGITS = [1, 2, 5];
/** The weight penalties of the form. */
export const PENALTIES: readonly number[] = [0, ...logSteps(DIGITS, -6, 0)];

/** Options that suit rows which are no pictures: straight to the optimum, whatever the units of the features. */
const FOR_TABLES: Choices = { ...DEFAULT_CHOICES, solver: "lbfgs", epochs: 200, standardize: true };
/** SGD takes a step or a few in an epoch of few pictures; L-BFGS learns them in as many iterations. */
const FOR_FEW_PICTURES: Choices = { ...DEFAULT_CHOICES, solver: "lbfgs" };
/** Training rows from which pictures are many. */
const MANY_PICTURES = 2000;

/** The properties of a data set that its default options depend on. */
export interface ForChoices extends Pick<DemoDataset, "image" | "encoder"> {
  readonly train: { readonly x: { readonly rows: number } };
}

/** Returns the options that a data set begins with. The columns of an encoded table are standardised already. */
export function choicesFor({ image, encoder, train }: ForChoices, device: Choices["device"]): Choices {
  const { rows } = train.x;
  if (image) return { ...(rows < MANY_PICTURES ? FOR_FEW_PICTURES : DEFAULT_CHOICES), device };
  return { ...FOR_TABLES, device, l2: penaltyFor(rows), standardize: !encoder };
}

/**
 * Returns λ = 1/(2N) for N training rows, rounded to a value of the form. J is then the objective of scikit-learn's
 * LogisticRegression with its default C = 1, since C = 1/(2Nλ), divided by N. Of two classes it is
 * that of C = 2: scikit-learn has one vector of weights there, and J one for each class.
 */
function penaltyFor(rows: number): number {
  const l2 = 1 / (2 * Math.max(1, rows));
  const distance = (step: number) => Math.abs(Math.log(step / l2));
  return PENALTIES.slice(1).reduce((best, step) => (distance(step) < distance(best) ? step : best));
}

export function optionsOf(choices: Choices): SoftmaxRegressionOptions {
  const { device, solver, learningRate, batchSize, epochs, momentum, l2, l1, labelSmoothing } = choices;
  const { standardize, seed } = choices;
  const common = { device, solver, l2, labelSmoothing, standardize, seed };
  const penalised = solver === "adamw" ? common : { ...common, l1 };
  if (solver === "lbfgs") return { ...penalised, maxIterations: epochs };
  const steps = { ...penalised, learningRate, batchSize, epochs };
  return solver === "sgd" ? { ...steps, momentum } : steps;
}

/** Converts the options of a saved model, which lack defaults, to choices. */
export function choicesOf(saved: SoftmaxRegressionOptions, device: Choices["device"]): Choices {
  const options = { ...DEFAULTS, ...saved };
  const { solver, learningRate, batchSize, epochs, maxIterations, momentum, l2, l1, labelSmoothing } =
    options;
  return {
    ...{ device, solver, batchSize, momentum, l2, l1, labelSmoothing },
    // Schedules are functions, which files do not contain.
    learningRate: typeof learningRate === "function" ? "auto" : learningRate,
    epochs: solver === "lbfgs" ? maxIterations : epochs,
    standardize: options.standardize,
    seed: options.seed,
  };
}

/** Returns what a solver repeats: iterations of L-BFGS, epochs of the others. */
export function unitOf(solver: Choices["solver"]): "epoch" | "iteration" {
  return solver === "lbfgs" ? "iteration" : "epoch";
}
