/** Problems with rows one of whose scores overflows float32, in a single class. */
import type { DatasetSource } from "../../src/backends/backend.ts";
import type { Targets } from "../../src/data/targets.ts";
import { type Problem, randomProblem } from "./problems.ts";

/** Value of the overflowing score. */
export type Overflow = "infinity" | "-infinity" | "NaN";

/** Values of the first two features, for which the class has weights of 2 and −2, and all others 0. */
const VALUES: Readonly<Record<Overflow, readonly [number, number]>> = {
  infinity: [3e38, 0],
  "-infinity": [-3e38, 0],
  NaN: [3e38, 3e38],
};

/** A problem in which some rows are lost. */
export interface OverflowSpec {
  readonly rows: number;
  /** Default 6. */
  readonly features?: number;
  readonly classes: number;
  readonly targets?: Targets["kind"];
  readonly labelSmoothing?: number;
  /** Rows whose score of class `at` overflows. */
  readonly lost: readonly number[];
  readonly at: number;
  readonly overflow: Overflow;
  /** Whether values are stored twice as large, so that those of the lost rows overflow when they are read. */
  readonly isEnlarged?: boolean;
}

/** Returns the problem, without row weights. */
export function overflowProblem(spec: OverflowSpec): Problem {
  const { rows, features = 6, classes, targets = "labels", labelSmoothing = 0, lost, at, overflow } = spec;
  const problem = randomProblem({ rows, features, classes, targets });
  const { weights } = problem.parameters;
  for (let k = 0; k < classes; k++)
    for (const j of [0, 1]) weights[k * features + j] = k === at ? 2 - 4 * j : 0;
  for (const row of lost) problem.source.x.data.set(VALUES[overflow], row * features);
  const standardization = {
    mean: new Float64Array(features),
    scale: Float64Array.from({ length: features }, (_, j) => (j < 2 ? 0.5 : 1)),
  };
  const source = { ...problem.source, labelSmoothing, ...(spec.isEnlarged && { standardization }) };
  return { ...problem, source };
}

/** Returns a problem whose scores are about 3e38 for the last class and −3e38 for all others: losses reach 6e38. */
export function farProblem(rows: number, features: number, classes: number): Problem {
  const problem = randomProblem({ rows, features, classes, targets: "distributions" });
  const { source, parameters } = problem;
  const isFirst = (at: number) => at % features === 0;
  const far = (at: number) => (at === (classes - 1) * features ? 1e38 : -1e38);
  const weights = parameters.weights.map((w, at) => (isFirst(at) ? far(at) : w));
  const x = { ...source.x, data: Float32Array.from(source.x.data, (value, at) => (isFirst(at) ? 3 : value)) };
  return { ...problem, source: { ...source, x }, parameters: { ...parameters, weights } };
}

/** Returns a problem without some of its rows. */
export function without({ source, parameters }: Problem, rows: readonly number[]): Problem {
  const kept = Uint32Array.from(
    Array.from({ length: source.x.rows }, (_, i) => i).filter((i) => !rows.includes(i)),
  );
  const pick = <T extends { readonly data: ArrayLike<number>; readonly cols: number }>({
    data,
    cols,
  }: T) => ({
    data: Float32Array.from({ length: kept.length * cols }, (_, at) =>
      Number(data[kept[Math.floor(at / cols)] * cols + (at % cols)]),
    ),
    rows: kept.length,
    cols,
  });
  const { targets } = source;
  const picked: DatasetSource["targets"] =
    targets.kind === "labels"
      ? { kind: "labels", labels: kept.map((row) => targets.labels[row]) }
      : targets.kind === "distributions"
        ? { kind: "distributions", distributions: pick(targets.distributions) }
        : targets;
  const whole = { ...source, x: pick(source.x), targets: picked };
  return { source: whole, parameters, rows: Uint32Array.from(kept, (_, i) => i) };
}
