/** Rows in GPU buffers of the caller's are trained on where they lie, with the results of the same rows uploaded. */
import { describe, expect, test, vi } from "vitest";
import type { Matrix, RowsLike, SoftmaxRegressionOptions } from "../../src/index.ts";
import {
  asHalves,
  inPieces,
  type Layout,
  modelsOnDevice,
  onGpu,
  problemOf,
  SGD,
} from "../support/gpu-rows.ts";
import { fitUntil } from "../support/models-on.ts";
import { refusal } from "../support/refusal.ts";

const { device, modelWith } = await modelsOnDevice();

/** Fits, predicts and evaluates; returns everything that there is to compare. */
async function resultsOf(x: RowsLike, y: ArrayLike<number>, options: SoftmaxRegressionOptions) {
  const model = modelWith(options);
  await model.fit(x, Array.from(y), { validation: [x, Array.from(y)] });
  return {
    weights: model.weights,
    bias: model.bias,
    logits: (await model.logits(x)).data,
    probabilities: (await model.predictProba(x)).data,
    labels: await model.predict(x),
    evaluation: await model.evaluate(x, Array.from(y)),
    report: await model.report(x, Array.from(y)),
    calibration: await model.calibrate(x, Array.from(y)),
  };
}

const LAYOUTS: readonly (readonly [what: string, cols: number, layout: Layout])[] = [
  ["in place", 8, {}],
  ["in place, from an aligned offset", 8, { offset: 256, after: 12 }],
  ["odd columns", 7, {}],
  ["one column", 1, {}],
  ["an offset that is not aligned", 8, { offset: 20 }],
  ["a stride", 8, { stride: 44, offset: 4 }],
  ["odd columns, offset and stride", 5, { offset: 260, stride: 28, after: 4 }],
  ["halves in place", 8, { dtype: "f16", after: 16 }],
  ["halves whose buffer ends with the last row", 4, { dtype: "f16" }],
  ["halves of odd columns, offset and stride", 7, { dtype: "f16", offset: 6, stride: 18 }],
];

describe.each(LAYOUTS)("%s", (_what, cols, layout) => {
  test.each([
    ["SGD", SGD],
    ["AdamW", { ...SGD, solver: "adamw", averaging: 0.5 } as const],
  ])("%s gives the bits of the same rows uploaded", async (_solver, options) => {
    const { x, y } = problemOf(75, cols);
    const uploaded: Matrix = layout.dtype === "f16" ? asHalves(x) : x;
    const rows = onGpu(device, x, layout);
    expect(await resultsOf(rows, y, options)).toEqual(await resultsOf(uploaded, y, options));
    rows.buffer.destroy();
  });
});

test.each<[string, number, Layout]>([
  ["that could be used in place", 8, {}],
  ["of odd columns, with a stride", 7, { offset: 12, stride: 40 }],
  ["of halves", 5, { dtype: "f16", offset: 2 }],
])("pieces %s give the bits of the same rows uploaded", async (_what, cols, layout) => {
  const { x, y } = problemOf(75, cols);
  const pieces = inPieces(device, x, [1, 33, 9, 32], layout);
  const uploaded = layout.dtype === "f16" ? asHalves(x) : x;
  expect(await resultsOf(pieces, y, SGD)).toEqual(await resultsOf(uploaded, y, SGD));
});

test("pieces of one buffer, in another order than they lie there", async () => {
  const { x, y } = problemOf(60, 6);
  const whole = onGpu(device, x);
  const pieces = [
    { ...whole, rows: 35, offset: 25 * 24 },
    { ...whole, rows: 25, offset: 0 },
  ];
  const turned = {
    x: { ...x, data: Float32Array.of(...x.data.subarray(25 * 6), ...x.data.subarray(0, 25 * 6)) },
    y: Uint32Array.of(...y.subarray(25), ...y.subarray(0, 25)),
  };
  expect(await resultsOf(pieces, turned.y, SGD)).toEqual(await resultsOf(turned.x, turned.y, SGD));
});

/** Counts bytes written to the device, and lists the buffers created, until the mocks are restored. */
function watchUploads() {
  const seen = { written: 0, created: new Set<string>() };
  const { writeBuffer } = GPUQueue.prototype;
  vi.spyOn(GPUQueue.prototype, "writeBuffer").mockImplementation(function (this: GPUQueue, ...values) {
    seen.written += values[2].byteLength;
    writeBuffer.apply(this, values);
  });
  const { createBuffer } = GPUDevice.prototype;
  vi.spyOn(GPUDevice.prototype, "createBuffer").mockImplementation(function (this: GPUDevice, descriptor) {
    seen.created.add(descriptor.label ?? "");
    expect(descriptor.mappedAtCreation ?? false).toBe(false);
    return createBuffer.call(this, descriptor);
  });
  return seen;
}

describe("values of X stay on the device", () => {
  const { x, y } = problemOf(6000, 64);
  const labels = Array.from(y);
  const bytes = x.data.byteLength;

  test.each<[string, SoftmaxRegressionOptions]>([
    ["SGD", { ...SGD, learningRate: "auto" }],
    ["L-BFGS", {}],
    ["L-BFGS with an L1 penalty", { l1: 1e-3 }],
  ])("%s: all that is written is less than X, and rows that fit are not copied", async (_solver, options) => {
    const rows = onGpu(device, x);
    const misaligned = onGpu(device, x, { offset: 4 });
    const model = modelWith({ ...options, tuning: "off" });
    const seen = watchUploads();
    await model.fit(rows, labels);
    await model.evaluate(rows, labels);
    await model.predict(rows);
    expect(seen.written).toBeGreaterThan(0);
    expect(seen.written).toBeLessThan(bytes / 4);
    // Candidates of the preconditioner are a data set of their own.
    expect(seen.created.has("dataset.x")).toBe(options.solver !== "sgd");
    expect(seen.created.has("dataset.targets")).toBe(true);

    seen.created.clear();
    await model.evaluate(rows, labels);
    expect(seen.created.has("dataset.x")).toBe(false);
    await model.evaluate(misaligned, labels);
    expect(seen.created.has("dataset.x")).toBe(true);
  });

  test("an upload is seen by this test", async () => {
    const seen = watchUploads();
    await modelWith(SGD).fit(x, labels);
    expect(seen.written).toBeGreaterThan(bytes);
    expect(seen.created.has("dataset.x")).toBe(true);
  });
});

describe("L-BFGS reaches the optimum of the rows uploaded", () => {
  const { x, y } = problemOf(700, 11);
  const labels = Array.from(y);
  const far = { ...x, data: x.data.map((value, at) => (at % 11 === 3 ? 1000 + value : value)) };

  test.each<[string, Matrix, Layout, SoftmaxRegressionOptions]>([
    ["as it is", x, {}, {}],
    ["with a column far from 0", far, {}, {}],
    ["with a column far from 0, without a bias", far, {}, { bias: false }],
    ["with an L1 penalty", x, { offset: 8 }, { l1: 3e-3 }],
    ["of halves", x, { dtype: "f16" }, {}],
    ["of halves, smoothed", x, { dtype: "f16" }, { labelSmoothing: 0.1, classWeight: "balanced" }],
  ])("%s", async (_what, matrix, layout, options) => {
    const uploaded = layout.dtype === "f16" ? asHalves(matrix) : matrix;
    const sampleWeight = Float32Array.from(y, (_, i) => (i % 5) / 2);
    const [there, here] = [modelWith(options), modelWith(options)];
    const history = await there.fit(onGpu(device, matrix, layout), labels, { sampleWeight });
    const expected = await here.fit(uploaded, labels, { sampleWeight });
    const objective = history.iterations.at(-1)?.objective ?? NaN;
    const optimum = expected.iterations.at(-1)?.objective ?? NaN;
    expect(Math.abs(objective / optimum - 1)).toBeLessThan(1e-5);
    const evaluated = await there.evaluate(uploaded, labels, { sampleWeight });
    const of = await here.evaluate(uploaded, labels, { sampleWeight });
    expect(Math.abs(evaluated.objective / of.objective - 1)).toBeLessThan(1e-3);
  });
});

describe("other calls", () => {
  const { x, y } = problemOf(90, 7);
  const labels = Array.from(y);

  test("partialFit gives the bits of the same batch uploaded", async () => {
    const [there, here] = [modelWith(SGD), modelWith(SGD)];
    for (let i = 0; i < 2; i++) {
      await there.partialFit(onGpu(device, x, { offset: 4 }), labels);
      await here.partialFit(x, labels);
    }
    expect(there.weights).toEqual(here.weights);
  });

  test("the automatic rate of SGD is that of the rows uploaded, but for rounding", async () => {
    const options = { ...SGD, learningRate: "auto" } as const;
    const [there, here] = [modelWith(options), modelWith(options)];
    const sampleWeight = Float32Array.from(y, (_, i) => i % 4);
    const history = await there.fit(onGpu(device, x), labels, { sampleWeight });
    const expected = await here.fit(x, labels, { sampleWeight });
    expect(history.epochs[0].learningRate / expected.epochs[0].learningRate).toBeCloseTo(1, 5);
  });

  test("fitPath, and validation rows in memory", async () => {
    const rows = onGpu(device, x);
    const path = await modelWith().fitPath(rows, labels, [1e-1, 1e-3], { validation: [x, labels] });
    expect(path[1].training.loss).toBeLessThan(path[0].training.loss);
    expect(path[1].validation?.loss).toBeCloseTo(path[1].training.loss, 5);
  });

  test("cross-validation gives the bits of the rows uploaded, and reaches the same optima", async () => {
    const options = { l2s: [1e-1, 1e-3], folds: 3 };
    const [there, here] = [modelWith(SGD), modelWith(SGD)];
    const compared = await there.crossValidate(onGpu(device, x), labels, options);
    expect(compared.entries).toEqual((await here.crossValidate(x, labels, options)).entries);
    expect(there.weights).toEqual(here.weights);

    const optima = await modelWith().crossValidate(onGpu(device, x, { offset: 4 }), labels, options);
    const expected = await modelWith().crossValidate(x, labels, options);
    for (const [i, { loss }] of expected.entries.entries())
      expect(optima.entries[i].loss.mean / loss.mean).toBeCloseTo(1, 2);
  });

  test("a fit by L-BFGS is resumed where its rows lie, and not elsewhere; SGD goes on anywhere", async () => {
    const rows = onGpu(device, x);
    const model = modelWith();
    await fitUntil(3, model, rows, labels);
    const elsewhere = model.fit(x, labels, { resume: true });
    await expect(elsewhere).rejects.toEqual(refusal("StateError", "resume", 'was "on a GPU" when the fit'));
    await model.fit(rows, labels, { resume: true });
    const whole = modelWith();
    await whole.fit(rows, labels);
    expect(model.weights).toEqual(whole.weights);

    await fitUntil(3, model, x, labels);
    const there = model.fit(rows, labels, { resume: true });
    await expect(there).rejects.toEqual(refusal("StateError", "resume", 'was "dense" when the fit'));

    const steps = modelWith(SGD);
    await fitUntil(1, steps, x, labels);
    await steps.fit(rows, labels, { resume: true });
    const uninterrupted = modelWith(SGD);
    await uninterrupted.fit(x, labels);
    expect(steps.weights).toEqual(uninterrupted.weights);
  });

  test("a model that standardises is applied to rows as they lie", async () => {
    const model = modelWith({ standardize: true });
    await model.fit(x, labels);
    const [there, here] = [await model.logits(onGpu(device, x)), await model.logits(x)];
    for (const [i, score] of here.data.entries()) expect(there.data[i]).toBeCloseTo(score, 4);
  });

  test("rows of weight 0 may hold anything", async () => {
    const data = x.data.map((value, at) => (Math.floor(at / 7) % 9 === 0 ? NaN : value));
    const sampleWeight = Float32Array.from(y, (_, i) => Number(i % 9 !== 0));
    for (const options of [SGD, { maxIterations: 20 }, { ...SGD, learningRate: "auto" } as const]) {
      const model = modelWith(options);
      const rows = onGpu(device, { ...x, data });
      await model.fit(rows, labels, { sampleWeight });
      expect(model.weights.every(Number.isFinite)).toBe(true);
      expect((await model.evaluate(rows, labels, { sampleWeight })).loss).toBeLessThan(1);
    }
  });
});
