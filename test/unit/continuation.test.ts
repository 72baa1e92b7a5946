/** Guesses along falling λ, against curves that are known. */
import { expect, test } from "vitest";
import { Continuation } from "../../src/solvers/continuation.ts";
import { expectClose } from "../support/expect-close.ts";

const at = (l2: number, curve: (t: number) => number) => ({
  l2,
  loss: 1,
  parameters: {
    weights: Float64Array.of(curve(Math.log(l2)), 0),
    bias: Float64Array.of(-2 * curve(Math.log(l2))),
  },
});

const NEAR = { absolute: 1e-12, relative: 0 };

test("nothing is guessed from less than two results; from two, a line", () => {
  const line = (t: number) => 3 - 2 * t;
  const continuation = new Continuation();
  expect(continuation.last).toBeNull();
  continuation.add(at(2, line), true);
  expect(continuation.guess(0.5)).toBeNull();
  continuation.add(at(1, line), true);
  const guess = continuation.guess(0.3);
  expectClose(guess?.weights ?? [], at(0.3, line).parameters.weights, NEAR);
  expectClose(guess?.bias ?? [], at(0.3, line).parameters.bias, NEAR);
  expect(guess?.weights[1]).toBe(0);
});

test("the parabola of the last three, whatever came before; nothing for λ = 0", () => {
  const curve = (t: number) => 1 + t - 0.5 * t * t;
  const far = () => 1e9;
  const continuation = new Continuation();
  continuation.add(at(100, far), true);
  for (const l2 of [10, 3, 1]) continuation.add(at(l2, curve), true);
  expectClose(continuation.guess(0.2)?.weights ?? [], at(0.2, curve).parameters.weights, NEAR);
  expect(continuation.guess(0)).toBeNull();
  expect(continuation.last).toEqual(at(1, curve));
});

test("results that were only guesses lead nowhere", () => {
  const continuation = new Continuation();
  for (const l2 of [10, 3]) continuation.add(at(l2, Math.abs), true);
  continuation.add(at(1, Math.abs), false);
  expect(continuation.guess(0.3)).toBeNull();
});
