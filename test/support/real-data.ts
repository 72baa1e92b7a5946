/** Real data sets and their exact optima from DATA_DIR, in the browser as in Node. */
import { inject } from "vitest";
import type { Matrix } from "../../src/data/matrix.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether DATA_DIR is set. Tests that need it are reported as skipped where it is not. */
    hasData: boolean;
  }
}

/** Whether real data can be read. */
export const hasData: boolean = inject("hasData");

/** Rows with labels. */
export interface Labelled {
  readonly x: Matrix<Float64Array>;
  readonly y: readonly string[];
}

/** An exact optimum of the objective. */
export interface Optimum {
  readonly l2: number;
  readonly objective: number;
  readonly trainAccuracy: number;
}

/** Iris as it is. */
export async function readIris(): Promise<Labelled> {
  return parseCsv(new TextDecoder().decode(await readBytes("iris.csv")), 1);
}

/** Optical digits, features divided by 16 (or by `divisor`). */
export async function readDigits(divisor = 16): Promise<Labelled> {
  const unzipped = new Blob([await readBytes("digits.csv.gz")])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return parseCsv(await new Response(unzipped).text(), divisor);
}

/** Optima by name, for example `"iris l2=0.001"`. */
export async function readOptima(): Promise<Record<string, Optimum>> {
  return JSON.parse(new TextDecoder().decode(await readBytes("../reference/optima.json"))).cases;
}

/** An exact optimum with an L1 penalty. */
export interface L1Optimum extends Omit<Optimum, "trainAccuracy"> {
  readonly l1: number;
  /** Weights that are exactly 0 there. */
  readonly zeros: number;
}

/** Optima with L1 by name, for example `"digits/16 l1=0.01 l2=0"`. */
export async function readL1Optima(): Promise<Record<string, L1Optimum>> {
  return JSON.parse(new TextDecoder().decode(await readBytes("../reference/l1-optima.json"))).cases;
}

/** Numbers but for the last column, which is the label; the first line is a header. */
function parseCsv(text: string, divisor: number): Labelled {
  const lines = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
  const cols = lines[0].length - 1;
  const data = Float64Array.from(
    lines.flatMap((cells) => cells.slice(0, cols).map((cell) => Number(cell) / divisor)),
  );
  return { x: { data, rows: lines.length, cols }, y: lines.map((cells) => cells[cols]) };
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof document !== "undefined") {
    const { commands } = await import("vitest/browser");
    return Uint8Array.from(atob(await commands.readData(path)), (character) => character.charCodeAt(0));
  }
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(`${process.env.DATA_DIR}/${path}`));
}
