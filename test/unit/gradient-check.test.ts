/** The gradient check, against gradients that are right and gradients that are wrong. */
import { describe, expect, test } from "vitest";
import { gradientCheck, objectiveGradient } from "../../src/backends/reference/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { type ProblemSpec, randomProblem } from "../support/problems.ts";

describe("the gradient check", () => {
  test("refuses a gradient of another length, and points at NaN", () => {
    const { source, parameters } = randomProblem({ rows: 4, features: 2, classes: 3 });
    const right = objectiveGradient(source, parameters, 0);
    for (const name of ["weights", "bias"] as const) {
      const gradient = { ...right, [name]: right[name].slice(1) };
      expect(() => gradientCheck(source, { parameters, l2: 0, gradient })).toThrow(`gradient.${name}`);
    }
    const gradient = { ...right, weights: right.weights.with(4, Number.NaN) };
    expect(gradientCheck(source, { parameters, l2: 0, gradient })).toMatchObject({
      index: 4,
      maxError: Number.NaN,
    });
  });

  const l2 = 0.05;
  const PROBLEMS: readonly ProblemSpec[] = [
    { rows: 1, features: 1, classes: 2 },
    { rows: 6, features: 3, classes: 4, isWeighted: true },
    { rows: 9, features: 2, classes: 3, targets: "distributions", storage: "u8" },
  ];
  const { source, parameters } = randomProblem(PROBLEMS[1]);
  const right = objectiveGradient(source, parameters, l2);
  const check = (wrong: Partial<typeof right>) =>
    gradientCheck(source, { parameters, l2, gradient: { ...right, ...wrong } });

  test.each(PROBLEMS)("passes the right gradient: $rows × $features, $classes classes", (spec) => {
    const problem = randomProblem(spec);
    const { maxError, numeric, analytic } = gradientCheck(problem.source, { ...problem, l2 });
    expect(maxError).toBeLessThan(1e-8);
    expectClose(analytic.weights, numeric.weights, { absolute: 1e-8, relative: 1e-8 });
    expectClose(analytic.bias, numeric.bias, { absolute: 1e-8, relative: 1e-8 });
    const expected = objectiveGradient(problem.source, problem.parameters, l2);
    expect(analytic).toEqual(expected);
  });

  test("leaves the parameters as they were", () => {
    const before = { weights: parameters.weights.slice(), bias: parameters.bias.slice() };
    check({});
    expect(parameters).toEqual(before);
  });

  test("catches a wrong sign", () => {
    const largest = Math.max(...right.weights.map(Math.abs));
    const wrong = check({ weights: right.weights.map((g) => -g), bias: right.bias.map((g) => -g) });
    expect(wrong.maxError).toBeGreaterThanOrEqual(2 * Math.min(largest, 1) - 1e-6);
  });

  test("catches a missing 2λW, and a λW in its place", () => {
    const size = Math.max(...parameters.weights.map(Math.abs));
    for (const missing of [2 * l2, l2]) {
      const { maxError, index } = check({
        weights: right.weights.map((g, i) => g - missing * parameters.weights[i]),
      });
      expectClose([maxError], [missing * size], { absolute: 1e-8, relative: 1e-6 });
      expect(Math.abs(parameters.weights[index])).toBe(size);
    }
  });

  test("catches a penalised bias", () => {
    const { maxError, index } = check({ bias: right.bias.map((g, k) => g + 2 * l2 * parameters.bias[k]) });
    const size = Math.max(...parameters.bias.map(Math.abs));
    expectClose([maxError], [2 * l2 * size], { absolute: 1e-8, relative: 1e-6 });
    expect(Math.abs(parameters.bias[index - parameters.weights.length])).toBe(size);
  });

  test("catches one wrong element, and says which: weights first, then bias", () => {
    for (let at = 0; at < right.weights.length; at++) {
      const { maxError, index } = check({ weights: right.weights.with(at, right.weights[at] + 1e-3) });
      expect(index).toBe(at);
      expectClose([maxError], [1e-3], { absolute: 1e-8, relative: 0 });
    }
    for (let k = 0; k < right.bias.length; k++) {
      const { maxError, index } = check({ bias: right.bias.with(k, right.bias[k] - 1e-3) });
      expect(index).toBe(right.weights.length + k);
      expectClose([maxError], [1e-3], { absolute: 1e-8, relative: 0 });
    }
  });

  test("measures large slopes relatively", () => {
    const far = { weights: parameters.weights.map((w) => 1000 * w), bias: parameters.bias };
    const exact = objectiveGradient(source, far, l2);
    const at = exact.weights.findIndex((g) => Math.abs(g) > 2);
    const gradient = { ...exact, weights: exact.weights.with(at, exact.weights[at] * 1.01) };
    const { maxError, index } = gradientCheck(source, { parameters: far, l2, gradient, step: 1e-3 });
    expect(index).toBe(at);
    expectClose([maxError], [0.01], { absolute: 1e-6, relative: 0 });
  });

  test("catches NaN and infinity, wherever they are", () => {
    for (const at of [0, 5, right.weights.length - 1])
      expect(check({ weights: right.weights.with(at, Number.NaN) }).maxError).toBeNaN();
    for (const k of [0, right.bias.length - 1])
      expect(check({ bias: right.bias.with(k, Number.NaN) }).maxError).toBeNaN();
    const both = check({ weights: right.weights.with(1, Number.NaN).with(7, 1e6) });
    expect(both.maxError).toBeNaN();
    const { maxError, index } = check({ weights: right.weights.with(3, -Infinity) });
    expect({ maxError, index }).toEqual({ maxError: Infinity, index: 3 });
  });

  test("has a coarser answer for a coarser step", () => {
    const fine = gradientCheck(source, { parameters, l2 });
    const coarse = gradientCheck(source, { parameters, l2, step: 0.1 });
    expect(coarse.maxError).toBeGreaterThan(100 * fine.maxError);
    expect(coarse.maxError).toBeLessThan(0.01);
  });
});
