/** What there is to know about a model, as its own file would say it. */
import type { SavedModel } from "../../../../src/formats/saved-model.ts";
import { DEFAULTS } from "../../../../src/options.ts";

/** The names of solvers. */
const SOLVERS = { lbfgs: "L-BFGS", sgd: "SGD", adamw: "AdamW" };

/** A name and a value in words. */
export type Fact = readonly [name: string, value: string];

/** The facts, in the order they are read. */
export function factsOf({
  classes,
  features,
  weights,
  bias,
  options,
  temperature,
  standardization,
  progress,
}: SavedModel): Fact[] {
  const { l2, l1, solver } = { ...DEFAULTS, ...options };
  return [
    ["Classes", `${classes.length}: ${classNames(classes)}`],
    ["Features", features.toLocaleString("en")],
    ["Parameters", (weights.length + bias.length).toLocaleString("en")],
    ["Solver", SOLVERS[solver]],
    ["λ, of ‖W‖²", String(l2)],
    ...(l1 > 0 ? [["λ₁, of ‖W‖₁", String(l1)] as const] : []),
    ["Temperature", temperature === 1 ? "1, not calibrated" : temperature.toPrecision(4)],
    ["Features standardised", standardization ? "yes, the file keeps how" : "no"],
    ["Can go on training", progress ? "yes, from where it was paused" : "no"],
  ];
}

/** The first few names. */
function classNames(classes: SavedModel["classes"]): string {
  const most = 6;
  return classes.length <= most ? classes.join(", ") : `${classes.slice(0, most).join(", ")}, …`;
}
