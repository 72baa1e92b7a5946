/** The learning rate that is taken where none is given: which rows it is made of, and how they count. */
import { describe, expect, test } from "vitest";
import type { FitOptions, SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";
import { FEATURES, NOISY, type Rows } from "../support/noisy-rows.ts";

const { x, y } = NOISY;

/** The same rows with the values of one replaced. */
function withRow({ data, ...shape }: Rows["x"], row: number, value: number): Rows["x"] {
  return { ...shape, data: data.slice().fill(value, row * shape.cols, (row + 1) * shape.cols) };
}

describe.each(DEVICES)("%s", ({ device }) => {
  const { withModel } = modelsOn({ device, tuning: "off" });

  describe("the automatic rate", () => {
    const rateOf = (
      rows: Rows["x"],
      options: SoftmaxRegressionOptions = {},
      fitOptions: FitOptions = {},
      labels = y,
    ) =>
      withModel({ solver: "sgd", epochs: 1, batchSize: 16, ...options }, async (model) => {
        const { epochs } = await model.fit(rows, labels, fitOptions);
        return epochs[0].learningRate;
      });

    test("rows of weight 0 and ignored rows do not lower it, however large", async () => {
      const sampleWeight = y.map((_, i) => (i === 5 ? 0 : 1));
      const labels = y.map((label, i) => (i === 5 ? 9 : label));
      const plain = await rateOf(x, {}, { sampleWeight });
      const outlier = withRow(x, 5, 1e4);
      expect(await rateOf(outlier, {}, { sampleWeight })).toBe(plain);
      expect(await rateOf(outlier, { ignoreLabel: 9 }, {}, labels)).toBe(plain);
      expect(await rateOf(outlier)).toBeLessThan(1e-3 * plain);
    });

    test("a heavy row lowers it; to all rows at once it is what as many light ones are", async () => {
      const sampleWeight = y.map((_, i) => (i === 5 ? 100 : 1));
      expect(await rateOf(x, {}, { sampleWeight })).toBeLessThan(0.2 * (await rateOf(x)));
      const batchSize = 1000;
      const large = withRow(x, 5, 3);
      const copies = Array.from({ length: 99 }, () => [...large.data.subarray(5 * FEATURES, 6 * FEATURES)]);
      const data = Float32Array.from([...large.data, ...copies.flat()]);
      const repeated = await rateOf(
        { data, rows: x.rows + copies.length, cols: FEATURES },
        { batchSize },
        {},
        [...y, ...copies.map(() => y[5])],
      );
      const weighted = await rateOf(large, { batchSize }, { sampleWeight });
      expectClose([weighted], [repeated], { absolute: 0, relative: 0.01 });
    });

    test("is that of the rows that count where those are few among many", async () => {
      const rows = 4000;
      const data = Float32Array.from({ length: rows * FEATURES }, (_, at) => x.data[at % x.data.length]);
      const isCounted = (i: number) => i === 401 || i === 1001;
      const labels = Array.from({ length: rows }, (_, i) => i % 2);
      const sampleWeight = labels.map((_, i) => (isCounted(i) ? 1 : 0));
      const some = await rateOf(
        { data, rows, cols: FEATURES },
        { batchSize: rows },
        { sampleWeight },
        labels,
      );
      const kept = labels.flatMap((_, i) =>
        isCounted(i) ? [...data.subarray(i * FEATURES, (i + 1) * FEATURES)] : [],
      );
      const alone = { data: Float32Array.from(kept), rows: 2, cols: FEATURES };
      const expected = await rateOf(alone, { batchSize: rows }, { classes: [0, 1] }, [0, 0]);
      expectClose([some], [expected], { absolute: 0, relative: 0.01 });
    });

    test("is that of the standardised rows where they are", async () => {
      const wide = { ...x, data: x.data.map((value, at) => 1000 * value + 500 * (at % FEATURES)) };
      await withModel({ solver: "sgd", epochs: 1, batchSize: 16, standardize: true }, async (model) => {
        const { epochs } = await model.fit(wide, y);
        const { mean, scale } = model.standardization ?? { mean: [], scale: [] };
        const standardised = wide.data.map((v, at) => (v - mean[at % FEATURES]) / scale[at % FEATURES]);
        const expected = await rateOf({ ...wide, data: standardised });
        expectClose([epochs[0].learningRate], [expected], { absolute: 0, relative: 1e-6 });
        expect(await rateOf(wide)).toBeLessThan(1e-3 * expected);
      });
    });
  });
});
