/** The command line of `npm run check`. */
import { Command, InvalidArgumentError } from "commander";
import { CASES } from "./conformance/report.ts";

/** The arguments of the command line. */
export interface CheckArguments {
  /** Options of `checkConformance` that can be sent to a page. */
  readonly asked: {
    readonly cases: number;
    readonly seed: number;
    readonly first: number;
    readonly seconds?: number;
  };
  /** Whether to run in this Node process. */
  readonly node: boolean;
  /** File to write the report to. */
  readonly json?: string;
}

interface Options {
  readonly node: boolean;
  readonly cases: number;
  readonly seconds?: number;
  readonly seed: number;
  readonly case?: { readonly seed: number; readonly first: number };
  readonly json?: string;
}

const MAX_SEED = 2 ** 32 - 2;

/** Exit codes of the command. */
export const EXIT = { right: 0, differs: 1, unusable: 2, stopped: 130 } as const;

/** Reads the command line. Prints help, or an error with exit code 2, and exits if it asks for help or is wrong. */
export function parseCheckArguments(argv: readonly string[]): CheckArguments {
  const command = new Command("npm run check --")
    .description(
      "Checks every WebGPU kernel on this machine's adapter against the float64 reference, on random shapes.",
    )
    .option("--node", "run in this Node process on Dawn; needs the package webgpu", false)
    .option("--cases <count>", "number of cases", wholeFrom(1), CASES)
    .option("--seconds <s>", "begin no further case after so many seconds", parseSeconds)
    .option("--seed <number>", "other random cases", wholeFrom(0), 1)
    .option("--case <seed:index>", "one case alone, as a report names it", parseCase)
    .option("--json <file>", "write the report there")
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.right : EXIT.unusable))
    .parse(argv);
  const { node, cases, seconds, seed, case: one, json } = command.opts<Options>();
  const asked = one ? { ...one, cases: 1 } : { seed, cases, first: 0 };
  return {
    asked: { ...asked, ...(seconds !== undefined && { seconds }) },
    node,
    ...(json !== undefined && { json }),
  };
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > MAX_SEED)
      throw new InvalidArgumentError(`Write a whole number from ${least} to ${MAX_SEED}.`);
    return value;
  };
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("Write seconds above 0.");
  return value;
}

/** Reads a case written as `1:57`. @throws InvalidArgumentError */
function parseCase(text: string): { seed: number; first: number } {
  const match = /^(\d{1,10}):(\d{1,10})$/.exec(text.trim());
  const [seed, first] = (match ?? []).slice(1).map(Number);
  if (!match || Math.max(seed, first) > MAX_SEED)
    throw new InvalidArgumentError("Write a case as the report names it, for example 1:57.");
  return { seed, first };
}
