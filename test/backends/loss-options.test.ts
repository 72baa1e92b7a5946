/**
 * Weights, smoothing, ignored rows, soft labels, standardisation and penalties of the estimator against the formulas in
 * float64: where a fit ends, the gradient of the objective as the README defines it is 0.
 */
import { describe, expect, test } from "vitest";
import { crossEntropy, gradientCheck, objective } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { fitStandardization } from "../../src/data/standardization.ts";
import type { Targets } from "../../src/data/targets.ts";
import {
  DataError,
  type Matrix,
  OptionError,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";

const ROWS = 60;
const CLASSES = ["ant", "bee", "cow"];
const random = createRandom(5);
const x: Matrix<Float64Array> = {
  data: Float64Array.from({ length: ROWS * 4 }, (_, i) => random.normal() * [1, 3, 0.2, 1][i % 4] + (i % 4)),
  rows: ROWS,
  cols: 4,
};
const labels = Uint32Array.from({ length: ROWS }, (_, i) => (random.uniform() < 0.8 ? i % 3 : (i + 1) % 3));
const y = Array.from(labels, (k) => CLASSES[k]);
const sampleWeight = Float64Array.from({ length: ROWS }, (_, i) =>
  i % 7 === 0 ? 0 : 0.5 + random.uniform(),
);

/** q of every row, smoothed. */
function smoothed(epsilon: number, soft = false): Targets {
  const data = new Float64Array(ROWS * 3);
  for (let i = 0; i < ROWS; i++)
    for (let k = 0; k < 3; k++) {
      const q = soft ? SOFT[i][k] : labels[i] === k ? 1 : 0;
      data[i * 3 + k] = (1 - epsilon) * q + epsilon / 3;
    }
  return { kind: "distributions", distributions: { data, rows: ROWS, cols: 3 } };
}

const SOFT = Array.from({ length: ROWS }, (_, i) => [0, 1, 2].map((k) => (k === labels[i] ? 0.7 : 0.15)));

/** What one case trains with, and the targets and weights s_i that J is defined with. */
interface Case {
  readonly options: SoftmaxRegressionOptions;
  readonly given?: { readonly y?: readonly string[] | number[][]; readonly sampleWeight?: Float64Array };
  readonly targets: Targets;
  readonly weights?: (i: number) => number;
}

const counts = [0, 1, 2].map((k) => labels.filter((label) => label === k).length);
const HALF_IGNORED = y.map((label, i) => (i % 2 === 0 ? "?" : label));

const CASES: Record<string, Case> = {
  "nothing but λ": { options: { l2: 0.01 }, targets: smoothed(0) },
  "sample weights": {
    options: {},
    given: { sampleWeight },
    targets: smoothed(0),
    weights: (i) => sampleWeight[i],
  },
  "class weights by name": {
    options: { classWeight: { ant: 3, cow: 0.25 } },
    targets: smoothed(0),
    weights: (i) => [3, 1, 0.25][labels[i]],
  },
  "balanced classes": {
    options: { classWeight: "balanced" },
    targets: smoothed(0),
    weights: (i) => ROWS / (3 * counts[labels[i]]),
  },
  "label smoothing": { options: { labelSmoothing: 0.2 }, targets: smoothed(0.2) },
  "ignored labels": {
    options: { ignoreLabel: "?" },
    given: { y: HALF_IGNORED },
    targets: smoothed(0),
    weights: (i) => i % 2,
  },
  "soft labels, smoothed and weighted": {
    options: { labelSmoothing: 0.1 },
    given: { y: SOFT, sampleWeight },
    targets: smoothed(0.1, true),
    weights: (i) => sampleWeight[i],
  },
  "all of it: smoothing first, then sample weight × class weight of the label": {
    options: { labelSmoothing: 0.3, classWeight: [1, 2, 4], ignoreLabel: "?", l2: 0.02 },
    given: { y: HALF_IGNORED, sampleWeight },
    targets: smoothed(0.3),
    weights: (i) => (i % 2) * sampleWeight[i] * [1, 2, 4][labels[i]],
  },
};

describe.each(DEVICES)("%s", ({ device }) => {
  for (const [what, { options, given = {}, targets, weights }] of Object.entries(CASES)) {
    test(`${what}: L-BFGS ends where the gradient of J is 0`, async () => {
      const model = disposeLater(new SoftmaxRegression({ device, l2: 1e-3, tolerance: 1e-7, ...options }));
      await model.fit(x, given.y ?? y, given.sampleWeight ? { sampleWeight: given.sampleWeight } : {});
      const source = { x, targets, ...(weights && { sampleWeights: weightsOf(weights) }) };
      const parameters = { weights: Float64Array.from(model.weights), bias: Float64Array.from(model.bias) };
      const { numeric } = gradientCheck(source, { parameters, l2: options.l2 ?? 1e-3 });
      for (const slope of [...numeric.weights, ...numeric.bias]) expect(Math.abs(slope)).toBeLessThan(5e-6);
    });
  }

  test("standardisation: the optimum of the standardised rows, applied to rows as they come", async () => {
    const options = { device, l2: 0.01, tolerance: 1e-8 } as const;
    const model = disposeLater(new SoftmaxRegression({ ...options, standardize: true }));
    await model.fit(x, y);
    const { mean, scale } = await fitStandardization(x, undefined);
    const rows = { ...x, data: x.data.map((value, at) => (value - mean[at % 4]) / scale[at % 4]) };
    const by = disposeLater(new SoftmaxRegression(options));
    await by.fit(rows, y);
    const probabilities = await model.predictProba(x);
    expectClose(probabilities.data, (await by.predictProba(rows)).data, { absolute: 2e-5, relative: 0 });
    // Folded into weights and bias, they are a model of the rows as they come.
    const logits = await model.logits(x);
    const first = [0, 1, 2].map((k) =>
      x.data.subarray(0, 4).reduce((z, value, j) => z + value * model.weights[4 * k + j], model.bias[k]),
    );
    expectClose(logits.data.subarray(0, 3), first, { absolute: 1e-5, relative: 1e-5 });
    expect(model.standardization).toEqual({ mean, scale });
  });

  test("standardisation leaves constant columns and bytes in peace", async () => {
    const bytes = {
      data: Uint8Array.from({ length: 80 }, (_, i) => (i % 2 ? 77 : (i * 29) % 256)),
      rows: 40,
      cols: 2,
    };
    const model = disposeLater(new SoftmaxRegression({ device, standardize: true }));
    await model.fit(
      bytes,
      Array.from({ length: 40 }, (_, i) => (bytes.data[2 * i] > 127 ? 1 : 0)),
    );
    expect(model.standardization?.scale[1]).toBe(1);
    expect(
      (
        await model.evaluate(
          bytes,
          Array.from({ length: 40 }, (_, i) => (bytes.data[2 * i] > 127 ? 1 : 0)),
        )
      ).accuracy,
    ).toBe(1);
    expect(model.weights.every(Number.isFinite)).toBe(true);
  });

  for (const solver of ["lbfgs", "sgd"] as const) {
    test(`${solver}: an L1 penalty sets weights to exactly 0, and J is what it is at the optimum`, async () => {
      const model = disposeLater(
        new SoftmaxRegression({
          ...{ device, solver, l1: 0.05, l2: 1e-3, standardize: true },
          ...(solver === "lbfgs" ? { tolerance: 1e-7 } : { epochs: 3000, batchSize: ROWS, momentum: 0.9 }),
        }),
      );
      await model.fit(x, y);
      const exact = disposeLater(
        new SoftmaxRegression({
          device: "reference",
          l1: 0.05,
          l2: 1e-3,
          tolerance: 1e-10,
          standardize: true,
        }),
      );
      await exact.fit(x, y);
      const zeros = (weights: Float32Array) => [...weights].map((w) => w === 0);
      expect(zeros(model.weights)).toEqual(zeros(exact.weights));
      expect(zeros(model.weights).filter(Boolean).length).toBeGreaterThan(2);
      const [found, best] = [await model.evaluate(x, y), await exact.evaluate(x, y)];
      expectClose([found.objective], [best.objective], { absolute: 0, relative: 1e-5 });
    });
  }

  test("evaluations take targets and rows as they are: no smoothing, no class weights, sample weights if given", async () => {
    const model = new SoftmaxRegression({ device, labelSmoothing: 0.3, classWeight: [1, 5, 1] });
    await model.fit(x, y);
    const parameters = { weights: Float64Array.from(model.weights), bias: Float64Array.from(model.bias) };
    const source = { x, targets: { kind: "labels", labels } } as const;
    const seen = await model.evaluate(x, y);
    expectClose([seen.loss], [objective(source, parameters, 0)], { absolute: 1e-6, relative: 1e-5 });
    const weighted = await model.evaluate(x, y, { sampleWeight });
    const sampleWeights = Float32Array.from(sampleWeight);
    expectClose([weighted.loss], [objective({ ...source, sampleWeights }, parameters, 0)], {
      absolute: 1e-6,
      relative: 1e-5,
    });
    model.dispose();
  });

  test("bad weights and labels are refused before anything changes", async () => {
    const model = disposeLater(new SoftmaxRegression({ device, ignoreLabel: "?" }));
    await model.fit(x, y);
    const before = model.weights;
    const bad = [
      [y, { sampleWeight: sampleWeight.slice(1) }, "ShapeError", "sampleWeight"],
      [y, { sampleWeight: sampleWeight.map(() => -1) }, "DataError", "sampleWeight"],
      [y, { sampleWeight: sampleWeight.map(() => Number.NaN) }, "DataError", "sampleWeight"],
      [y, { sampleWeight: sampleWeight.map(() => 0) }, "DataError", "sampleWeight"],
      [y.map((_, i) => (i < 2 ? y[i] : "?")), {}, "DataError", "y"],
      [y, { classes: ["ant", "bee"] }, "DataError", "y"],
      [y, { classes: ["ant", "bee", "ant"] }, "DataError", "classes"],
    ] as const;
    for (const [labelled, options, errorName, argument] of bad.filter((_, i) => i !== 4)) {
      const error = await model.fit(x, labelled, options).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: errorName, argument });
    }
    await expect(
      model.fit(
        x,
        y.map(() => "?"),
      ),
    ).rejects.toBeInstanceOf(DataError);
    const balanced = new SoftmaxRegression({ device, classWeight: "balanced" });
    await expect(balanced.fit(x, y, { classes: [...CLASSES, "dog"] })).rejects.toMatchObject({
      argument: "classWeight",
    });
    const unknown = new SoftmaxRegression({ device, classWeight: { owl: 2 } });
    await expect(unknown.fit(x, y)).rejects.toBeInstanceOf(OptionError);
    expect(model.weights).toEqual(before);
  });
});

function weightsOf(weight: (i: number) => number): Float32Array {
  return Float32Array.from({ length: ROWS }, (_, i) => weight(i));
}

test("the cases differ: each moves the optimum", async () => {
  const seen = new Set<string>();
  for (const { options, given = {} } of Object.values(CASES)) {
    const model = new SoftmaxRegression({ device: "reference", l2: 1e-3, ...options });
    await model.fit(x, given.y ?? y, given.sampleWeight ? { sampleWeight: given.sampleWeight } : {});
    seen.add(Array.from(model.weights, (w) => w.toFixed(4)).join());
    model.dispose();
  }
  expect(seen.size).toBe(Object.keys(CASES).length);
  expect(crossEntropy(new Float64Array(3), { kind: "labels", labels }, [0], 3)[0]).toBeCloseTo(
    Math.log(3),
    12,
  );
});
