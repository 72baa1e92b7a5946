/** Details of the WebAssembly kernels that no backend shows: padding, exact bits, NaN. */
import { describe, expect, test } from "vitest";
import { Arena } from "../../src/backends/wasm/heap.ts";
import { compileKernels, supportedBuilds } from "../../src/backends/wasm/kernel-builds.ts";
import { instantiate, type SparseKernels } from "../../src/backends/wasm/kernels.ts";
import { compileSparseKernels } from "../../src/backends/wasm/sparse-builds.ts";
import { expectClose } from "../support/expect-close.ts";

/** The largest number in float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

describe.each(supportedBuilds())("%s", (build) => {
  async function open(module?: WebAssembly.Module) {
    const arena = new Arena();
    const kernels = await instantiate<SparseKernels>(module ?? (await compileKernels(build)), arena.memory);
    const place = (values: readonly number[]) => {
      const at = arena.take(4 * values.length, "test");
      arena.floats(at, values.length).set(values);
      return at;
    };
    const placeIntegers = (values: readonly number[]) => {
      const at = arena.take(4 * values.length, "test");
      arena.integers(at, values.length).set(values);
      return at;
    };
    return { arena, kernels, place, placeIntegers };
  }

  test("softmax: smoothing gives padding no gradient, and sums stay 0", async () => {
    const { arena, kernels, place, placeIntegers } = await open();
    const [classes, stride, scale, epsilon] = [5, 32, 0.5, 0.25];
    const scores = [1, -2, 0.5, 3, 0];
    const logits = place([...scores, 7, 7, 7]);
    const [index, labels, sums] = [placeIntegers([0]), placeIntegers([2]), arena.take(16, "test")];
    kernels.softmax(logits, stride, classes, index, 1, 1, labels, epsilon, 0, scale, sums);
    const dLogits = [...arena.floats(logits, 8)];
    expect(dLogits.slice(classes)).toEqual([0, 0, 0]);
    const total = scores.reduce((sum, z) => sum + Math.exp(z), 0);
    const q = scores.map((_, k) => (k === 2 ? 1 - epsilon : 0) + epsilon / classes);
    const expected = scores.map((z, k) => scale * (Math.exp(z) / total - q[k]));
    expectClose(dLogits.slice(0, classes), expected, { absolute: 1e-7, relative: 1e-6 }, "dLogits");
    const loss = Math.log(total) - q.reduce((sum, share, k) => sum + share * scores[k], 0);
    expectClose([arena.doubles(sums, 2)[0]], [loss], { absolute: 1e-6, relative: 0 }, "loss");
  });

  test("outcomes: a row with a score that is not finite has class 0, NaN and K; padding counts for nothing", async () => {
    const { arena, kernels, place, placeIntegers } = await open();
    const rows = [
      [Number.NaN, 1, 2, 0, 0, 9, 9, 9],
      [1, Number.NaN, 2, 0, 0, 9, 9, 9],
      [-Infinity, 1, 2, 0, 0, 9, 9, 9],
      [1, Infinity, 2, 0, 0, 9, 9, 9],
      [-LARGEST, -LARGEST, LARGEST, -LARGEST, -LARGEST, Number.NaN, 9, 9],
      [-LARGEST, -LARGEST, -LARGEST, -LARGEST, -LARGEST, 9, 9, Infinity],
    ];
    const logits = place(rows.flat());
    const [index, labels] = [placeIntegers([0, 1, 2, 3, 4, 5]), placeIntegers([0, 1, 0, 1, 4, 4])];
    const [predicted, confidence, rank] = [24, 24, 24].map((bytes) => arena.take(bytes, "test"));
    kernels.outcomes(logits, 32, 5, index, 6, 1, labels, predicted, confidence, rank);
    expect([...arena.integers(predicted, 6)]).toEqual([0, 0, 0, 0, 2, 0]);
    expect([...arena.integers(rank, 6)]).toEqual([5, 5, 5, 5, 4, 4]);
    const { NaN: lost } = Number;
    expect([...arena.floats(confidence, 6)]).toEqual([lost, lost, lost, lost, 1, Math.fround(0.2)]);
  });

  test("softmax: a row with a score that is not finite is NaN to its last class, unless its weight is 0", async () => {
    const { arena, kernels, place, placeIntegers } = await open();
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const weight of [0, 0.5]) {
        const logits = place([1, 2, 0, 3, bad, 9, 9, 9, 1, 2, 0, 3, 1, 9, 9, 9]);
        const [index, labels] = [placeIntegers([0, 1]), placeIntegers([3, 3])];
        const [weights, sums] = [place([weight, 1]), arena.take(16, "test")];
        kernels.softmax(logits, 32, 5, index, 2, 1, labels, 0.25, weights, 1, sums);
        const left = weight > 0 ? Number.NaN : 0;
        expect([...arena.floats(logits, 8)]).toEqual([left, left, left, left, left, 0, 0, 0]);
        expect([...arena.floats(logits, 16)].slice(8).every(Number.isFinite)).toBe(true);
        const [loss, correct] = arena.doubles(sums, 2);
        expect(Number.isFinite(loss)).toBe(weight === 0);
        expect(correct).toBe(1);
      }
    }
  });

  test("softThreshold: moves towards 0 and no further, keeps signs; a threshold of 0 changes no bit", async () => {
    const { arena, kernels, place } = await open();
    const values = [0.5, -0.5, 0.125, -0.125, 0, -0, Infinity, 1e-45];
    const weights = place(values);
    kernels.softThreshold(weights, 32, 0);
    expect([...arena.floats(weights, 8)]).toEqual([...Float32Array.from(values)]);
    kernels.softThreshold(weights, 32, 0.25);
    expect([...arena.floats(weights, 8)]).toEqual([0.25, -0.25, 0, -0, 0, -0, Infinity, 0]);
  });

  test("softThreshold and average pass NaN on, so that a divergence is seen", async () => {
    const { arena, kernels, place } = await open();
    const [weights, mean] = [place([Number.NaN, 1, 1, 1]), place([1, 1, 1, 1])];
    kernels.softThreshold(weights, 16, 0.5);
    kernels.average(mean, weights, 16, 2);
    expect([...arena.floats(weights, 4)]).toEqual([Number.NaN, 0.5, 0.5, 0.5]);
    expect([...arena.floats(mean, 4)]).toEqual([Number.NaN, 0.75, 0.75, 0.75]);
  });

  test("average: the first parameters bit by bit, whatever the buffer held; then the mean", async () => {
    const { arena, kernels, place } = await open();
    const first = [0.1, -0, 1e-45, 3e38].map(Math.fround);
    const [mean, weights] = [place([Number.NaN, 5, 5, -3e38]), place(first)];
    kernels.average(mean, weights, 16, 1);
    expect([...arena.floats(mean, 4)]).toEqual(first);
    arena.floats(weights, 4).set([0.3, 4, 2, 0]);
    kernels.average(mean, weights, 16, 2);
    expectClose(arena.floats(mean, 4), [0.2, 2, 1, 1.5e38], { absolute: 1e-7, relative: 1e-6 });
  });

  test("adamw: padding stays 0, partials are cleared, and the bias does not decay", async () => {
    const { arena, kernels, place } = await open();
    const weights = place([1, 0, 0, 0, 1, 0, 0, 0]);
    const [m, v] = [arena.take(32, "test"), arena.take(32, "test")];
    const partials = place([0.25, 0, 0, 0, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0, 0, 0]);
    kernels.adamw(weights, m, v, partials, 2, 32, 16, 0.5, 0.5, 0.75, 0.25, 0.125, 0.25, 0.5);
    // m = 0.5 · 0.5, √v = √(0.25 · 0.5²) = 0.25, W = 1 − 0.5 − 0.125 · 0.25 / (0.25 + 0.25).
    expect([...arena.floats(weights, 8)]).toEqual([0.4375, 0, 0, 0, 1, 0, 0, 0]);
    expect([...arena.floats(partials, 16)]).toEqual(new Array(16).fill(0));
  });

  test.each([
    ["one score and its mirror image", 2, 4],
    ["two classes", 2, 8],
    ["three classes", 3, 16],
    ["nine classes", 9, 48],
    ["thirty classes", 30, 128],
  ])(
    "sparse rows, %s: rows in any order, untouched features and what lies behind stay",
    async (_, classes, rowBytes) => {
      const { arena, kernels, place, placeIntegers } = await open(await compileSparseKernels(build));
      const [features, stride, width] = [5, Math.max(16, rowBytes), rowBytes / 4];
      const held = Math.min(classes, width);
      const canary = 77;
      const filled = (length: number, of: (at: number) => number) =>
        place(Array.from({ length }, (_, at) => of(at)));
      // Row 0: feature 1 → 2, feature 4 → −1; row 1: empty; row 2: feature 1 → 3. Nothing has feature 0, 2 or 3.
      const [indptr, indices] = [placeIntegers([0, 2, 2, 3]), placeIntegers([1, 4, 1])];
      const values = place([2, -1, 3]);
      const weightOf = (at: number) => (at % width < held ? 1 + at : 0);
      const weights = filled(features * width, weightOf);
      const bias = filled(stride / 4, (k) => (k < classes ? 10 * k : 0));
      const index = placeIntegers([2, 0, 1]);
      const logits = filled((3 * stride) / 4 + 4, () => canary);
      kernels.sparseMatmul(index, 3, indptr, indices, values, weights, bias, rowBytes, logits, stride);
      const seen = arena.floats(logits, (3 * stride) / 4 + 4);
      const score = (terms: readonly (readonly [x: number, j: number])[], k: number) =>
        terms.reduce((sum, [x, j]) => sum + x * weightOf(j * width + k), 10 * k);
      const rows = [
        [[3, 1]],
        [
          [2, 1],
          [-1, 4],
        ],
        [],
      ] as const; // in the order of the index
      for (const [i, terms] of rows.entries()) {
        const z = (k: number) => seen[(i * stride) / 4 + k];
        if (rowBytes === 4) {
          const own = terms.reduce((sum, [x, j]) => sum + x * weightOf(j), 10);
          expect([z(0), z(1)]).toEqual([-own || 0, own]);
        } else for (let k = 0; k < classes; k++) expect(z(k)).toBe(score(terms, k));
      }
      expect([...seen.subarray((3 * stride) / 4)]).toEqual(new Array(4).fill(canary));

      const dLogits = filled((3 * stride) / 4, (at) =>
        at % (stride / 4) < classes ? 1 + (at % (stride / 4)) : 0,
      );
      const gradient = filled(features * width + 4, (at) => (at < features * width ? 0 : canary));
      kernels.sparseGradient(index, 3, indptr, indices, values, dLogits, stride, rowBytes, gradient, false);
      const sums = arena.floats(gradient, features * width + 4);
      for (let j = 0; j < features; j++) {
        const x = j === 1 ? 5 : j === 4 ? -1 : 0;
        for (let k = 0; k < width; k++) {
          const t = rowBytes === 4 ? 2 : k < classes ? 1 + k : 0;
          expect(sums[j * width + k]).toBe(x * t || 0);
        }
      }
      expect([...sums.subarray(features * width)]).toEqual(new Array(4).fill(canary));
    },
  );
});
