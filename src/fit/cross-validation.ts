/**
 * Cross-validation of λ: rows go to the device once, and a fold is held out by weights of 0. λ fall from the largest;
 * each fold goes on from its own last results, and one preconditioner serves all of them.
 */
import { countAbove0, rowWeights } from "../data/row-weights.ts";
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
import { type Parameters, zeros } from "../parameters.ts";
import { Continuation } from "../solvers/continuation.ts";
import { inSeries, onDevice, prepareFit, type Solve } from "./fit.ts";
import { type Folds, foldsOf, weightsOf } from "./folds.ts";
import { checkL2s, l2Grid } from "./l2-grid.ts";
import type { ModelState } from "./model-state.ts";
import { type FitProblem, type FitRequest, fittedModel, withL2 } from "./prepare.ts";
import { type Comparison, hashOf } from "./resume.ts";
import type { FitSession } from "./session.ts";
import { noteResult, warmStart } from "./warm-start.ts";

/**
 * Compares λ and fits the model in `state` with the best.
 *
 * @throws as fit; OptionError, DataError `l2s`, `folds`. An abort or a failure leaves the model as it was
 */
export async function crossValidate(
  state: ModelState,
  request: FitRequest,
  options: CrossValidationOptions,
): Promise<CrossValidation> {
  const began = performance.now();
  const prepared = await prepareFit(state, request);
  const parts = await partsOf(prepared, options);
  const l2s = l2sOf(options, prepared, parts);
  const comparison = comparisonOf(state, prepared, l2s, parts, options);
  state.comparison = comparison;
  const problem = { ...prepared, rows: { ...prepared.rows, weights: parts.training } };
  const { found, parameters } = await onDevice(request.backend, problem, (session) =>
    inSeries(session, (solveNext) => compare(session, solveNext, l2s, parts, comparison, options)),
  );
  state.replace(fittedModel(withL2(problem, found.l2), parameters));
  return { ...found, seconds: (performance.now() - began) / 1000 };
}

/** Returns the λ to compare; those of a protocol are for the rows that a fold trains on. @throws OptionError */
function l2sOf(
  { l2s = "dinov2" }: CrossValidationOptions,
  { rows, schema }: FitProblem,
  { folds }: Parts,
): readonly number[] {
  if (typeof l2s !== "string") return checkL2s(l2s);
  return l2Grid(l2s, rows.countedRows * (folds ? 1 - 1 / folds.count : 1), schema.classes.length);
}

/** Returns a new comparison, or the interrupted one. @throws StateError none, or one of something else */
function comparisonOf(
  state: ModelState,
  { conditions, schema, rows, validation }: FitProblem,
  l2s: readonly number[],
  { folds }: Parts,
  { resume }: CrossValidationOptions,
): Comparison {
  const { l2: _, ...ofAll } = conditions;
  const { targets } = rows;
  const now = JSON.stringify({
    ...ofAll,
    ...{ ...schema, l2s, held: validation?.matrix.rows },
    labels: targets.kind === "labels" && hashOf(targets.labels),
    folds: folds && hashOf(Float32Array.from(folds.foldOf)),
  });
  if (resume) {
    if (!state.comparison)
      throw new StateError("resume", "no cross-validation was interrupted; leave resume out");
    if (state.comparison.conditions !== now)
      throw new StateError("resume", "options, λ, folds or rows were others when it was interrupted");
    return state.comparison;
  }
  const continuations = Array.from({ length: folds?.count ?? 1 }, () => new Continuation());
  return { conditions: now, records: [], continuations, best: null };
}

/** The folds of the rows, and two weights for each row. */
interface Parts {
  /** Null: validation rows are held out. */
  readonly folds: Folds | null;
  /** s of each row when it is trained on and when it is scored, `[N]`. */
  readonly training: Float32Array;
  readonly scoring: Float32Array;
}

async function partsOf(
  { rows, schema, options, fitOptions, signal }: FitProblem,
  { folds, validation, stratified, seed }: CrossValidationOptions,
): Promise<Parts> {
  const ones = () => new Float32Array(rows.matrix.rows).fill(1);
  const training = rows.weights ?? ones();
  if (validation) {
    refuse({ folds, stratified, seed }, "there are no folds with validation rows; give one or the other");
    return { folds: null, training, scoring: training };
  }
  if (typeof folds === "object")
    refuse({ stratified, seed }, "it has no effect on folds that are given for each row; leave it out");
  if (options.labelSmoothing > 0 && rows.targets.kind === "distributions")
    throw new OptionError(
      "labelSmoothing",
      "soft labels would be scored smoothed; give validation rows, or 0",
    );
  const { classes } = schema;
  // Class weights belong to the objective and not to scores.
  const { targets, ignored } = rows;
  const source = { targets, ignored, classes, sampleWeight: fitOptions.sampleWeight };
  const scoring = options.classWeight ? ((await rowWeights(source, signal))?.values ?? ones()) : training;
  const isStratified = stratified ?? true;
  const choice = { folds: folds ?? 5, isStratified, seed: seed ?? options.seed, classes };
  const scored = { rows: rows.matrix.rows, targets, weights: scoring };
  return { folds: await foldsOf(scored, choice, signal), training, scoring };
}

/** @throws OptionError for the first option that is given */
function refuse(options: Readonly<Record<string, unknown>>, reason: string): void {
  for (const [name, value] of Object.entries(options))
    if (value !== undefined) throw new OptionError(name, reason);
}

/** Fits all λ on all parts of the rows, then the best on all rows. */
async function compare(
  session: FitSession,
  solveNext: Solve,
  l2s: readonly number[],
  parts: Parts,
  comparison: Comparison,
  options: CrossValidationOptions,
): Promise<{ found: Omit<CrossValidation, "seconds">; parameters: Parameters }> {
  const { problem, data } = session;
  const { folds, training, scoring } = parts;
  const { records, continuations } = comparison;
  const isPath = problem.options.solver === "lbfgs";
  const fits = l2s.length * continuations.length;
  for (const l2 of l2s.toSorted((a, b) => b - a)) {
    const found: Parameters[] = [];
    for (const [fold, continuation] of continuations.entries()) {
      if (records.some((record) => record.l2 === l2 && record.fold === fold)) continue;
      const weights = folds ? weightsOf(folds, fold, training, scoring) : { training, heldOut: scoring };
      if (folds) data.setWeights(weights.training);
      const start = isPath ? await warmStart(session, l2, continuation) : problem.start;
      const { parameters, outcome } = await fitOn(session, solveNext, weights.training, l2, start);
      if (folds) data.setWeights(weights.heldOut);
      const scores = await scoresOf(session, parameters, weights.heldOut);
      noteResult(continuation, l2, parameters, outcome);
      found.push(parameters);
      const record = { fit: records.length + 1, fits, l2, fold, ...scores, passes: passesOf(outcome) };
      records.push(record);
      await problem.fitOptions.onFold?.(record);
      problem.signal.throwIfAborted();
    }
    const gain = gainOf(entryOf(l2, records), options);
    if (found.length === continuations.length && gain > (comparison.best?.gain ?? -Infinity))
      comparison.best = { gain, parameters: meanOf(found) };
  }
  const entries = l2s.map((l2) => entryOf(l2, records));
  const chosen = choose(entries, options);
  if (folds) data.setWeights(training);
  const start = (isPath && comparison.best?.parameters) || problem.start;
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

/** Evaluates the rows that are held out: validation rows, or those that have weights on the device now. */
async function scoresOf(
  { problem, trainer, data, validation }: FitSession,
  parameters: Parameters,
  heldOut: Float32Array,
): Promise<Pick<FoldRecord, "loss" | "accuracy">> {
  trainer.write(unfold(parameters, problem.storedConditioning));
  const options = { signal: problem.signal, isSmoothed: false };
  const { loss, correct } = await trainer.evaluate(validation?.data ?? data, options);
  return { loss, accuracy: correct / (validation?.rows.countedRows ?? countAbove0(heldOut)) };
}

function entryOf(l2: number, all: readonly FoldRecord[]): CrossValidationEntry {
  const records = all.filter((record) => record.l2 === l2).sort((a, b) => a.fold - b.fold);
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

/** Returns the mean score of a λ, the larger the better. */
function gainOf(entry: CrossValidationEntry, { scoring = "loss" }: CrossValidationOptions): number {
  return scoring === "loss" ? -entry.loss.mean : entry.accuracy.mean;
}

/** Chooses λ by the score and the rule that the options name. */
function choose(
  entries: readonly CrossValidationEntry[],
  options: CrossValidationOptions,
): Pick<CrossValidation, "l2" | "best" | "oneStandardError"> {
  const { scoring = "loss", rule = "best" } = options;
  const gains = entries.map((entry) => ({ entry, l2: entry.l2, gain: gainOf(entry, options) }));
  const descending = gains.filter(({ gain }) => Number.isFinite(gain)).sort((a, b) => b.l2 - a.l2);
  if (descending.length === 0)
    throw new OptionError("l2s", "no λ has a finite score: values so large that scores overflow");
  const best = descending.reduce((most, one) => (one.gain > most.gain ? one : most));
  const least = best.gain - best.entry[scoring].standardError;
  // Without folds there is no standard error.
  const oneStandardError = descending.find(({ gain }) => gain >= least)?.l2 ?? null;
  return { best: best.l2, oneStandardError, l2: rule === "best" ? best.l2 : (oneStandardError ?? best.l2) };
}

function meanOf(all: readonly Parameters[]): Parameters {
  const mean = (name: "weights" | "bias") => {
    const sum = new Float64Array(all[0][name].length);
    for (const parameters of all)
      for (let i = 0; i < sum.length; i++) sum[i] += parameters[name][i] / all.length;
    return sum;
  };
  return { weights: mean("weights"), bias: mean("bias") };
}

function passesOf({ iterations, epochs }: Omit<FitHistory, "seconds">): number {
  return iterations.at(-1)?.passes ?? epochs.length;
}
