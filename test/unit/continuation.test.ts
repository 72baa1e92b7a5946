/** Starts of fits along falling λ, against curves that are known. */
import { expect, test } from "vitest";
import { Continuation } from "../../src/solvers/continuation.ts";
import { expectClose } from "../support/expect-close.ts";

const at = (l2: number, curve: (t: number) => number) => ({
  weights: Float64Array.of(curve(Math.log(l2)), 0),
  bias: Float64Array.of(-2 * curve(Math.log(l2))),
});

test("begins where there is nothing known, at the only result, and on a line through two", () => {
  const line = (t: number) => 3 - 2 * t;
  const continuation = new Continuation();
  expect(continuation.startAt(1)).toBeNull();
  continuation.add(2, at(2, line), true);
  expectClose(continuation.startAt(0.5)?.weights ?? [], at(2, line).weights, { absolute: 0, relative: 0 });
  continuation.add(1, at(1, line), true);
  const start = continuation.startAt(0.3);
  expectClose(start?.weights ?? [], at(0.3, line).weights, { absolute: 1e-12, relative: 0 });
  expectClose(start?.bias ?? [], at(0.3, line).bias, { absolute: 1e-12, relative: 0 });
  expect(start?.weights[1]).toBe(0);
});

test("goes on along the parabola of the last three, whatever came before, and stays for λ = 0", () => {
  const curve = (t: number) => 1 + t - 0.5 * t * t;
  const continuation = new Continuation();
  continuation.add(
    100,
    at(100, () => 1e9),
    true,
  );
  for (const l2 of [10, 3, 1]) continuation.add(l2, at(l2, curve), true);
  expectClose(continuation.startAt(0.2)?.weights ?? [], at(0.2, curve).weights, {
    absolute: 1e-12,
    relative: 0,
  });
  expect(continuation.startAt(0)).toBe(continuation.last);
  expectClose(continuation.last?.weights ?? [], at(1, curve).weights, { absolute: 0, relative: 0 });
});

test("does not go on along results that are only its own starts", () => {
  const continuation = new Continuation();
  for (const l2 of [10, 3]) continuation.add(l2, at(l2, Math.abs), true);
  const start = continuation.startAt(1);
  if (!start) throw new Error("no start");
  continuation.add(1, start, false);
  expect(continuation.startAt(0.3)?.weights).toEqual(start.weights);
});
