/** M⁻¹ v by blocks: what differs between classes, and what all of them share. */
import { describe, expect, test } from "vitest";
import { applyInverse } from "../../src/solvers/hessian-blocks.ts";
import { expectClose } from "../support/expect-close.ts";

const EXACT = { absolute: 1e-12, relative: 1e-12 };

/** Divides by k + 1 for the block of class k. */
const factors = {
  solve: (index: number, v: Float64Array) => {
    for (let j = 0; j < v.length; j++) v[j] /= index + 1;
  },
};
const shape = { features: 2, classes: 3, bias: true };
/** W row after row, then b; what the classes share is (4, 5) and 6. */
const VECTOR = Float64Array.of(4 - 3, 5, 4 + 3, 5 + 1, 4, 5 - 1, 6, 6 + 2, 6 - 2);

describe("applyInverse", () => {
  test("one block for all classes is applied to each as it is", async () => {
    const result = await applyInverse(
      { ...shape, factors, areOwn: false, added: Float64Array.of(1, 1, 1) },
      VECTOR,
    );
    expectClose(result, VECTOR, EXACT);
  });

  test("own blocks act on what differs, and the added diagonal on what is shared", async () => {
    const added = Float64Array.of(2, 4, 8);
    const result = await applyInverse({ ...shape, factors, areOwn: true, added }, VECTOR);
    // (−3, 3, 0) / (1, 2, 3) is (−3, 3/2, 0), whose mean is −1/2; (0, 1, −1) and (0, 2, −2) likewise.
    const first = [-3 + 1 / 2, 3 / 2 + 1 / 2, 1 / 2].map((value) => value + 4 / 2);
    const second = [0, 1 / 2, -1 / 3].map((value) => value - 1 / 18 + 5 / 4);
    const bias = [0, 1, -2 / 3].map((value) => value - 1 / 9 + 6 / 8);
    const expected = [first[0], second[0], first[1], second[1], first[2], second[2], ...bias];
    expectClose(result, expected, EXACT);
  });

  test("without a bias nothing lies behind the weights", async () => {
    const blocks = { ...shape, bias: false, factors, areOwn: true, added: Float64Array.of(2, 4) };
    const result = await applyInverse(blocks, VECTOR.subarray(0, 6));
    expect(result).toHaveLength(6);
    expectClose([result[0], result[2], result[4]], [-0.5, 4, 2.5], EXACT);
  });
});
