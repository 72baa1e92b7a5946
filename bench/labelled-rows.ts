/** Rows for benchmarks: from files, or made. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { findIdxFiles } from "../demo/headless/idx-files.ts";
import { createRandom } from "../src/data/random.ts";
import { type Matrix, readIdxPair } from "../src/index.ts";

/** Rows whose labels are class indices. */
export interface Problem {
  readonly name: string;
  readonly x: Matrix;
  readonly y: readonly number[];
}

/** Reads a CSV file, labels last, plain or .gz, or a folder of IDX files. */
export async function problemIn(path: string): Promise<Problem> {
  const name = basename(path);
  if (!/\.csv(\.gz)?$/.test(path)) {
    const files = await findIdxFiles(path);
    const read = async (file: "train-images" | "train-labels") => new Blob([await readFile(files[file])]);
    const { x, y } = await readIdxPair(await read("train-images"), await read("train-labels"));
    return { name, x, y: Array.from(y) };
  }
  const bytes = await readFile(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  const rows = text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const cols = rows[0].length - 1;
  const classes = [...new Set(rows.map((row) => row[cols]))].sort();
  const data = Float64Array.from(
    rows.flatMap((row) => row.slice(0, cols)),
    Number,
  );
  return { name, x: { data, rows: rows.length, cols }, y: rows.map((row) => classes.indexOf(row[cols])) };
}

/** A cloud of rows around the centre of each class. */
export interface CloudShape {
  readonly rows: number;
  readonly cols: number;
  readonly classes: number;
  readonly spread: number;
  readonly isUnit: boolean;
}

/** Rows around random centres; each column goes along with the one before it, and its unit is ten times as large or small. */
export function cloud(name: string, { rows, cols, classes, spread, isUnit }: CloudShape): Problem {
  const random = createRandom(rows + cols);
  const centres = Float64Array.from({ length: classes * cols }, () => random.normal());
  const y = Array.from({ length: rows }, () => random.integer(classes));
  const data = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    let before = 0;
    let squares = 0;
    for (let j = 0; j < cols; j++) {
      before = 0.8 * before + spread * random.normal();
      const unit = isUnit ? 1 : 10 ** ((j % 4) - 2);
      data[i * cols + j] = (centres[y[i] * cols + j] + before) * unit;
      squares += data[i * cols + j] ** 2;
    }
    if (isUnit) for (let j = 0; j < cols; j++) data[i * cols + j] /= Math.sqrt(squares);
  }
  return { name, x: { data, rows, cols }, y };
}
