/** How well a Newton step solves its equation, by the reference alone. */
import { objectiveGradient } from "../../src/backends/reference/index.ts";
import { gradientOf, scoresOf } from "../../src/backends/reference/of-rows.ts";
import { softmax } from "../../src/backends/reference/operations.ts";
import { ReferenceDataset } from "../../src/backends/reference/trainer.ts";
import { isSparse } from "../../src/data/sparse-matrix.ts";
import { type Parameters, zeros } from "../../src/parameters.ts";
import type { DrawnCase } from "./draw-case.ts";

/** Distance of the two gradients whose difference is a product with the Hessian, relative to the direction's size. */
const DISTANCE = 1e-4;

/** Least share of the largest diagonal element: a smaller one is taken for 0, and its parameter left out. */
const LEAST = 1e-20;

/**
 * Returns |r|/|g| with r = (H + 2λ) d + g, in the norm in which the device measures both: each element by the inverse
 * diagonal of H + 2λ.
 */
export function restOfNewtonStep(
  drawn: DrawnCase,
  gradient: Parameters,
  l2: number,
  step: Parameters,
): number {
  const product = hessianTimes(drawn, step, l2);
  const diagonal = diagonalOf(drawn, l2);
  let [rest, all] = [0, 0];
  for (const part of drawn.bias ? (["weights", "bias"] as const) : (["weights"] as const)) {
    for (let i = 0; i < step[part].length; i++) {
      if (diagonal[part][i] <= LEAST * diagonal.largest) continue;
      rest += (product[part][i] + gradient[part][i]) ** 2 / diagonal[part][i];
      all += gradient[part][i] ** 2 / diagonal[part][i];
    }
  }
  return all === 0 ? Math.sqrt(rest) : Math.sqrt(rest / all);
}

/** Returns (H + 2λ) d by central differences of the gradient in float64. */
function hessianTimes({ problem, bias }: DrawnCase, d: Parameters, l2: number): Parameters {
  const { source, parameters } = problem;
  let size = 0;
  for (const part of [d.weights, d.bias]) for (const value of part) size = Math.max(size, Math.abs(value));
  const h = DISTANCE / Math.max(size, DISTANCE);
  const [above, below] = [h, -h].map((t) => {
    const at = {
      weights: parameters.weights.map((w, i) => w + t * d.weights[i]),
      bias: parameters.bias.map((b, k) => (bias ? b + t * d.bias[k] : 0)),
    };
    return objectiveGradient(source, at, l2);
  });
  const difference = (part: "weights" | "bias") =>
    above[part].map((value, i) => (value - below[part][i]) / (2 * h));
  return { weights: difference("weights"), bias: difference("bias") };
}

/** Returns the diagonal of H + 2λ, Σ_i s_i p (1 − p) x² / Σ s + 2λ, and its largest element. */
function diagonalOf({ problem, classes, features, bias }: DrawnCase, l2: number) {
  const { x, sampleWeights, meanWeight } = new ReferenceDataset(problem.source);
  if (!isSparse(x)) throw new TypeError("Newton steps are taken on sparse rows");
  const parameters = bias ? problem.parameters : { ...problem.parameters, bias: new Float64Array(classes) };
  const p = softmax(scoresOf(x, problem.rows, parameters), classes);
  const total = meanWeight * x.rows;
  const t = p.map(
    (own, at) => ((sampleWeights?.[Math.floor(at / classes)] ?? 1) * own * (1 - own)) / (total || 1),
  );
  const squares = { ...x, data: x.data && Float64Array.from(x.data, (value) => Number(value) ** 2) };
  const sums = gradientOf(t, squares, problem.rows, zeros({ classes, features }), 0);
  const weights = sums.weights.map((value) => value + 2 * l2);
  const largest = [weights, sums.bias].reduce((most, part) => part.reduce((a, b) => Math.max(a, b), most), 0);
  return { weights, bias: sums.bias, largest };
}
