/** L-BFGS with blocks of the Hessian: few passes, also on rows that have no good blocks, and the work that it reports. */
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import { DEVICES } from "../support/backends.ts";
import { modelsOn } from "../support/models-on.ts";

const random = createRandom(11);
const normals = (length: number) => Float32Array.from({ length }, () => random.normal());

/** Rows of K classes around random centres, `change` applied to their values. */
function cloud(
  rows: number,
  cols: number,
  classes: number,
  change = (value: number, _column: number) => value,
) {
  const centres = normals(classes * cols);
  const y = Array.from({ length: rows }, (_, i) => i % classes);
  const data = normals(rows * cols).map((value, at) =>
    change(value + centres[y[Math.floor(at / cols)] * cols + (at % cols)], at % cols),
  );
  return { x: { data, rows, cols }, y };
}

const HOSTILE: Record<string, { x: { data: Float32Array; rows: number; cols: number }; y: number[] }> = {
  "two classes": cloud(60, 5, 2),
  "more columns than rows": cloud(12, 40, 3),
  "equal columns": cloud(90, 6, 3, (value, j) => (j < 3 ? 1 : value)),
  "constant columns": cloud(90, 5, 3, (value, j) => (j === 2 ? 7 : value)),
  "columns of zeros": cloud(90, 5, 3, (value, j) => (j === 2 ? 0 : value)),
  "columns of very different size": cloud(90, 4, 3, (value, j) => value * 10 ** (3 * j - 6)),
  "two rows": cloud(2, 3, 2),
};

/** Columns whose units differ by up to a thousand. */
const UNEVEN = cloud(600, 4, 3, (value, j) => value * 10 ** (j - 2));

/** Rows of ten classes whose neighbouring columns are nearly equal: without blocks, hundreds of passes. */
const WALKS = (() => {
  const { x, y } = cloud(2000, 24, 10, (value) => value / 4);
  for (let at = 0; at < x.data.length; at++) if (at % x.cols > 0) x.data[at] += x.data[at - 1];
  return { x, y };
})();

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith } = modelsOn({ device, tuning: "off" });

  test.each(Object.keys(HOSTILE))("%s: the gradient falls to the tolerance", async (name) => {
    const { x, y } = HOSTILE[name];
    for (const l2 of [1e-2, 1e-4]) {
      const { stopReason, iterations } = await modelWith({ l2, tolerance: 1e-4 }).fit(x, y);
      expect(stopReason).toBe("tolerance");
      for (const { work, passes } of iterations) expect(work).toBeGreaterThanOrEqual(passes);
    }
  });

  test("weights that cancel rows, and only one row that counts", async () => {
    const { x, y } = HOSTILE["equal columns"];
    const sampleWeight = y.map((_, i) => (i < 3 ? 1e20 : 0));
    const { stopReason } = await modelWith({ l2: 1e-2, tolerance: 1e-4 }).fit(x, y, { sampleWeight });
    expect(stopReason).toBe("tolerance");
  });

  test("without a penalty, a start that shares a vector among classes is left as it is", async () => {
    const { x, y } = cloud(300, 4, 3, (value) => value / 3);
    const model = modelWith({ l2: 0, tolerance: 1e-5 });
    const { stopReason, iterations } = await model.fit(x, y);
    expect(stopReason).toBe("tolerance");
    expect(iterations.at(-1)?.passes).toBeLessThan(40);
  });

  test("columns of very different size that are stored as they are", async () => {
    const { x, y } = UNEVEN;
    for (const l1 of [0, 1e-3]) {
      const model = modelWith({ l1, l2: 1e-6, storage: "f16", tolerance: 1e-4, maxIterations: 300 });
      const { stopReason, iterations } = await model.fit(x, y);
      expect(stopReason).not.toBe("iterations");
      expect(iterations.at(-1)?.passes).toBeLessThan(60);
    }
  });

  test("fits with an L1 penalty at the same time end as alone", async () => {
    const { x, y } = WALKS;
    const weightsAfter = async () => {
      const model = modelWith({ l1: 1e-4, l2: 0, maxIterations: 6, tolerance: 0 });
      await model.fit(x, y);
      return model.weights;
    };
    const alone = await weightsAfter();
    for (const weights of await Promise.all([weightsAfter(), weightsAfter(), weightsAfter()]))
      expect(weights).toEqual(alone);
  });

  test("columns that go together take few passes, raw and standardised", async () => {
    const { x, y } = WALKS;
    for (const standardize of [false, true]) {
      const { stopReason, iterations } = await modelWith({ l2: 1e-5, standardize, tolerance: 1e-5 }).fit(
        x,
        y,
      );
      expect(stopReason).toBe("tolerance");
      const { passes = Infinity, work = Infinity } = iterations.at(-1) ?? {};
      expect(passes).toBeLessThan(40);
      expect(work).toBeLessThan(50);
      expect(work).toBeGreaterThan(passes);
    }
  });
});
