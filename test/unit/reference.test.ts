/** The reference's operations against values worked out by hand: from rows to scores, loss and gradient. */
import { describe, expect, test } from "vitest";
import {
  crossEntropy,
  dLogits,
  gradient,
  gradientCheck,
  matmul,
  objective,
  objectiveGradient,
  softmax,
  standardize,
} from "../../src/backends/reference/index.ts";
import type { Targets } from "../../src/data/targets.ts";
import { EXACT, expectClose, ROUNDED } from "../support/expect-close.ts";
import { matrixOf } from "../support/matrices.ts";
import { randomProblem } from "../support/problems.ts";
import { labelsOf, softLabels } from "../support/targets.ts";

/** Scores whose probabilities are in the ratio of `odds`. */
function scoresOf(...odds: number[]): Float64Array {
  return Float64Array.from(odds, Math.log);
}

const X = matrixOf(Float64Array.of(1, 2, 3, -1), 2);
const TWO = { weights: Float64Array.of(0.5, -1, 2, 0), bias: Float64Array.of(0.25, -0.5) };
const THREE = { weights: Float64Array.of(0.5, -1, 2, 0, -1, 1), bias: Float64Array.of(0.25, -0.5, 8) };

describe("matmul", () => {
  test("two rows, two features, two classes", () => {
    // 0.5 · 1 − 1 · 2 + 0.25, 2 · 1 + 0 · 2 − 0.5; 0.5 · 3 + 1 + 0.25, 2 · 3 + 0 − 0.5
    expectClose(matmul(X, [0, 1], TWO), [-1.25, 1.5, 2.75, 5.5], EXACT);
  });

  test("three classes: the third is −x₀ + x₁ + 8", () => {
    expectClose(matmul(X, [0, 1], THREE), [-1.25, 1.5, 9, 2.75, 5.5, 4], EXACT);
  });

  test("rows in the order asked for, some twice, some not at all", () => {
    expectClose(matmul(X, Uint32Array.of(1, 1), TWO), [2.75, 5.5, 2.75, 5.5], EXACT);
    expectClose(matmul(X, [1, 0], TWO), [2.75, 5.5, -1.25, 1.5], EXACT);
  });

  test("bytes of 1/255 are fractions; the bias is not", () => {
    const bytes = { ...matrixOf(Uint8Array.of(255, 0, 51, 255), 2), scale: 1 / 255 };
    expectClose(matmul(bytes, [0, 1], TWO), [0.75, 1.5, 0.1 - 1 + 0.25, 0.4 - 0.5], ROUNDED);
  });
});

describe("softmax", () => {
  test.each<[string, number[], number[]]>([
    ["1 : 3", [1, 3], [0.25, 0.75]],
    ["1 : 2 : 5", [1, 2, 5], [0.125, 0.25, 0.625]],
    ["equal", [7, 7, 7, 7], [0.25, 0.25, 0.25, 0.25]],
  ])("odds of %s", (_what, odds, expected) => {
    expectClose(softmax(scoresOf(...odds), odds.length), expected, ROUNDED);
  });

  test("row by row", () => {
    expectClose(softmax(scoresOf(1, 3, 4, 1), 2), [0.25, 0.75, 0.8, 0.2], ROUNDED);
  });

  test("does not change when all scores of a row move together", () => {
    const moved = scoresOf(1, 2, 5).map((z) => z + 512);
    expectClose(softmax(moved, 3), [0.125, 0.25, 0.625], { absolute: 0, relative: 1e-12 });
  });

  test("of scores of ±1000 neither overflows nor divides by 0", () => {
    const logits = Float64Array.of(1000, -1000, -1000, 1000, -1000, -1000, 1000, 1000);
    expectClose(softmax(logits, 2), [1, 0, 0, 1, 0.5, 0.5, 0.5, 0.5], EXACT);
  });
});

describe("cross-entropy", () => {
  const logits = scoresOf(1, 3, 4, 1);

  test("of labels is −log p of the label", () => {
    const losses = crossEntropy(logits, labelsOf(0, 0), [0, 1], 2);
    expectClose(losses, [Math.log(4), Math.log(5 / 4)], ROUNDED);
  });

  test("of soft labels is their mean of −log p", () => {
    const targets = softLabels(Float32Array.of(0.5, 0.5, 0.25, 0.75), 2);
    const expected = [0.5 * Math.log(4) + 0.5 * Math.log(4 / 3), 0.25 * Math.log(5 / 4) + 0.75 * Math.log(5)];
    expectClose(crossEntropy(logits, targets, [0, 1], 2), expected, ROUNDED);
  });

  test("of soft labels takes data × scale", () => {
    const distributions = { data: Uint8Array.of(51, 204), rows: 1, cols: 2, scale: 1 / 255 };
    const targets: Targets = { kind: "distributions", distributions };
    const expected = 0.2 * Math.log(4) + 0.8 * Math.log(4 / 3);
    expectClose(crossEntropy(scoresOf(1, 3), targets, [0], 2), [expected], ROUNDED);
  });

  test("finds a row's target by the row, its scores by the position", () => {
    const losses = crossEntropy(logits, labelsOf(9, 1, 9, 0), [3, 1], 2);
    expectClose(losses, [Math.log(4), Math.log(5)], ROUNDED);
  });

  test("is log K for equal scores, however large", () => {
    const equal = Float64Array.of(0, 0, 0, 1000, 1000, 1000, -1000, -1000, -1000);
    const expected = [Math.log(3), Math.log(3), Math.log(3)];
    expectClose(crossEntropy(equal, labelsOf(0, 1, 2), [0, 1, 2], 3), expected, EXACT);
  });

  test("of scores of ±1000 is 2000 where wrong, not clipped, and 0 where right", () => {
    const extreme = Float64Array.of(1000, -1000, 1000, -1000);
    expectClose(crossEntropy(extreme, labelsOf(1, 0), [0, 1], 2), [2000, 0], EXACT);
    const halves = softLabels(Float32Array.of(0.5, 0.5, 1, 0), 2);
    expectClose(crossEntropy(extreme, halves, [0, 1], 2), [1000, 0], EXACT);
  });
});

describe("dLogits", () => {
  const P = Float64Array.of(0.25, 0.75, 0.8, 0.2);

  test("of one row is p − q", () => {
    expectClose(dLogits(P.slice(0, 2), labelsOf(0), undefined, [0], 2), [-0.75, 0.75], EXACT);
    const soft = softLabels(Float32Array.of(0.5, 0.5), 2);
    expectClose(dLogits(P.slice(0, 2), soft, undefined, [0], 2), [-0.25, 0.25], EXACT);
  });

  test("of two rows is half of that each", () => {
    const t = dLogits(P, labelsOf(0, 1), undefined, [0, 1], 2);
    expectClose(t, [-0.375, 0.375, 0.4, -0.4], ROUNDED);
  });

  test("with weights is s / Σ s of that, Σ over the batch alone", () => {
    const weights = Float32Array.of(100, 1, 3);
    const t = dLogits(P, labelsOf(0, 1, 0), weights, [2, 1], 2);
    expectClose(t, [-0.75 * 0.75, 0.75 * 0.75, 0.8 / 4, -0.8 / 4], ROUNDED);
  });

  test("is 0 for rows without weight, also where none has any", () => {
    const some = dLogits(P, labelsOf(0, 1), [0, 2], [0, 1], 2);
    expectClose(some, [0, 0, 0.8, -0.8], ROUNDED);
    expectClose(dLogits(P, labelsOf(0, 1), [0, 0], [0, 1], 2), [0, 0, 0, 0], EXACT);
  });

  test("three classes: the target is taken from p of its own column", () => {
    const t = dLogits(Float64Array.of(0.125, 0.25, 0.625), labelsOf(2), undefined, [0], 3);
    expectClose(t, [0.125, 0.25, -0.375], EXACT);
  });
});

describe("gradient", () => {
  const zeros = { weights: new Float64Array(6), bias: new Float64Array(3) };

  test("of one row is the outer product T xᵀ, and T for the bias", () => {
    const g = gradient(Float64Array.of(2, -1, 0.5), X, [1], zeros, 0);
    expectClose(g.weights, [6, -2, -3, 1, 1.5, -0.5], EXACT);
    expectClose(g.bias, [2, -1, 0.5], EXACT);
  });

  test("of two rows is the sum of theirs", () => {
    const t = Float64Array.of(1, -1, 0, 0.5, 0, -0.5);
    const g = gradient(t, X, [0, 1], zeros, 0);
    // class 0: (1, 2) + 0.5 (3, −1); class 1: −(1, 2); class 2: −0.5 (3, −1)
    expectClose(g.weights, [2.5, 1.5, -1, -2, -1.5, 0.5], EXACT);
    expectClose(g.bias, [1.5, -1, -0.5], EXACT);
    const swapped = gradient(Float64Array.of(0.5, 0, -0.5, 1, -1, 0), X, [1, 0], zeros, 0);
    expectClose(swapped.weights, g.weights, EXACT);
  });

  test("adds 2λW, and nothing to the bias", () => {
    const before = { weights: THREE.weights.slice(), bias: THREE.bias.slice() };
    const g = gradient(Float64Array.of(2, -1, 0.5), X, [1], THREE, 0.25);
    expectClose(g.weights, [6.25, -2.5, -2, 1, 1, 0], EXACT);
    expectClose(g.bias, [2, -1, 0.5], EXACT);
    expect(THREE, "the parameters stay as they were").toEqual(before);
  });

  test("takes data × scale, in the weights alone", () => {
    const bytes = { ...matrixOf(Uint8Array.of(255, 51), 2), scale: 1 / 255 };
    const g = gradient(Float64Array.of(1, -2, 4), bytes, [0], zeros, 0);
    expectClose(g.weights, [1, 0.2, -2, -0.4, 4, 0.8], ROUNDED);
    expectClose(g.bias, [1, -2, 4], EXACT);
  });
});

describe("standardise", () => {
  test("gives (x − mean) / scale of each column, of data × scale, in a copy", () => {
    const columns = { mean: Float64Array.of(1, 0.5), scale: Float64Array.of(2, 0.25) };
    expect(standardize(X, columns)).toEqual(matrixOf(Float64Array.of(0, 6, 1, -6), 2));
    expect([...X.data]).toEqual([1, 2, 3, -1]);
    const bytes = { ...matrixOf(Uint8Array.of(255, 51), 2), scale: 1 / 255 };
    expectClose(standardize(bytes, columns).data, [0, -1.2], ROUNDED);
  });
});

describe("label smoothing", () => {
  const logits = scoresOf(1, 3, 4, 2, 5, 1);
  const smoothed = softLabels(Float64Array.of(0.1, 0.8, 0.1, 0.1, 0.1, 0.8), 3);

  test("of labels is the distribution (1 − ε) onehot + ε/K", () => {
    const [labels, rows] = [labelsOf(1, 2), [0, 1]];
    const expected = crossEntropy(logits, smoothed, rows, 3);
    expectClose(crossEntropy(logits, labels, rows, 3, 0.3), expected, ROUNDED);
    const p = softmax(logits, 3);
    const t = dLogits(p, smoothed, undefined, rows, 3);
    expectClose(dLogits(p, labels, undefined, rows, 3, 0.3), t, ROUNDED);
  });

  test("of distributions mixes them with the even one", () => {
    const once = crossEntropy(logits, smoothed, [0, 1], 3, 0.5);
    const plain = crossEntropy(logits, smoothed, [0, 1], 3);
    const even = crossEntropy(logits, softLabels(new Float64Array(6).fill(1 / 3), 3), [0, 1], 3);
    const mixed = plain.map((loss, i) => 0.5 * loss + 0.5 * even[i]);
    expectClose(once, mixed, ROUNDED);
  });

  test("and standardised columns pass the gradient check", () => {
    const { source, parameters } = randomProblem({ rows: 9, features: 3, classes: 4, isWeighted: true });
    const standardization = { mean: Float64Array.of(0.5, -0.25, 0), scale: Float64Array.of(2, 0.5, 0.1) };
    const changed = { ...source, labelSmoothing: 0.2, standardization };
    const { maxError, analytic } = gradientCheck(changed, { parameters, l2: 0.1 });
    expect(maxError).toBeLessThan(1e-7);
    const byHand = { ...source, x: standardize(source.x, standardization), labelSmoothing: 0.2 };
    expect(objectiveGradient(byHand, parameters, 0.1)).toEqual(analytic);
    expect(objective(byHand, parameters, 0.1)).toBe(objective(changed, parameters, 0.1));
  });
});

describe("the objective", () => {
  const source = { x: X, targets: labelsOf(0, 1) };
  const zeros = { weights: new Float64Array(6), bias: new Float64Array(3) };

  test("at zero parameters is log K", () => {
    expectClose([objective(source, zeros, 10)], [Math.log(3)], ROUNDED);
  });

  test("adds λ‖W‖², the bias not counted", () => {
    const withoutPenalty = objective(source, THREE, 0);
    // 0.25 + 1 + 4 + 0 + 1 + 1
    expectClose([objective(source, THREE, 0.5) - withoutPenalty], [0.5 * 7.25], ROUNDED);
  });

  test("is the mean by weights", () => {
    const bias = Float64Array.from([1, 3], Math.log);
    const sampleWeights = Float32Array.of(1, 3);
    const j = objective({ ...source, sampleWeights }, { weights: new Float64Array(4), bias }, 0);
    expectClose([j], [0.25 * Math.log(4) + 0.75 * Math.log(4 / 3)], ROUNDED);
  });

  test("has at zero parameters the gradient worked out by hand", () => {
    const g = objectiveGradient(source, zeros, 10);
    // T = ½ (−2/3, 1/3, 1/3) and ½ (1/3, −2/3, 1/3); rows (1, 2) and (3, −1)
    const expected = [1 / 6, -5 / 6, -5 / 6, 4 / 6, 4 / 6, 1 / 6];
    expectClose(g.weights, expected, ROUNDED);
    expectClose(g.bias, [-1 / 6, -1 / 6, 2 / 6], ROUNDED);
  });
});
