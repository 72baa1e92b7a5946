/**
 * Cross-validation of λ: rows go to the device once, and a fold is held out by weights of 0. λ fall from the largest;
 * each fold goes on from its own last results, and one preconditioner serves all of them.
 */
import type { BackendOwner } from "../backends/backend-owner.ts";
import { rowWeights } from "../data/row-weights.ts";
import { unfold } from "../data/standardization.ts";
import { OptionError, StateError } from "../errors.ts";
import type {
  CrossValidation,
  CrossValidationEntry,
  CrossValidationOptions,
  FitHistory,
  FoldRecord,
  FoldScores,
} from "../fit-options.ts";
import { countAbove0 } from "../model/labelled-rows.ts";
import { type Parameters, zeros } from "../parameters.ts";
import { Continuation } from "../solvers/continuation.ts";
import { inSeries, onDevice, prepareFit, type Solve } from "./fit.ts";
import { type Folds, foldsOf, weightsOf } from "./folds.ts";
import { l2Grid } from "./l2-grid.ts";
import type { ModelState } from "./model-state.ts";
import { checkL2s, withL2 } from "./path.ts";
import { type FitProblem, type FitRequest, fittedModel } from "./prepare.ts";
import { type Comparison, hashOf } from "./resume.ts";
import type { FitSession } from "./session.ts";

/**
 * Compares λ and fits the model in `state` with the best.
 *
 * @throws as fit; OptionError, DataError `l2s`, `folds`. An abort or a failure leaves the model as it was
 */
export async function crossValidate(
  state: ModelState,
  backend: BackendOwner,
  request: FitRequest,
  options: CrossValidationOptions,
): Promise<CrossValidation> {
  const began = performance.now();
  const prepared = await prepareFit(state, request);
  const l2s = l2sOf(options, prepared);
  const parts = await partsOf(prepared, options);
  const comparison = comparisonOf(state, prepared, l2s, parts, options);
  state.comparison = comparison;
  const problem = { ...prepared, rows: { ...prepared.rows, weights: parts.training } };
  const { found, parameters } = await onDevice(backend, problem, (session) =>
    inSeries(session, (solveNext) => compare(session, solveNext, l2s, parts, comparison, options)),
  );
  state.replace(fittedModel(withL2(problem, found.l2), parameters));
  return { ...found, seconds: (performance.now() - began) / 1000 };
}

/** Returns the λ to compare. @throws OptionError */
function l2sOf({ l2s = "dinov2" }: CrossValidationOptions, { rows }: FitProblem): readonly number[] {
  if (typeof l2s !== "string") return checkL2s(l2s);
  const { weights, weightUnit, matrix } = rows;
  return l2Grid(l2s, weights ? weightUnit * weights.reduce((sum, s) => sum + s, 0) : matrix.rows);
}

/** Returns a new comparison, or the interrupted one. @throws StateError none, or one of something else */
function comparisonOf(
  state: ModelState,
  { conditions, validation }: FitProblem,
  l2s: readonly number[],
  { folds }: Parts,
  { resume }: CrossValidationOptions,
): Comparison {
  const { l2: _, ...ofAll } = conditions;
  const foldHash = folds && hashOf(Float32Array.from(folds.foldOf));
  const now = JSON.stringify({ ...ofAll, l2s, foldHash, held: validation?.matrix.rows });
  if (resume) {
    if (!state.comparison)
      throw new StateError("resume", "no cross-validation was interrupted; leave resume out");
    if (state.comparison.conditions !== now)
      throw new StateError("resume", "options, λ, folds or rows were others when it was interrupted");
    return state.comparison;
  }
  const continuations = Array.from({ length: folds?.count ?? 1 }, () => new Continuation());
  return { conditions: now, records: [], continuations };
}

/** How rows are divided, and what they weigh. */
interface Parts {
  /** Null: validation rows are held out. */
  readonly folds: Folds | null;
  /** s of each row in training and in scores, `[N]`. */
  readonly training: Float32Array;
  readonly scoring: Float32Array;
}

async function partsOf(
  { rows, schema, options, fitOptions, signal }: FitProblem,
  { folds, validation, stratified, seed = options.seed }: CrossValidationOptions,
): Promise<Parts> {
  const training = rows.weights ?? new Float32Array(rows.matrix.rows).fill(1);
  if (validation) {
    for (const [name, value] of Object.entries({ folds, stratified }))
      if (value !== undefined)
        throw new OptionError(name, "there are no folds with validation rows; give one or the other");
    return { folds: null, training, scoring: training };
  }
  if (stratified !== undefined && typeof folds === "object")
    throw new OptionError(
      "stratified",
      "it has no effect on folds that are given for each row; leave it out",
    );
  const { classes } = schema;
  const choice = { folds: folds ?? 5, isStratified: stratified ?? true, seed, classes };
  // Class weights belong to the objective and not to scores.
  const ignored = Uint8Array.from(training, (s) => (s > 0 ? 0 : 1));
  const source = { targets: rows.targets, classes, sampleWeight: fitOptions.sampleWeight, ignored };
  const scoring = options.classWeight ? (await rowWeights(source, signal))?.values : training;
  return { folds: foldsOf(rows, choice), training, scoring: scoring ?? training };
}

/** Fits all λ on all parts of the rows, then the best on all rows. */
async function compare(
  session: FitSession,
  solveNext: Solve,
  l2s: readonly number[],
  parts: Parts,
  { records, continuations }: Comparison,
  options: CrossValidationOptions,
): Promise<{ found: Omit<CrossValidation, "seconds">; parameters: Parameters }> {
  const { problem, data } = session;
  const { folds, training, scoring } = parts;
  for (const l2 of l2s.toSorted((a, b) => b - a)) {
    for (const [fold, continuation] of continuations.entries()) {
      if (records.some((record) => record.l2 === l2 && record.fold === fold)) continue;
      const weights = folds ? weightsOf(folds, fold, training, scoring) : { training, heldOut: scoring };
      if (folds) data.setWeights(weights.training);
      const start = continuation.startAt(l2) ?? problem.start;
      const { parameters, outcome } = await fitOn(session, solveNext, weights.training, l2, start);
      if (folds) data.setWeights(weights.heldOut);
      const scores = await scoresOf(session, parameters, weights.heldOut, folds !== null);
      const record = { l2, fold, ...scores, passes: passesOf(outcome) };
      continuation.add(l2, parameters, outcome.iterations.length !== 1);
      records.push(record);
      await options.onFold?.(record);
      problem.signal.throwIfAborted();
    }
  }
  const entries = l2s.map((l2) =>
    entryOf(
      l2,
      records.filter((record) => record.l2 === l2),
    ),
  );
  const chosen = choose(entries, options);
  if (folds) data.setWeights(training);
  const start = meanOf(continuations.map((continuation) => continuation.last));
  const began = performance.now();
  const { parameters, outcome } = await fitOn(session, solveNext, training, chosen.l2, start);
  const history = { ...outcome, seconds: (performance.now() - began) / 1000 };
  return { found: { entries, ...chosen, history }, parameters };
}

/** Fits rows with these weights, which the device has. */
async function fitOn(
  session: FitSession,
  solveNext: Solve,
  weights: Float32Array,
  l2: number,
  start: Parameters | undefined,
): Promise<{ parameters: Parameters; outcome: Omit<FitHistory, "seconds"> }> {
  const { problem, shape } = session;
  const rows = { ...problem.rows, weights, countedRows: countAbove0(weights) };
  let parameters = start ?? zeros(shape);
  const part = { ...session, validation: undefined, problem: { ...withL2(problem, l2), rows, start } };
  const outcome = await solveNext(part, {
    parameters: (latest) => {
      parameters = latest;
    },
    progress: () => {},
  });
  return { parameters, outcome };
}

/** Evaluates held-out rows, which have the device's weights above 0 or are the validation rows. */
async function scoresOf(
  { problem, trainer, data, validation }: FitSession,
  parameters: Parameters,
  heldOut: Float32Array,
  isFold: boolean,
): Promise<Pick<FoldRecord, "loss" | "accuracy">> {
  trainer.write(unfold(parameters, problem.storedConditioning));
  const { signal } = problem;
  const { loss, correct } = await trainer.evaluate(isFold || !validation ? data : validation.data, {
    signal,
  });
  const counted = isFold || !validation ? countAbove0(heldOut) : validation.rows.countedRows;
  return { loss, accuracy: correct / counted };
}

function entryOf(l2: number, records: readonly FoldRecord[]): CrossValidationEntry {
  return {
    l2,
    loss: scoresIn(records.map(({ loss }) => loss)),
    accuracy: scoresIn(records.map(({ accuracy }) => accuracy)),
    passes: records.reduce((sum, { passes }) => sum + passes, 0),
  };
}

/** Returns the mean of scores and its standard error, s/√F with s the sample's standard deviation. */
function scoresIn(folds: readonly number[]): FoldScores {
  const mean = folds.reduce((sum, score) => sum + score, 0) / folds.length;
  const squares = folds.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return { folds, mean, standardError: Math.sqrt(squares / (folds.length - 1) / folds.length) };
}

/** Chooses λ by the score and the rule that the options name. */
function choose(
  entries: readonly CrossValidationEntry[],
  { scoring = "loss", rule = "best" }: CrossValidationOptions,
): Pick<CrossValidation, "l2" | "best" | "oneStandardError"> {
  // The larger the better.
  const gainOf = (entry: CrossValidationEntry) => (scoring === "loss" ? -1 : 1) * entry[scoring].mean;
  const descending = entries.filter((entry) => Number.isFinite(gainOf(entry))).sort((a, b) => b.l2 - a.l2);
  if (descending.length === 0)
    throw new OptionError("l2s", "no λ has a finite score: values so large that scores overflow");
  const best = descending.reduce((most, entry) => (gainOf(entry) > gainOf(most) ? entry : most));
  const least = gainOf(best) - best[scoring].standardError;
  // Without folds there is no standard error.
  const simplest = descending.find((entry) => gainOf(entry) >= least) ?? null;
  const oneStandardError = simplest?.l2 ?? null;
  return { best: best.l2, oneStandardError, l2: rule === "best" ? best.l2 : (oneStandardError ?? best.l2) };
}

/** Returns the mean of parameters. */
function meanOf(all: readonly (Parameters | null)[]): Parameters | undefined {
  const known = all.filter((parameters) => parameters !== null);
  if (known.length === 0) return undefined;
  const mean = (name: "weights" | "bias") => {
    const sum = new Float64Array(known[0][name].length);
    for (const parameters of known)
      for (let i = 0; i < sum.length; i++) sum[i] += parameters[name][i] / known.length;
    return sum;
  };
  return { weights: mean("weights"), bias: mean("bias") };
}

function passesOf({ iterations, epochs }: Omit<FitHistory, "seconds">): number {
  return iterations.at(-1)?.passes ?? epochs.length;
}
