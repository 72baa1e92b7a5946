/** Targets written out by hand. */
import type { MatrixData } from "../../src/data/matrix.ts";
import type { Targets } from "../../src/data/targets.ts";
import { matrixOf } from "./matrices.ts";

export function labelsOf(...labels: number[]): Targets {
  return { kind: "labels", labels: Uint32Array.from(labels) };
}

export function softLabels(data: MatrixData, cols: number): Targets {
  return { kind: "distributions", distributions: matrixOf(data, cols) };
}
