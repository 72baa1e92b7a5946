/** The command line of `npm run train`: a flag for most options of the estimator. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { JobOptions, RateChoice } from "./job.ts";

export interface TrainArguments {
  readonly options: JobOptions;
  /** Folder of four IDX files; absent for the embedded digits. */
  readonly data?: string;
  readonly json: boolean;
}

/** Reads the command line; prints help or an error and exits if necessary. */
export function parseArguments(argv: readonly string[]): TrainArguments {
  const command = new Command("npm run train --")
    .description("Trains a softmax classifier in headless Chrome, on embedded digits or on IDX files.")
    .option(
      "--data <folder>",
      "folder with train-images, train-labels, t10k-images, t10k-labels (IDX, plain or .gz)",
    )
    .addOption(
      new Option("--device <name>", "where to run; wasm and reference need no browser")
        .choices(["webgpu", "auto", "wasm", "reference"])
        .default("webgpu"),
    )
    .addOption(
      new Option(
        "--solver <name>",
        "how parameters move: to the optimum with passes over all rows, or in small steps",
      )
        .choices(["sgd", "adamw", "lbfgs"])
        .default("sgd"),
    )
    .option("--tolerance <number>", "largest part of the gradient at which lbfgs stops", number, 1e-6)
    .option("--max-iterations <number>", "iterations after which lbfgs stops", number, 1000)
    .option("--epochs <number>", "passes of sgd and adamw over the training rows", number, 10)
    .option("--batch-size <number>", "rows per step", number, 256)
    .option(
      "--learning-rate <rate>",
      "auto, RATE, linear:RATE, cosine:RATE or inverse:RATE:HALF_LIFE_IN_STEPS",
      rate,
      "auto",
    )
    .option("--momentum <number>", "momentum, from 0 to below 1", number, 0.9)
    .option("--nesterov", "Nesterov's form of momentum", false)
    .option(
      "--averaging <share>",
      "share of the steps, at their end, over which parameters are averaged",
      number,
      0,
    )
    .option("--l2 <number>", "coefficient of the squared weights", number, 1e-4)
    .option("--l1 <number>", "coefficient of the weights' absolute values, not with adamw", number, 0)
    .option("--label-smoothing <number>", "share of every target that is spread over all classes", number, 0)
    .option("--standardize", "bring every feature to mean 0 and standard deviation 1", false)
    .option("--no-bias", "no bias per class")
    .option("--seed <number>", "fixes the order of rows", number, 0)
    .option(
      "--json",
      "print the result as one line of JSON on standard output, everything else on standard error",
      false,
    )
    .allowExcessArguments(false)
    .parse(argv);
  const { data, json, ...options } = command.opts<JobOptions & { data?: string; json: boolean }>();
  return { options: givenOptions(command, options), json, ...(data !== undefined && { data }) };
}

/** Leaves out defaults: those of another solver would be refused. */
function givenOptions(command: Command, options: JobOptions): JobOptions {
  const kept = ["device", "solver", ...(options.solver === "lbfgs" ? [] : ["epochs"])];
  const isGiven = (name: string) => kept.includes(name) || command.getOptionValueSource(name) !== "default";
  return Object.fromEntries(Object.entries(options).filter(([name]) => isGiven(name))) as JobOptions;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("It is not a number.");
  return value;
}

function rate(text: string): RateChoice {
  if (text === "auto") return "auto";
  const [kind, ...values] = /^[a-z]/.test(text) ? text.split(":") : ["constant", text];
  const numbers = values.map(number);
  if ((kind === "constant" || kind === "linear" || kind === "cosine") && numbers.length === 1) {
    return { kind, rate: numbers[0] };
  }
  if (kind === "inverse" && numbers.length === 2) return { kind, rate: numbers[0], halfLife: numbers[1] };
  throw new InvalidArgumentError(
    "It is none of auto, RATE, linear:RATE, cosine:RATE, inverse:RATE:HALF_LIFE.",
  );
}
