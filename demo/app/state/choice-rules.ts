/** Ranges of the training options: checks for options from a link, a file or an earlier visit. */
import { type Choices, MAX_SEED } from "./choices.ts";

type Rule = (value: unknown) => boolean;

const RULES: { readonly [Name in keyof Choices]: Rule } = {
  device: oneOf("auto", "webgpu", "wasm", "reference"),
  solver: oneOf("lbfgs", "sgd", "adamw"),
  learningRate: (value) => value === "auto" || (isNumber(value) && value > 0),
  batchSize: integerFrom(1),
  epochs: integerFrom(1),
  momentum: isShare,
  l2: isPenalty,
  l1: isPenalty,
  labelSmoothing: isShare,
  standardize: (value) => typeof value === "boolean",
  seed: integerFrom(0),
};

/** The names of all options. */
export const CHOICE_NAMES = Object.keys(RULES) as readonly (keyof Choices)[];

/** Tells whether the option of this name may have a value. */
export function isChoice(name: keyof Choices, value: unknown): boolean {
  return RULES[name](value);
}

/** Returns the options in parsed JSON; null if one is missing or out of range. */
export function choicesIn(json: unknown): Choices | null {
  if (typeof json !== "object" || json === null) return null;
  const entries = CHOICE_NAMES.map((name) => [name, Reflect.get(json, name)] as const);
  return entries.every(([name, value]) => isChoice(name, value))
    ? (Object.fromEntries(entries) as unknown as Choices)
    : null;
}

/** Tells whether all options are equal. */
export function areSame(one: Choices, other: Choices): boolean {
  return CHOICE_NAMES.every((name) => one[name] === other[name]);
}

function oneOf(...names: readonly string[]): Rule {
  return (value) => typeof value === "string" && names.includes(value);
}

function integerFrom(least: number): Rule {
  return (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= MAX_SEED;
}

function isShare(value: unknown): boolean {
  return isNumber(value) && value >= 0 && value < 1;
}

function isPenalty(value: unknown): boolean {
  return isNumber(value) && value >= 0;
}

/** Tells whether a value is a number that float32 holds. */
function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(Math.fround(value));
}
