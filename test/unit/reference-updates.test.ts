/** The reference's updates of parameters against values worked out by hand: SGD, L1, AdamW, the average. */
import { describe, expect, test } from "vitest";
import { adamwUpdate, averageUpdate, l1Update, sgdUpdate } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { EXACT, expectClose, ROUNDED } from "../support/expect-close.ts";

describe("sgdUpdate", () => {
  const rates = { learningRate: 0.5, momentum: 0.25 };

  test("v ← μv + G, W ← W − ηv, twice", () => {
    const [w, v, g] = [Float64Array.of(1, 0), Float64Array.of(2, -4), Float64Array.of(4, 1)];
    sgdUpdate(w, v, g, { ...rates, nesterov: false });
    expectClose(v, [4.5, 0], EXACT);
    expectClose(w, [1 - 2.25, 0], EXACT);
    sgdUpdate(w, v, g, { ...rates, nesterov: false });
    expectClose(v, [5.125, 1], EXACT);
    expectClose(w, [-1.25 - 2.5625, -0.5], EXACT);
    expectClose(g, [4, 1], EXACT);
  });

  test("Nesterov: W ← W − η(G + μv) with the new v", () => {
    const [w, v] = [Float64Array.of(1, 0), Float64Array.of(2, -4)];
    sgdUpdate(w, v, Float64Array.of(4, 1), { ...rates, nesterov: true });
    expectClose(v, [4.5, 0], EXACT);
    expectClose(w, [1 - 0.5 * (4 + 0.25 * 4.5), -0.5], EXACT);
  });

  test("without momentum both are plain gradient descent", () => {
    for (const nesterov of [false, true]) {
      const [w, v] = [Float64Array.of(1), Float64Array.of(99)];
      sgdUpdate(w, v, Float64Array.of(4), { learningRate: 0.5, momentum: 0, nesterov });
      expect([...w, ...v]).toEqual([-1, 4]);
    }
  });
});

describe("the proximal step of l1", () => {
  test("draws weights towards 0 by ηλ₁, and not past it", () => {
    const w = Float64Array.of(2, -2, 0.125, -0.125, 0.0625, 0);
    l1Update(w, { learningRate: 0.25, l1: 0.5 });
    expectClose(w, [1.875, -1.875, 0, 0, 0, 0], EXACT);
  });

  test("minimises ½(w − w₀)² + ηλ₁|w|", () => {
    const random = createRandom(4);
    for (let round = 0; round < 200; round++) {
      const [before, rates] = [2 * random.normal(), { learningRate: random.uniform(), l1: random.uniform() }];
      const w = Float64Array.of(before);
      l1Update(w, rates);
      const cost = (at: number) => 0.5 * (at - before) ** 2 + rates.learningRate * rates.l1 * Math.abs(at);
      for (const away of [-1, -1e-3, 1e-3, 1]) expect(cost(w[0])).toBeLessThanOrEqual(cost(w[0] + away));
    }
  });
});

describe("adamw", () => {
  const settings = { beta1: 0.5, beta2: 0.75, epsilon: 0.5 };

  test("two steps worked out by hand", () => {
    const [w, m, v] = [Float64Array.of(1), new Float64Array(1), new Float64Array(1)];
    adamwUpdate(w, m, v, Float64Array.of(2), { ...settings, learningRate: 0.5, l2: 0.25, t: 1 });
    // m̂ = 2, √v̂ = 2: W = 1 − 0.5 · 0.5 · 1 − 0.5 · 2 / 2.5
    expectClose([...m, ...v, ...w], [1, 1, 1 - 0.25 - 0.4], ROUNDED);
    adamwUpdate(w, m, v, Float64Array.of(-1), { ...settings, learningRate: 0.5, l2: 0, t: 2 });
    // m = 0, v = 0.75 + 0.25: nothing to move by
    expectClose([...m, ...v, ...w], [0, 1, 0.35], ROUNDED);
  });

  test("a first step without ε goes η along the sign of the gradient, however large that is", () => {
    for (const g of [1e-6, -0.5, 3, -1e6]) {
      const [w, m, v] = [Float64Array.of(0.5), new Float64Array(1), new Float64Array(1)];
      const step = { beta1: 0.9, beta2: 0.999, epsilon: 0, learningRate: 0.125, l2: 0, t: 1 };
      adamwUpdate(w, m, v, Float64Array.of(g), step);
      expectClose(w, [0.5 - 0.125 * Math.sign(g)], { absolute: 1e-14, relative: 0 });
    }
  });

  test("the penalty shrinks weights and leaves the moments alone", () => {
    const [w, m, v] = [Float64Array.of(4, -8), new Float64Array(2), new Float64Array(2)];
    adamwUpdate(w, m, v, new Float64Array(2), { ...settings, learningRate: 0.5, l2: 0.25, t: 1 });
    expectClose([...w, ...m, ...v], [3, -6, 0, 0, 0, 0], EXACT);
  });
});

describe("the average", () => {
  test("is the mean of all it has seen, whatever was there before", () => {
    const random = createRandom(8);
    const seen = Array.from({ length: 9 }, () => Float64Array.from({ length: 5 }, random.normal));
    const average = new Float64Array(5).fill(Number.NaN);
    for (const [i, w] of seen.entries()) {
      averageUpdate(average, w, i + 1);
      if (i === 0) expect(average).toEqual(w);
    }
    const mean = Array.from(average, (_, j) => seen.reduce((sum, w) => sum + w[j], 0) / 9);
    expectClose(average, mean, { absolute: 1e-15, relative: 1e-13 });
  });
});
