/** L1 and the elastic net by L-BFGS: the conditions of an optimum, whatever is added to the features or scales them. */
import { describe, expect, test } from "vitest";
import { objectiveGradient } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Matrix } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { modelsOn } from "../support/models-on.ts";

interface Rows {
  readonly x: Matrix<Float64Array>;
  readonly y: readonly number[];
}

/** Three classes, `features` features of which the first three tell them apart, moved and scaled. */
function rowsOf(count: number, features: number, shift = 0, scales: readonly number[] = [1]): Rows {
  const random = createRandom(4242);
  const y = Array.from({ length: count }, (_, i) => i % 3);
  const data = Float64Array.from({ length: count * features }, (_, at) => {
    const [i, j] = [Math.floor(at / features), at % features];
    return scales[j % scales.length] * (random.normal() + (j === y[i] ? 1 : 0) + shift);
  });
  return { x: { data, rows: count, cols: features }, y };
}

const CASES: Record<string, { rows: Rows; l1: number; l2: number; bias?: boolean }> = {
  "centred features": { rows: rowsOf(400, 6), l1: 1e-3, l2: 0 },
  "every value + 100": { rows: rowsOf(400, 6, 100), l1: 1e-3, l2: 0 },
  "every value + 3, no bias": { rows: rowsOf(100, 6, 3), l1: 1e-3, l2: 0, bias: false },
  "an elastic net in units from 1e-3 to 1e3": {
    rows: rowsOf(400, 6, 1, [1e-3, 1, 1e3]),
    ...{ l1: 1e-3, l2: 1e-4 },
  },
  "one feature, 40 rows": { rows: rowsOf(40, 1), l1: 1e-4, l2: 0 },
  "more features than rows": { rows: rowsOf(30, 50), l1: 0.02, l2: 0 },
};

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, withModel } = modelsOn({ device, tuning: "off" });

  for (const [what, { rows, l1, l2, bias = true }] of Object.entries(CASES)) {
    test(`${what}: the subgradient of least length is near 0 there, and weights are exactly 0`, async () => {
      const { x, y } = rows;
      const model = modelWith({ l1, l2, bias });
      const { stopReason, iterations } = await model.fit(x, y);
      expect(["tolerance", "precision"]).toContain(stopReason);
      expect(iterations[iterations.length - 1].passes).toBeLessThan(400);
      const saved = JSON.parse(await model.toJsonText());
      const parameters = {
        weights: Float64Array.from(saved.weights.flat()),
        bias: Float64Array.from(saved.bias),
      };
      const targets = { kind: "labels", labels: Uint32Array.from(y) } as const;
      const gradient = objectiveGradient({ x, targets }, parameters, l2);
      const slack = device === "reference" ? 2e-6 : 5e-6;
      for (const [at, w] of parameters.weights.entries()) {
        // In units of the feature's size, as the solver's tolerance is.
        const size = sizeOf(x, at % x.cols, bias);
        const excess =
          w === 0 ? Math.abs(gradient.weights[at]) - l1 : Math.abs(gradient.weights[at] + l1 * Math.sign(w));
        const moved = bias ? gradient.bias[Math.floor(at / x.cols)] * meanOf(x, at % x.cols) : 0;
        expect((excess - Math.abs(moved)) / size).toBeLessThan(slack);
      }
      if (bias) for (const g of gradient.bias) expect(Math.abs(g)).toBeLessThan(slack);
    });
  }

  test("what is added to every value changes neither the objective nor which weights are 0", async () => {
    const found = [];
    for (const shift of [0, 1, 100]) {
      const { x, y } = rowsOf(400, 6, shift);
      found.push(
        await withModel({ l1: 1e-2, l2: 0 }, async (model) => {
          const { iterations } = await model.fit(x, y);
          const isZero = Array.from(model.weights, (w) => w === 0);
          return { objective: iterations[iterations.length - 1].objective, isZero };
        }),
      );
    }
    for (const { objective, isZero } of found.slice(1)) {
      expect(objective).toBeCloseTo(found[0].objective, 6);
      expect(isZero).toEqual(found[0].isZero);
    }
    expect(found[0].isZero.filter(Boolean).length).toBeGreaterThan(3);
  });
});

function meanOf({ data, rows, cols }: Matrix, j: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * cols + j];
  return sum / rows;
}

/** Standard deviation of a column, or without a bias its root mean square. */
function sizeOf(x: Matrix, j: number, bias: boolean): number {
  const centre = bias ? meanOf(x, j) : 0;
  let squares = 0;
  for (let i = 0; i < x.rows; i++) squares += (x.data[i * x.cols + j] - centre) ** 2;
  return Math.sqrt(squares / x.rows);
}
