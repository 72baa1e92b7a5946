/** The folder in which every contender of `npm run bench:fits` finds its problem and leaves its parameters. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Parameters } from "../../src/parameters.ts";
import type { Problem } from "../labelled-rows.ts";

/** What the file `job.json` holds. X `[N,D]` in float32 and labels in int32 are in the files `x` and `y`. */
export interface Job {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** Coefficient of the squared weights. */
  readonly l2: number;
  /** Values of J, from large to small: a contender tells when it has come to each. */
  readonly targets: readonly number[];
  /** Seconds after which a contender gives up. */
  readonly patience: number;
}

/** Rows in float32, as every contender gets them. */
export interface Float32Problem extends Problem {
  readonly x: { readonly data: Float32Array; readonly rows: number; readonly cols: number };
}

/** Multiplies a scale in, and rounds to float32. */
export function toFloat32({ name, x, y }: Problem): Float32Problem {
  const { rows, cols, scale = 1 } = x;
  return { name, x: { data: Float32Array.from(x.data, (value) => value * scale), rows, cols }, y };
}

export async function writeProblem(folder: string, { x, y }: Float32Problem): Promise<void> {
  await writeFile(join(folder, "x"), x.data);
  await writeFile(join(folder, "y"), Int32Array.from(y));
}

export async function writeJob(folder: string, job: Job): Promise<void> {
  await writeFile(join(folder, "job.json"), JSON.stringify(job));
}

/** Reads W `[K,D]` and b `[K]` that a contender left. */
export async function readParameters(folder: string, { features, classes }: Job): Promise<Parameters> {
  const bytes = await readFile(join(folder, "parameters"));
  const values = new Float64Array(new Uint8Array(bytes).buffer);
  return { weights: values.subarray(0, classes * features), bias: values.subarray(classes * features) };
}
