/** The numbers of the view "Mathematics": one sample step by step, the step it causes, and the gradient check. */

import { describe, expect, test } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import {
  jacobian,
  naiveSoftmax,
  numbersOf,
  objectiveNumbers,
  sampleOf,
  stableSoftmax,
  stepOf,
  throughJacobian,
} from "../../demo/app/views/mathematics/formulas.ts";
import {
  checkBatch,
  checkGradient,
  compare,
  sampledParameters,
} from "../../demo/app/views/mathematics/gradient-check.ts";
import { type Point, pointOf } from "../../demo/app/views/mathematics/point.ts";
import { placeName, shownClasses, shownFeatures } from "../../demo/app/views/mathematics/worked-sample.ts";
import { formatDecimal, formatScientific } from "../../demo/ui/format.ts";
import { objective, objectiveGradient } from "../../src/backends/reference/index.ts";
import { rowsOf } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import { strokeDigits } from "../../src/digits.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { expectClose } from "../support/expect-close.ts";

const EXACT = { absolute: 1e-12, relative: 1e-12 };
const ROW = 3;

/** A point somewhere, in place of one that was trained. */
function somewhere(dataset: DemoDataset, size = 0.5): Point {
  const point = pointOf(dataset, null, null);
  const random = createRandom(5);
  const { weights, bias } = point.parameters;
  const parameters = {
    weights: weights.map(() => size * random.normal()),
    bias: bias.map(() => size * random.normal()),
  };
  return { ...point, parameters, folded: parameters };
}

function drawings(rows: number): DemoDataset {
  const draw = (seed: number) => {
    const { x, y } = strokeDigits({ rows, seed });
    return { x, y: Array.from(y) };
  };
  return {
    ...{ name: "Drawings", description: "", features: null, code: null },
    ...{ train: draw(0), validation: draw(1) },
    image: { width: 28, height: 28, channels: 1 },
  };
}

describe("one sample", () => {
  test("before training W = 0 and p = 1/K", () => {
    const dataset = clouds(4);
    const point = pointOf(dataset, null, null);
    const { probabilities, loss, error } = numbersOf(sampleOf(dataset, ROW, point), point.parameters, 0);
    expect(point.classes).toEqual(["A", "B", "C", "D"]);
    expectClose(probabilities, [0.25, 0.25, 0.25, 0.25], EXACT);
    expect(loss).toBeCloseTo(Math.log(4), 12);
    expectClose(error, [0.25, 0.25, 0.25, -0.75], EXACT);
  });

  test.each([0, 0.2])(
    "numbers are those of the model and the reference, label smoothing %d",
    async (epsilon) => {
      const dataset = clouds(3);
      const { train, validation } = dataset;
      const model = new SoftmaxRegression({ device: "reference", standardize: true, maxIterations: 3 });
      await model.fit(train.x, train.y as string[]);
      const { weights, bias, classes, standardization } = model;
      const point = pointOf(dataset, { weights, bias, classes }, standardization);
      const sample = sampleOf(dataset, ROW, point);
      const numbers = numbersOf(sample, point.parameters, epsilon);
      const own = rowsOf(asDense(validation.x), ROW, 1);
      const near = { absolute: 1e-6, relative: 1e-6 };
      expectClose(numbers.logits, (await model.logits(own)).data, near, "z");
      expectClose(numbers.probabilities, (await model.predictProba(own)).data, near, "p");
      const source = {
        x: sample.x,
        targets: { kind: "labels", labels: Uint32Array.of(sample.label) } as const,
        labelSmoothing: epsilon,
      };
      expectClose([numbers.loss], [objective(source, point.parameters, 0)], EXACT, "L");
      expectClose(numbers.error, objectiveGradient(source, point.parameters, 0).bias, EXACT, "p − y");
      const { loss } = await model.evaluate(validation.x, validation.y as string[]);
      expectClose([objectiveNumbers(dataset, point, 0).loss], [loss], near, "mean CE of standardised rows");
      model.dispose();
    },
  );

  test("the step follows the gradient of L + λ‖W‖², and lowers it by η‖G‖² to first order", () => {
    const dataset = clouds(3);
    const point = somewhere(dataset);
    const sample = sampleOf(dataset, ROW, point);
    const settings = { learningRate: 1e-6, l2: 0.1, labelSmoothing: 0 };
    const step = stepOf(sample, point.parameters, numbersOf(sample, point.parameters, 0), settings);
    const targets = { kind: "labels", labels: Uint32Array.of(sample.label) } as const;
    const expected = objectiveGradient({ x: sample.x, targets }, point.parameters, 0.1);
    expectClose(step.gradient.weights, expected.weights, EXACT, "G");
    expectClose(step.gradient.bias, expected.bias, EXACT, "g_b");
    const squares = [...expected.weights, ...expected.bias].reduce((sum, g) => sum + g * g, 0);
    const [before, after] = step.objective;
    expect((before - after) / (1e-6 * squares)).toBeCloseTo(1, 4);
  });

  test("the objective over the first rows is the reference's", () => {
    const dataset = clouds(3);
    const point = somewhere(dataset);
    const { rows, loss, squares, sizes } = objectiveNumbers(dataset, point, 0);
    expect(rows).toBe(300);
    const labels = Uint32Array.from(dataset.validation.y, (label) => point.classes.indexOf(label));
    const source = { x: dataset.validation.x, targets: { kind: "labels", labels } as const };
    expect(loss + 0.3 * squares).toBeCloseTo(objective(source, point.parameters, 0.3), 12);
    expect(sizes).toBeGreaterThan(0);
  });
});

describe("softmax", () => {
  test("the chain rule through the Jacobian gives p − y, and its columns sum to 0", () => {
    const p = Float64Array.of(0.7, 0.1, 0.15, 0.05);
    const y = [0.1, 0.2, 0.3, 0.4];
    expect(jacobian(p, 0, 0)).toBeCloseTo(0.21, 12);
    expect(jacobian(p, 0, 1)).toBeCloseTo(-0.07, 12);
    for (const j of p.keys()) expect(p.reduce((sum, _, i) => sum + jacobian(p, i, j), 0)).toBeCloseTo(0, 12);
    expectClose(
      throughJacobian(p, y, [0, 1, 2, 3]),
      p.map((value, k) => value - y[k]),
      EXACT,
    );
    expectClose(throughJacobian(p, y, [2]), [p[2] - y[2]], EXACT);
  });

  test("in float32 the naive form overflows, and the stable one does not see a shift", () => {
    const z = [1, 2, 3];
    expectClose(naiveSoftmax(z, 0), stableSoftmax(z, 0), { absolute: 1e-6, relative: 0 });
    expect(naiveSoftmax(z, 100)[2]).toBeNaN();
    expect(naiveSoftmax(z, -150)[2]).toBeNaN();
    expect(stableSoftmax(z, 100)).toEqual(stableSoftmax(z, 0));
  });
});

describe("what is shown", () => {
  test("numbers", () => {
    expect(
      [0, 1.23456, -0.5, 2e-7, -1.5e6, Number.NaN, -Infinity].map((value) => formatDecimal(value)),
    ).toEqual([...["0", "1.235", "−0.500", "2.0 · 10⁻⁷", "−1.5 · 10⁶", "NaN", "−∞"]]);
    expect(formatScientific(1.16e-12)).toBe("1.2 · 10⁻¹²");
  });

  test("of many classes the likeliest and the sample's own, of many features the largest", () => {
    const probabilities = Array.from({ length: 30 }, (_, k) => k);
    expect(shownClasses(probabilities, 4)).toEqual([4, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    expect(shownFeatures([0, -2, 1])).toEqual([0, 1, 2]);
    const sizes = Array.from({ length: 500 }, (_, j) => (j * 7919) % 101);
    const expected = [...sizes.keys()].sort((a, b) => sizes[b] - sizes[a] || a - b).slice(0, 10);
    expect(shownFeatures(sizes)).toEqual(expected.sort((a, b) => a - b));
  });

  test("places have names", () => {
    const images = drawings(20);
    const digits = Array.from({ length: 10 }, (_, k) => k);
    expect(placeName(3 * 784 + 28 + 2, images, digits)).toBe("W, class 3, pixel (1, 2)");
    expect(placeName(7840 + 3, images, digits)).toBe("b, class 3");
    expect(placeName(3, clouds(2), ["A", "B"])).toBe("W, class B, y");
  });
});

describe("the gradient check", () => {
  const signal = new AbortController().signal;
  const run = (dataset: DemoDataset, point: Point, device: "wasm" | "reference") => {
    const settings = { l2: 1e-2, labelSmoothing: 0.1, device };
    return checkGradient(checkBatch(dataset, ROW, point, settings), { signal, onProgress: () => {} });
  };

  test("passes on drawings, with 200 of all parameters sampled", async () => {
    const dataset = drawings(40);
    const result = await run(dataset, somewhere(dataset, 0.1), "wasm");
    expect(result.rows).toBe(32);
    expect(result.onDevice).toMatchObject({ passed: true, count: 7850 });
    expect(result.onDevice.largest).toBeGreaterThan(0);
    expect(result.inFloat64.passed).toBe(true);
    expect(result.sampled).toHaveLength(200);
    expect(new Set(result.sampled).size).toBe(200);
  });

  test("passes on all parameters of few features, standardised, and however large they are", async () => {
    const dataset = clouds(3);
    const standardization = { mean: Float64Array.of(0.1, -0.3), scale: Float64Array.of(2, 0.5) };
    const moderate = await run(dataset, { ...somewhere(dataset), standardization }, "wasm");
    expect([moderate.onDevice.passed, moderate.inFloat64.passed, moderate.sampled.length]).toEqual([
      true,
      true,
      9,
    ]);
    const { x, y } = dataset.validation;
    const large = { ...x, data: Float32Array.from(asDense(x).data, (value) => 1000 * value) };
    const far = await run({ ...dataset, validation: { x: large, y } }, somewhere(dataset, 1e-3), "reference");
    expect([far.onDevice.largest, far.inFloat64.passed]).toEqual([0, true]);
  });

  test("fails if a gradient is wrong, and names the parameter", () => {
    const places = Uint32Array.of(4, 7, 9);
    const right = Float64Array.of(1, 2, 3);
    expect(compare(right, right, places, 3, 1e-6).passed).toBe(true);
    const wrong = compare(Float64Array.of(1, 2.01, 3), right, places, 3, 1e-4);
    expect(wrong).toMatchObject({ passed: false, place: 7, actual: 2.01, expected: 2 });
    expect(compare(Float64Array.of(1, Number.NaN, 5), right, places, 3, 1e-4)).toMatchObject({
      passed: false,
      place: 7,
    });
  });

  test("stops when it is aborted", async () => {
    const dataset = clouds(3);
    const settings = { l2: 0, labelSmoothing: 0, device: "reference" } as const;
    const batch = checkBatch(dataset, 299, somewhere(dataset), settings);
    expect(sampledParameters(batch)).toHaveLength(9);
    const reason = new Error("gone");
    await expect(
      checkGradient(batch, { signal: AbortSignal.abort(reason), onProgress: () => {} }),
    ).rejects.toBe(reason);
  });
});
