/** SGD against exact optima of real data sets, on every device that can be asked for here. */
import { describe, expect, test } from "vitest";
import { SoftmaxRegression } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { hasData, readDigits, readIris, readOptima } from "../support/real-data.ts";

const CASES = [
  // Iris is badly conditioned, as it comes: all rows at once and a long memory get through the valley.
  { name: "iris l2=0.001", read: readIris, l2: 0.001, epochs: 10_000, batchSize: 150, momentum: 0.99 },
  { name: "iris l2=0.01", read: readIris, l2: 0.01, epochs: 3000, batchSize: 150, momentum: 0.99 },
  { name: "digits/16 l2=0.0001", read: readDigits, l2: 0.0001, epochs: 400, batchSize: 64, momentum: 0.9 },
  { name: "digits/16 l2=0.001", read: readDigits, l2: 0.001, epochs: 60, batchSize: 64, momentum: 0.9 },
] as const;

for (const { name: backend, device } of DEVICES) {
  describe.skipIf(!hasData)(backend, () => {
    for (const { name, read, ...options } of CASES) {
      test(`${name}: the automatic, decaying rate comes within 1 % of the optimal objective`, async () => {
        const [{ x, y }, optima] = [await read(), await readOptima()];
        const optimum = optima[name];
        const model = new SoftmaxRegression({ device, ...options });
        await model.fit(x, y);
        const { objective } = await model.evaluate(x, y);
        model.dispose();
        expect(objective).toBeLessThan(1.01 * optimum.objective);
        expect(objective).toBeGreaterThan((1 - 1e-5) * optimum.objective);
      });
    }

    test("raw features, 0 … 16, do not diverge", async () => {
      const { x, y } = await readDigits(1);
      const model = new SoftmaxRegression({ device, epochs: 20 });
      const { epochs } = await model.fit(x, y);
      model.dispose();
      expect(epochs[19].loss).toBeLessThan(epochs[0].loss);
      expect(epochs[19].accuracy).toBeGreaterThan(0.9);
    });
  });
}
