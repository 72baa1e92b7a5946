/** Which solver looks at which options of the estimator: one that has no effect is refused. */
import { OptionError } from "./errors.ts";
import { DEFAULTS, type ResolvedOptions, type SoftmaxRegressionOptions } from "./options.ts";

/** Solvers that look at an option, and what `partialFit` looks at whatever the solver is. */
type Effect = readonly (ResolvedOptions["solver"] | "partialFit")[];

const ITERATIONS: Effect = ["lbfgs"];
const EPOCHS: Effect = ["sgd", "adamw"];
const EFFECTS: Readonly<Partial<Record<keyof ResolvedOptions, Effect>>> = {
  tolerance: ITERATIONS,
  maxIterations: ITERATIONS,
  maxSeconds: ITERATIONS,
  epochs: EPOCHS,
  averaging: EPOCHS,
  earlyStopping: EPOCHS,
  batchSize: [...EPOCHS, "partialFit"],
  learningRate: [...EPOCHS, "partialFit"],
  momentum: ["sgd", "partialFit"],
  nesterov: ["sgd", "partialFit"],
  beta1: ["adamw"],
  beta2: ["adamw"],
  epsilon: ["adamw"],
};

/** What an option's place is taken by with another solver. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  epochs: "maxIterations",
  maxIterations: "epochs",
  tolerance: "earlyStopping",
  earlyStopping: "tolerance",
};

/** Returns the options that are given and that the solver looks at. */
export function effectiveOptions(options: SoftmaxRegressionOptions): SoftmaxRegressionOptions {
  const solver = options.solver ?? DEFAULTS.solver;
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && hasEffect(name, solver, true)),
  );
}

function hasEffect(name: string, solver: ResolvedOptions["solver"], mayBePartial: boolean): boolean {
  const effect = Object.hasOwn(EFFECTS, name) ? EFFECTS[name as keyof ResolvedOptions] : undefined;
  if (!effect || effect.includes(solver)) return true;
  return mayBePartial && solver === "lbfgs" && effect.includes("partialFit");
}

/**
 * Checks that the solver looks at an option.
 *
 * @param mayBePartial whether it is enough that `partialFit` does
 * @throws OptionError with the solvers that do, or the option in its place
 */
export function checkEffect(name: string, solver: ResolvedOptions["solver"], mayBePartial: boolean): void {
  if (hasEffect(name, solver, mayBePartial)) return;
  const solvers = EFFECTS[name as keyof ResolvedOptions]?.filter((other) => other !== "partialFit") ?? [];
  const isForBatches = EFFECTS[name as keyof ResolvedOptions]?.includes("partialFit");
  const counterpart = Object.hasOwn(COUNTERPARTS, name) ? `, or ${COUNTERPARTS[name]}` : "";
  const instead = isForBatches ? ", or give it to load with the fitted model, for partialFit" : counterpart;
  throw new OptionError(
    name,
    `has no effect with solver "${solver}"; use solver ${solvers.map((other) => `"${other}"`).join(" or ")}${instead}`,
  );
}
