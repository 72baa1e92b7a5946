/** SGD and L-BFGS against exact optima of real data sets, on every device that can be asked for here. */
import { describe, expect, test } from "vitest";
import { objective } from "../../src/backends/reference/index.ts";
import { SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import {
  hasData,
  type Labelled,
  readDigits,
  readIris,
  readL1Optima,
  readOptima,
} from "../support/real-data.ts";

const CASES = [
  // Iris is badly conditioned, as it comes: all rows at once and a long memory get through the valley.
  { name: "iris l2=0.001", read: readIris, l2: 0.001, epochs: 10_000, batchSize: 150, momentum: 0.99 },
  { name: "iris l2=0.01", read: readIris, l2: 0.01, epochs: 3000, batchSize: 150, momentum: 0.99 },
  { name: "digits/16 l2=0.0001", read: readDigits, l2: 0.0001, epochs: 400, batchSize: 64, momentum: 0.9 },
  { name: "digits/16 l2=0.001", read: readDigits, l2: 0.001, epochs: 60, batchSize: 64, momentum: 0.9 },
] as const;

describe.skipIf(!hasData).each(DEVICES)("%s", ({ device }) => {
  for (const { name, read, ...options } of CASES) {
    test(`${name}: the automatic, decaying rate comes within 1 % of the optimal objective`, async () => {
      const [{ x, y }, optima] = [await read(), await readOptima()];
      const optimum = optima[name];
      const model = new SoftmaxRegression({ device, solver: "sgd", ...options });
      await model.fit(x, y);
      const { objective } = await model.evaluate(x, y);
      model.dispose();
      expect(objective).toBeLessThan(1.01 * optimum.objective);
      expect(objective).toBeGreaterThan((1 - 1e-5) * optimum.objective);
    });
  }

  for (const { name, read, l2 } of CASES) {
    test(`${name}: L-BFGS from zero reaches the optimum, and predicts as it does`, async () => {
      const [{ x, y }, optima] = [await read(), await readOptima()];
      const exact = await solve("reference", { x, y }, { l2, tolerance: 1e-9 });
      expectClose([exact.objective], [optima[name].objective], { absolute: 0, relative: 1e-9 });
      const found = await solve(device, { x, y }, { l2 });
      expectClose([found.objective], [optima[name].objective], {
        absolute: 0,
        relative: device === "reference" ? 1e-6 : 1e-5,
      });
      expectClose(found.probabilities, exact.probabilities, { absolute: 2e-4, relative: 0 });
      const same = found.labels.filter((label, i) => label === exact.labels[i]).length;
      expect(same / x.rows).toBeGreaterThanOrEqual(0.999);
    });
  }

  test("L-BFGS reaches the optimum with L1 and the elastic net, and the weights that are 0 there", async () => {
    const data = { iris: await readIris(), digits: await readDigits(1), "digits/16": await readDigits() };
    const passes: number[] = [];
    for (const [name, optimum] of Object.entries(await readL1Optima())) {
      const { l1, l2, zeros } = optimum;
      const { x, y } = data[name.split(" ")[0] as keyof typeof data];
      const model = new SoftmaxRegression({ device, l1, l2 });
      const { iterations, stopReason } = await model.fit(x, y);
      const isZero = model.weights.filter((w) => w === 0);
      model.dispose();
      expect(stopReason, name).not.toBe("iterations");
      expectClose(
        [iterations[iterations.length - 1].objective],
        [optimum.objective],
        { absolute: 0, relative: device === "reference" ? 1e-6 : 1e-5 },
        name,
      );
      expect(isZero.length, name).toBe(zeros);
      passes.push(iterations[iterations.length - 1].passes);
    }
    passes.sort((a, b) => a - b);
    expect(passes[passes.length >> 1]).toBeLessThan(40);
    expect(passes[passes.length - 1]).toBeLessThan(90);
  });

  test("raw features, 0 … 16, do not diverge", async () => {
    const { x, y } = await readDigits(1);
    const model = new SoftmaxRegression({ device, solver: "sgd", epochs: 20 });
    const { epochs } = await model.fit(x, y);
    model.dispose();
    expect(epochs[19].loss).toBeLessThan(epochs[0].loss);
    expect(epochs[19].accuracy).toBeGreaterThan(0.9);
  });
});

/** Fits by L-BFGS; returns labels and probabilities, and J of the parameters found, worked out in float64. */
async function solve(
  device: "reference" | "wasm" | "webgpu",
  { x, y }: Labelled,
  options: SoftmaxRegressionOptions & { l2: number },
) {
  const model = new SoftmaxRegression({ device, ...options });
  await model.fit(x, y);
  const labels = y.map((label) => model.classes.indexOf(label));
  const source = { x, targets: { kind: "labels", labels: Uint32Array.from(labels) } } as const;
  const parameters = { weights: Float64Array.from(model.weights), bias: Float64Array.from(model.bias) };
  const result = {
    objective: objective(source, parameters, options.l2),
    labels: await model.predict(x),
    probabilities: (await model.predictProba(x)).data,
  };
  model.dispose();
  return result;
}
