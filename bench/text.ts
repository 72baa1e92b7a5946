/**
 * The command `npm run bench:text`: texts vectorised and a classifier fitted, in Node on WebAssembly, beside
 * scikit-learn, liblinear and natural, each in a process of its own.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { type Contenders, startContenders } from "./text/contenders.ts";
import { fewTexts } from "./text/few-texts.ts";
import { fitsOf } from "./text/fits.ts";
import type { SplitTexts } from "./text/protocol.ts";
import { INSTALLING, type LabelledTexts, madeTexts, mails } from "./text/texts.ts";
import { vectorizingOf } from "./text/vectorizing.ts";

/** Texts are held out if their number has this remainder by five. */
const HELD_OUT = 4;

/** Texts that natural is given. */
const FEW = 600;

/** Texts that are made if there are no mails. */
const MADE = 6000;

interface Settings {
  readonly l2: string;
  readonly bias: boolean;
  readonly rounds: string;
  readonly made?: string;
  readonly patience: string;
}

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const command = new Command("npm run bench:text --")
    .description("From texts to a fitted classifier, beside scikit-learn, liblinear and natural.")
    .option("--l2 <numbers>", "coefficients of the squared weights, with commas", "1e-4,1e-5")
    .option("--no-bias", "fit no bias: liblinear penalises it, the others do not")
    .option("--rounds <number>", "measurements of which the median is taken", "5")
    .option("--made <texts>", "make so many texts, instead of taking the mails")
    .option("--patience <seconds>", "longest time that natural is given; 0 leaves it out", "150")
    .parse(argv);
  const settings = command.opts<Settings>();
  const folder = await mkdtemp(join(tmpdir(), "text-"));
  const file = join(folder, "texts");
  try {
    const texts = textsFor(settings);
    const split = splitOf(texts);
    await writeFile(file, JSON.stringify(split));
    const [all, heldOut] = [texts.texts, split.heldOut].map(({ length }) => length.toLocaleString("en"));
    say(`${texts.name}: ${all}, of which every fifth is held out, ${heldOut}`);
    const here = import.meta.dirname;
    const scripts = { run: join(here, "../build/run.mjs"), python: join(here, "text.py") };
    const contenders = await startContenders(scripts, { file, folder }, say);
    try {
      await compare(contenders, settings);
      const count = Math.min(FEW, split.training.length);
      const natural = { script: join(here, "text/natural.mjs"), patience: Number(settings.patience) };
      for (const line of await fewTexts(contenders.own, file, { ...natural, count })) say(line);
    } finally {
      contenders.own.close();
      contenders.python?.close();
    }
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function compare(contenders: Contenders, { l2, bias, rounds }: Settings): Promise<void> {
  for (const line of await vectorizingOf(contenders, Number(rounds))) say(line);
  for (const lambda of l2.split(",").map(Number)) {
    const lines = await fitsOf(contenders, { l2: lambda, bias }, Number(rounds));
    say(`λ = ${lambda}${bias ? "" : ", no bias"}, ${lines[0]}`);
    for (const line of lines.slice(1)) say(line);
  }
}

function textsFor({ made }: Settings): LabelledTexts {
  if (made !== undefined) return madeTexts(Number(made));
  const found = mails();
  if (!found) say(`(the mails are not installed: ${INSTALLING})`);
  return found ?? madeTexts(MADE);
}

function splitOf({ texts, labels }: LabelledTexts): SplitTexts {
  const isHeldOut = (_: unknown, i: number) => i % 5 === HELD_OUT;
  const isKept = (_: unknown, i: number) => i % 5 !== HELD_OUT;
  return {
    training: texts.filter(isKept),
    trainingLabels: labels.filter(isKept),
    heldOut: texts.filter(isHeldOut),
    heldOutLabels: labels.filter(isHeldOut),
  };
}
