/** The contenders of `npm run bench:fits`: commands that fit the problem in a folder and print time and memory. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** How to get it, if it is not there. */
  readonly remedy: string;
}

/** Time and memory of a fit, reading of files not counted. */
export interface Took {
  /** To the contender's own end, or until it gave up. */
  readonly seconds: number;
  /** Seconds of the processor, the sum over all threads. */
  readonly processor: number;
  /** Peak memory of the process. */
  readonly megabytes: number;
  /** Seconds until J had come to each target; null of a target that was not reached; null of another model. */
  readonly reached: readonly (number | null)[] | null;
}

/** Stands for the folder in a command's arguments. */
const FOLDER = "{folder}";

const script = (name: string) => join(import.meta.dirname, name);
const inNode = (name: string) => [process.execPath, script(name)] as const;

export const OWN: Contender = contender("this library", inNode("own.mjs"), "npm run build");

export const OPTIMUM: Contender = { ...OWN, args: [...OWN.args, "optimum"] };

const PYTHON = "apt-get install python3-sklearn python3-torch";

export const PEERS: readonly Contender[] = [
  contender("scikit-learn lbfgs", ["python3", script("peers.py")], PYTHON, "lbfgs"),
  contender(
    "scikit-learn liblinear, one against the rest",
    ["python3", script("peers.py")],
    PYTHON,
    "liblinear",
  ),
  contender("PyTorch LBFGS", ["python3", script("peers.py")], PYTHON, "torch"),
  contender("glmnet", ["Rscript", script("glmnet.R")], "apt-get install r-cran-glmnet r-cran-jsonlite"),
  contender("TF.js Adam", inNode("tfjs.mjs"), "npm ci"),
  contender("jax-js Adam", inNode("jax.mjs"), "npm ci"),
  contender(
    "ml-logistic-regression, one against the rest",
    inNode("ml.mjs"),
    "npm install --no-save ml-logistic-regression",
  ),
];

/** A script gets the folder before its own arguments. */
function contender(
  name: string,
  [command, ...args]: readonly [string, ...string[]],
  remedy: string,
  ...own: readonly string[]
): Contender {
  return { name, command, args: [...args, FOLDER, ...own], remedy };
}

/** Thrown if a contender took so long that it was stopped. */
export class OutOfPatience extends Error {
  override readonly name = "OutOfPatience";
}

/**
 * Lets a contender fit the problem in the folder.
 *
 * @param limitSeconds 0: no limit
 * @throws OutOfPatience, and Error with the contender's own
 */
export async function fitIn(
  folder: string,
  { command, args }: Contender,
  limitSeconds: number,
): Promise<Took> {
  const given = args.map((argument) => (argument === FOLDER ? folder : argument));
  const options = { timeout: limitSeconds * 1000, killSignal: "SIGKILL", maxBuffer: 2 ** 26 } as const;
  try {
    const { stdout } = await promisify(execFile)(command, given, options);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch (error) {
    const { killed, stderr, message } = error as Error & { killed?: boolean; stderr?: string };
    if (killed) throw new OutOfPatience(`not within ${limitSeconds} s`);
    throw new Error(reasonIn(stderr ?? "") ?? message, { cause: error });
  }
}

/** Finds the line of an error's output that names it. */
function reasonIn(output: string): string | undefined {
  const lines = output.trim().split("\n").filter(Boolean);
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1);
}
