/** The reference's outcomes of rows, and its count of correct ones, against values worked out by hand. */
import { describe, expect, test } from "vitest";
import { countCorrect, outcomes, softmax } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { labelsOf, softLabels } from "../support/targets.ts";

describe("outcomes", () => {
  test("rank is the target's place in the order of scores, ties by position", () => {
    const random = createRandom(6);
    const classes = 7;
    // Few values, so that many tie.
    const logits = Float64Array.from({ length: 40 * classes }, () => random.integer(4) - 2);
    const labels = Uint32Array.from({ length: 40 }, () => random.integer(classes));
    const rows = Uint32Array.from({ length: 40 }, (_, i) => 39 - i);
    const { predicted, confidence, rank } = outcomes(logits, { kind: "labels", labels }, rows, classes);
    const probabilities = softmax(logits, classes);
    for (let i = 0; i < 40; i++) {
      const scores = [...logits.subarray(i * classes, (i + 1) * classes)];
      const order = scores.map((_, k) => k).sort((a, b) => scores[b] - scores[a] || a - b);
      expect(predicted[i]).toBe(order[0]);
      expect(rank[i]).toBe(order.indexOf(labels[rows[i]]));
      expect(confidence[i]).toBe(Math.fround(probabilities[i * classes + order[0]]));
    }
  });

  test("the target of a distribution is its likeliest class; where there is none, the rank is K", () => {
    const logits = Float64Array.of(1, 2, 3);
    const q = softLabels(Float64Array.of(0.4, 0.4, 0.2), 3);
    expect([...outcomes(logits, q, [0], 3).rank]).toEqual([2]);
    expect([...outcomes(logits, { kind: "none" }, [0], 3).rank]).toEqual([3]);
  });
});

describe("countCorrect", () => {
  test("leaves rows of weight 0 out", () => {
    const logits = Float64Array.of(1, 3, 2, 5, 4, 3, 0, 0, 1);
    const targets = labelsOf(1, 0, 2);
    expect(countCorrect(logits, targets, [0, 2, 0.5], [0, 1, 2], 3)).toBe(2);
    expect(countCorrect(logits, targets, [0, 0, 0], [0, 1, 2], 3)).toBe(0);
    expect(countCorrect(logits, labelsOf(9, 9, 9, 0, 0, 2), [9, 9, 9, 1, 0, 1], [3, 4, 5], 3)).toBe(1);
  });

  test("counts rows whose highest score is the label's", () => {
    const logits = Float64Array.of(1, 3, 2, 5, 4, 3, 0, 0, 1);
    expect(countCorrect(logits, labelsOf(1, 0, 2), undefined, [0, 1, 2], 3)).toBe(3);
    expect(countCorrect(logits, labelsOf(1, 1, 1), undefined, [0, 1, 2], 3)).toBe(1);
    expect(countCorrect(logits, labelsOf(2, 2, 0), undefined, [0, 1, 2], 3)).toBe(0);
  });

  test("a tie of scores goes to the lowest class", () => {
    const tied = Float64Array.of(7, 7, 7, -2, 5, 5);
    expect(countCorrect(tied, labelsOf(0, 1), undefined, [0, 1], 3)).toBe(2);
    expect(countCorrect(tied, labelsOf(1, 2), undefined, [0, 1], 3)).toBe(0);
  });

  test("a tie of soft labels too", () => {
    const targets = softLabels(Float32Array.of(0.5, 0.5, 0.25, 0.75), 2);
    expect(countCorrect(Float64Array.of(2, 1, 1, 2), targets, undefined, [0, 1], 2)).toBe(2);
    expect(countCorrect(Float64Array.of(1, 2, 2, 1), targets, undefined, [0, 1], 2)).toBe(0);
  });

  test("finds a row's target by the row", () => {
    expect(countCorrect(Float64Array.of(1, 2, 2, 1), labelsOf(9, 0, 9, 1), undefined, [3, 1], 2)).toBe(2);
  });
});
