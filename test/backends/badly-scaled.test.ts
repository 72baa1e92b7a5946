/** Features in any units, as they come. */
import { describe, expect, test } from "vitest";
import { objective } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import type { SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { modelsOn } from "../support/models-on.ts";
import type { Rows } from "../support/noisy-rows.ts";

/** Columns of the means and deviations given; the first three matter to the label. */
function scaledRows(columns: readonly (readonly [mean: number, deviation: number])[]): Rows {
  const random = createRandom(7);
  const y = Array.from({ length: 300 }, (_, i) => i % 3);
  const data = Float32Array.from({ length: 300 * columns.length }, (_, at) => {
    const [mean, deviation] = columns[at % columns.length];
    return (
      mean +
      deviation * (random.normal() + (at % columns.length === y[Math.floor(at / columns.length)] ? 1 : 0))
    );
  });
  return { x: { data, rows: 300, cols: columns.length }, y };
}

for (const { name, device } of DEVICES) {
  describe(name, () => {
    const { withModel } = modelsOn({ device, tuning: "off" });

    describe("L-BFGS on badly scaled features as they come goes to the optimum of the reference", () => {
      const CASES: Record<string, readonly (readonly [number, number])[]> = {
        "288 ± 10, 2000 ± 8, 40000 ± 15000": [
          [288, 10],
          [2000, 8],
          [40_000, 15_000],
        ],
        "5000 ± 10": [
          [5000, 10],
          [5000, 10],
          [5000, 10],
        ],
        "deviations from 1e-4 to 1e6": [
          [0, 1e-4],
          [0, 1],
          [0, 1e6],
          [0, 1e-2],
          [0, 100],
          [0, 1e4],
        ],
      };
      for (const [what, columns] of Object.entries(CASES))
        test.skipIf(device === "reference")(what, async () => {
          const rows = scaledRows(columns);
          const source = {
            x: rows.x,
            targets: { kind: "labels", labels: Uint32Array.from(rows.y) },
          } as const;
          const reached = (on: SoftmaxRegressionOptions) =>
            withModel({ l2: 1e-4, ...on }, async (model) => {
              await model.fit(rows.x, rows.y);
              const { weights, bias } = JSON.parse(await model.toJsonText());
              const parameters = {
                weights: Float64Array.from(weights.flat()),
                bias: Float64Array.from(bias),
              };
              return objective(source, parameters, 1e-4);
            });
          const best = await reached({ device: "reference", tolerance: 1e-10, maxIterations: 20_000 });
          const found = await reached({});
          expect(found).toBeLessThan((1 + 1e-5) * best);
          expect(found).toBeGreaterThan((1 - 1e-9) * best);
        });
    });
  });
}
