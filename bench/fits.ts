/**
 * The command `npm run bench:fits`: whole fits to the optimum, in Node on WebAssembly, beside what people would pick
 * instead, each in a process of its own: seconds until the objective is near its optimum, and peak memory.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { type Contender, fitIn, OPTIMUM, OutOfPatience, OWN, PEERS, type Took } from "./fits/contenders.ts";
import { judge } from "./fits/judge.ts";
import {
  type Float32Problem,
  type Job,
  readParameters,
  toFloat32,
  writeJob,
  writeProblem,
} from "./fits/problem-folder.ts";
import { cloud, problemIn } from "./labelled-rows.ts";
import { messageOf } from "./measure/text.ts";

/** Relative distances from the optimum at which seconds are reported. */
const DISTANCES = [1e-2, 1e-4];

interface Settings {
  readonly l2: number;
  readonly patience: number;
  readonly only?: string;
}

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const command = new Command("npm run bench:fits --")
    .description(
      "Whole fits, in Node on WebAssembly, beside scikit-learn, PyTorch, glmnet, TF.js and others.",
    )
    .argument("[data...]", "CSV files, labels last, plain or .gz; folders of IDX files (default: embeddings)")
    .option("--l2 <number>", "coefficient of the squared weights", Number, 1e-4)
    .option("--patience <seconds>", "after which a contender gives up", Number, 120)
    .option("--only <texts>", "only contenders whose names hold one of these, with commas")
    .parse(argv);
  const settings = command.opts<Settings>();
  const given = command.args.map((path) => problemIn(path));
  for (const problem of given.length > 0 ? await Promise.all(given) : [embeddings()])
    await withFolder((folder) => compare(folder, toFloat32(problem), settings));
  return 0;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

const embeddings = () =>
  cloud("embeddings", { rows: 20_000, cols: 768, classes: 100, spread: 2, isUnit: true });

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "fits-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Finds the optimum, lets each contender fit, and says a line of the table for each. */
async function compare(folder: string, problem: Float32Problem, settings: Settings): Promise<void> {
  const { l2, patience, only = "" } = settings;
  const isAsked = ({ name }: Contender) => only.split(",").some((text) => name.includes(text));
  const { rows, cols: features } = problem.x;
  const classes = new Set(problem.y).size;
  const job: Job = { rows, features, classes, l2, targets: [], patience };
  await writeProblem(folder, problem);
  await writeJob(folder, job);
  await fitIn(folder, OPTIMUM, 0);
  const optimum = judge(problem, await readParameters(folder, job), l2).objective;
  await writeJob(folder, { ...job, targets: DISTANCES.map((distance) => optimum * (1 + distance)) });
  say(`${problem.name}: ${rows} × ${features}, ${classes} classes, λ = ${l2}, J* = ${optimum.toFixed(9)}`);
  const titles = DISTANCES.map((distance) => `to ${distance.toExponential(0)}`);
  say(line("", [...titles, "its end", "processor", "above J*", "accuracy", "memory"]));
  for (const contender of [OWN, ...PEERS].filter(isAsked))
    say(await describe(folder, contender, problem, job, optimum));
}

/** Lets a contender fit, and returns its line, or why it has none. */
async function describe(
  folder: string,
  contender: Contender,
  problem: Float32Problem,
  job: Job,
  optimum: number,
): Promise<string> {
  try {
    // Loading, and a last step that began in time, are not counted.
    const took = await fitIn(folder, contender, 2 * job.patience + 60);
    const { objective, accuracy } = judge(problem, await readParameters(folder, job), job.l2);
    return line(contender.name, figuresOf(took, objective / optimum - 1, accuracy));
  } catch (error) {
    const remedy = error instanceof OutOfPatience ? "" : ` (${contender.remedy})`;
    return `${contender.name.padEnd(46)}${messageOf(error)}${remedy}`;
  }
}

function figuresOf(took: Took, above: number, accuracy: number): string[] {
  const { reached, seconds, processor, megabytes } = took;
  const times = reached ?? DISTANCES.map(() => null);
  return [
    ...times.map((time) => (time === null ? "–" : inSeconds(time))),
    inSeconds(seconds),
    inSeconds(processor),
    // Of another model, J says nothing.
    reached ? above.toExponential(1) : "–",
    accuracy.toFixed(4),
    `${megabytes.toFixed(0)} MB`,
  ];
}

const inSeconds = (value: number) => `${value.toPrecision(3)} s`;

const line = (name: string, figures: readonly string[]) =>
  name.padEnd(46) + figures.map((figure) => figure.padStart(10)).join("");
