/**
 * The command `npm run bench:passes`: counts the passes over the data, and the work with samples of the rows in units of
 * a pass, that L-BFGS takes to come near the optimum, in Node on WebAssembly; beside it the passes of SciPy's L-BFGS-B
 * and of scikit-learn, if Python has them.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { type Matrix, SoftmaxRegression } from "../src/index.ts";
import { cloud, type Problem, problemIn } from "./labelled-rows.ts";

/** Relative distances from the optimum. */
const DISTANCES = [1e-4, 1e-6];

/** J after a number of passes, and the work so far. */
interface Point {
  readonly passes: number;
  readonly work: number;
  readonly objective: number;
}

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const command = new Command("npm run bench:passes --")
    .description("Passes of L-BFGS to the optimum, in Node on WebAssembly, beside SciPy and scikit-learn.")
    .argument(
      "[data...]",
      "CSV files, labels last, plain or .gz; folders of IDX files (default: data that are made)",
    )
    .option("--l2 <numbers>", "coefficients of the squared weights, with commas", "1e-2,1e-4,1e-6")
    .option("--standardize", "standardise the features", false)
    .parse(argv);
  const { l2, standardize } = command.opts<{ l2: string; standardize: boolean }>();
  const given = await Promise.all(command.args.map((path) => problemIn(path)));
  for (const problem of given.length > 0 ? given : made()) {
    const x = standardize ? standardised(problem.x) : problem.x;
    for (const lambda of l2.split(",").map(Number)) {
      const own = await iterationsOn({ ...problem, x }, lambda);
      const peers = await peersOn({ ...problem, x }, lambda);
      const runs = { "this library": own, ...peers };
      const optimum = Math.min(
        ...Object.values(runs).flatMap((run) => run.map(({ objective }) => objective)),
      );
      say(`${problem.name}${standardize ? ", standardised" : ""}, λ = ${lambda}, J* = ${optimum}`);
      for (const [name, run] of Object.entries(runs)) say(`  ${name.padEnd(14)} ${describe(run, optimum)}`);
    }
  }
  return 0;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

function describe(run: readonly Point[], optimum: number): string {
  const parts = DISTANCES.map((distance) => {
    const first = run.find(({ objective }) => objective <= optimum * (1 + distance));
    if (!first) return `${distance.toExponential(0)}: not reached`;
    const work = first.work > first.passes ? `, work ${first.work.toFixed(1)}` : "";
    return `${distance.toExponential(0)}: ${first.passes} passes${work}`;
  });
  return parts.join("   ");
}

async function iterationsOn({ x, y }: Problem, l2: number): Promise<Point[]> {
  const model = new SoftmaxRegression({ device: "wasm", l2, tolerance: 0, maxIterations: 600 });
  try {
    return [...(await model.fit(x, y)).iterations];
  } finally {
    model.dispose();
  }
}

/** Runs the Python script; returns no points if there is no Python, or without the packages. */
async function peersOn({ x, y }: Problem, l2: number): Promise<Record<string, Point[]>> {
  const folder = await mkdtemp(join(tmpdir(), "passes-"));
  try {
    const values = Float64Array.from(x.data, (value) => value * (x.scale ?? 1));
    await writeFile(join(folder, "x"), values);
    await writeFile(join(folder, "y"), Int32Array.from(y));
    const script = join(import.meta.dirname, "passes.py");
    const { stdout } = await promisify(execFile)("python3", [script, folder, String(x.cols), String(l2)]);
    const runs: Record<string, [number, number][]> = JSON.parse(stdout);
    return Object.fromEntries(
      Object.entries(runs).map(([name, run]) => [
        name,
        run.map(([passes, objective]) => ({ passes, work: passes, objective })),
      ]),
    );
  } catch (error) {
    say(`  (no peers: ${String((error as Error).message).split("\n")[0]})`);
    return {};
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tables as small as the well-known ones, and embeddings of unit length. */
function made(): Problem[] {
  return [
    cloud("178 × 13, 3 classes", { rows: 178, cols: 13, classes: 3, spread: 1, isUnit: false }),
    cloud("569 × 30, 2 classes", { rows: 569, cols: 30, classes: 2, spread: 1, isUnit: false }),
    cloud("embeddings 20,000 × 256, 100 classes", {
      rows: 20_000,
      cols: 256,
      classes: 100,
      spread: 2,
      isUnit: true,
    }),
    cloud("embeddings 20,000 × 768, 1000 classes", {
      rows: 20_000,
      cols: 768,
      classes: 1000,
      spread: 2,
      isUnit: true,
    }),
  ];
}

function standardised({ data, rows, cols, scale = 1 }: Matrix): Matrix {
  const result = Float64Array.from(data, (value) => value * scale);
  for (let j = 0; j < cols; j++) {
    let [sum, squares] = [0, 0];
    for (let at = j; at < result.length; at += cols) sum += result[at];
    const mean = sum / rows;
    for (let at = j; at < result.length; at += cols) squares += (result[at] - mean) ** 2;
    const deviation = Math.sqrt(squares / rows) || 1;
    for (let at = j; at < result.length; at += cols) result[at] = (result[at] - mean) / deviation;
  }
  return { data: result, rows, cols };
}
