/**
 * The command `npm run bench:sweep`: many λ on the same rows, in Node on WebAssembly. Of files, the 45 λ of DINOv2's
 * protocol one after the other on rows that stay on the device, beside a fit of its own for each; without files,
 * cross-validation beside scikit-learn's, if Python has it.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { type FitHistory, l2Grid, SoftmaxRegression } from "../src/index.ts";
import { cloud, type Problem, problemIn } from "./labelled-rows.ts";

/** scikit-learn's C of the cross-validation: ten from 1e-4 to 1e4, its default. */
const CS = Array.from({ length: 10 }, (_, i) => 10 ** (-4 + (8 * i) / 9));
const FOLDS = 10;

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const command = new Command("npm run bench:sweep --")
    .description("Many λ on the same rows, in Node on WebAssembly.")
    .argument(
      "[data...]",
      "CSV files, labels last, plain or .gz; folders of IDX files (default: cross-validation)",
    )
    .option("--most <iterations>", "iterations at most", "1000")
    .option("--from <l2>", "leave smaller λ out", "0")
    .parse(argv);
  const { most, from } = command.opts<{ most: string; from: string }>();
  for (const path of command.args) await sweep(await problemIn(path), Number(most), Number(from));
  if (command.args.length === 0) await crossValidation();
  return 0;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function sweep({ name, x, y }: Problem, maxIterations: number, from: number): Promise<void> {
  const l2s = l2Grid("dinov2", x.rows).filter((l2) => l2 >= from);
  const options = { device: "wasm", maxIterations } as const;
  const model = new SoftmaxRegression(options);
  const path = await model.fitPath(x, y, l2s);
  model.dispose();
  say(`${name}: λ, passes and J of the path, of a fit of its own`);
  const [together, apart] = [
    { passes: 0, seconds: 0 },
    { passes: 0, seconds: 0 },
  ];
  for (const { l2, history } of path) {
    const single = new SoftmaxRegression({ ...options, l2 });
    const own = await single.fit(x, y);
    single.dispose();
    for (const [sums, of] of [
      [together, history],
      [apart, own],
    ] as const) {
      sums.passes += lastOf(of).passes;
      sums.seconds += of.seconds;
    }
    say(`  ${l2.toExponential(1).padEnd(8)} ${describe(history).padEnd(24)} ${describe(own)}`);
  }
  say(
    `  ${together.passes} passes, ${together.seconds.toFixed(1)} s; ${apart.passes} passes, ${apart.seconds.toFixed(1)} s`,
  );
}

const lastOf = ({ iterations }: FitHistory) => iterations[iterations.length - 1];

function describe(history: FitHistory): string {
  const { passes, objective } = lastOf(history);
  return `${passes} ${objective.toFixed(6)}${history.stopReason === "iterations" ? " (stopped)" : ""}`;
}

async function crossValidation(): Promise<void> {
  const shape = { rows: 10_000, cols: 300, classes: 10, spread: 12, isUnit: true };
  const { name, x, y } = cloud("10,000 × 300, 10 classes", shape);
  const model = new SoftmaxRegression({ device: "wasm" });
  const l2s = CS.map((c) => 1 / (2 * c * x.rows * (1 - 1 / FOLDS)));
  const folds = y.map((_, i) => i % FOLDS);
  const { entries, best, seconds } = await model.crossValidate(x, y, { l2s, folds });
  model.dispose();
  say(`${name}, ${FOLDS} folds × ${CS.length} λ`);
  say(`  this library  ${seconds.toFixed(1)} s, C = ${CS[l2s.indexOf(best)].toPrecision(3)}`);
  say(`    loss ${entries.map(({ loss }) => loss.mean.toFixed(4)).join(" ")}`);
  say(`    passes ${entries.map(({ passes }) => passes).join(" ")}`);
  const folder = await mkdtemp(join(tmpdir(), "sweep-"));
  try {
    await writeFile(join(folder, "x"), Float64Array.from(x.data));
    await writeFile(join(folder, "y"), Int32Array.from(y));
    const script = join(import.meta.dirname, "sweep.py");
    const settings = [String(x.cols), String(FOLDS), JSON.stringify(CS)];
    say((await promisify(execFile)("python3", [script, folder, ...settings])).stdout.trimEnd());
  } catch (error) {
    say(`  (no scikit-learn: ${String((error as Error).message).split("\n")[0]})`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
