/** Samples with unequal chances: how many, which ones, and that sums over them are right in the mean. */
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import { drawRows } from "../../src/solvers/row-sample.ts";
import { expectClose } from "../support/expect-close.ts";
import { sum } from "../support/sum.ts";

const CHANCES = Float64Array.of(1, 2, 3, 0, 4, 1e-3, 100, 5);

describe("drawRows", () => {
  test("draws as many as asked for, in order, and those of large chance always", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { rows, probabilities } = drawRows(CHANCES, 4, createRandom(seed));
      expect(rows).toHaveLength(4);
      expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
      expect(rows).toContain(6);
      expect(rows).not.toContain(3);
      expect(probabilities[rows.indexOf(6)]).toBe(1);
    }
  });

  test("sums over a sample, each row over its probability, are right in the mean", () => {
    const values = CHANCES.map((chance, i) => chance * (1 + (i % 3)));
    const estimates = Array.from({ length: 4000 }, (_, seed) => {
      const { rows, probabilities } = drawRows(CHANCES, 3, createRandom(seed));
      return sum([...rows].map((row, at) => values[row] / probabilities[at]));
    });
    expectClose([sum(estimates) / estimates.length], [sum(values)], { absolute: 0, relative: 0.01 });
  });

  test("takes all rows if there are fewer, and none if nothing has a chance", () => {
    const all = drawRows(CHANCES, 100, createRandom(0));
    expect([...all.rows]).toEqual([0, 1, 2, 4, 5, 6, 7]);
    expect([...all.probabilities]).toEqual(new Array(7).fill(1));
    expect(drawRows(new Float64Array(5), 3, createRandom(0)).rows).toHaveLength(0);
    expect(drawRows(new Float64Array(0), 3, createRandom(0)).rows).toHaveLength(0);
  });
});
