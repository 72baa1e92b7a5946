/** Rows that lie in GPU buffers of the caller's: trained on where they lie, with the results of the same rows uploaded. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import {
  type GpuRows,
  type Matrix,
  type RowsLike,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../src/index.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { asHalves, callersDevice, type Layout, onGpu } from "../support/gpu-rows.ts";
import { countLiveBuffers } from "../support/live-buffers.ts";
import { refusal } from "../support/refusal.ts";

const device = await callersDevice();

/** Errors that the device has reported outside any error scope. */
const reported: string[] = [];
device.addEventListener("uncapturederror", ({ error }) => reported.push(error.message));

afterEach(async () => {
  vi.restoreAllMocks();
  await device.queue.onSubmittedWorkDone();
  expect(reported.splice(0)).toEqual([]);
});

/** Three classes that overlap; features of several sizes. */
function problemOf(rows: number, cols: number, seed = 1) {
  const random = createRandom(seed);
  const centres = Float64Array.from({ length: 3 * cols }, () => random.normal());
  const y = Uint32Array.from({ length: rows }, () => random.integer(3));
  const data = Float32Array.from({ length: rows * cols }, (_, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    return (1 + (j % 3)) * (centres[y[i] * cols + j] + 1.5 * random.normal());
  });
  return { x: { data, rows, cols }, y };
}

const SGD: SoftmaxRegressionOptions = {
  solver: "sgd",
  epochs: 3,
  batchSize: 32,
  learningRate: 0.05,
  tuning: "off",
};

function modelWith(options: SoftmaxRegressionOptions = {}) {
  return disposeLater(new SoftmaxRegression({ device, ...options }));
}

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

/** Cuts rows into pieces, each in a buffer of its own. */
function inPieces(x: Matrix, sizes: readonly number[], layout: Layout = {}): GpuRows[] {
  let first = 0;
  return sizes.map((rows) => {
    const data = x.data.subarray(first * x.cols, (first + rows) * x.cols);
    first += rows;
    return onGpu(device, { data, rows, cols: x.cols }, layout);
  });
}

test.each<[string, number, Layout]>([
  ["that could be used in place", 8, {}],
  ["of odd columns, with a stride", 7, { offset: 12, stride: 40 }],
  ["of halves", 5, { dtype: "f16", offset: 2 }],
])("pieces %s give the bits of the same rows uploaded", async (_what, cols, layout) => {
  const { x, y } = problemOf(75, cols);
  const pieces = inPieces(x, [1, 33, 9, 32], layout);
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

describe("refused", () => {
  const { x, y } = problemOf(20, 4);
  const labels = Array.from(y);
  const good = onGpu(device, x);
  const model = () => modelWith(SGD);
  const notStorage = device.createBuffer({ size: 320, usage: GPUBufferUsage.COPY_DST });
  const mapped = device.createBuffer({ size: 320, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true });

  test.each<[string, unknown, string, string, string]>([
    ["no buffer", { ...good, buffer: x.data }, "DataError", "x.buffer", "given as { data, rows, cols }"],
    ["no rows", { ...good, rows: 0 }, "ShapeError", "x.rows", "integer of at least 1"],
    ["broken cols", { ...good, cols: 1.5 }, "ShapeError", "x.cols", "integer of at least 1"],
    ["an unknown dtype", { ...good, dtype: "u8" }, "DataError", "x.dtype", '"f32" or "f16"'],
    ["a buffer without STORAGE", { ...good, buffer: notStorage }, "DataError", "x.buffer", "with STORAGE"],
    ["a mapped buffer", { ...good, buffer: mapped }, "DataError", "x.buffer", "call unmap() first"],
    ["too small a buffer", { ...good, rows: 21 }, "ShapeError", "x.buffer", "at least 336 bytes"],
    ["too small for the offset", { ...good, offset: 4 }, "ShapeError", "x.buffer", "at least 324 bytes"],
    ["too small for the stride", { ...good, stride: 20 }, "ShapeError", "x.buffer", "at least 396 bytes"],
    ["a broken offset", { ...good, offset: 2 }, "DataError", "x.offset", "multiple of the element's 4"],
    ["an offset below 0", { ...good, offset: -4 }, "DataError", "x.offset", "at least 0"],
    ["a stride below a row", { ...good, stride: 12 }, "DataError", "x.stride", "at least 16"],
    ["a broken stride", { ...good, rows: 2, stride: 18 }, "DataError", "x.stride", "multiple"],
    ["other cols", [good, { ...good, cols: 3 }], "ShapeError", "x[1].cols", "equal cols"],
    ["another dtype", [good, { ...good, dtype: "f16" }], "DataError", "x[1].dtype", "equal cols and dtype"],
    ["a piece from memory", [good, x], "DataError", "x[1]", "like the first piece"],
  ])("%s", async (_what, rows, name, argument, words) => {
    const live = countLiveBuffers();
    await expect(model().fit(rows as GpuRows, labels)).rejects.toEqual(refusal(name, argument, words));
    expect(live.created).toBe(0);
  });

  test.each(["auto", "webgpu", "wasm", "reference"] as const)("the device %s", async (other) => {
    const words = "new SoftmaxRegression({ device: yourDevice })";
    const elsewhere = modelWith({ device: other });
    await expect(elsewhere.fit(good, labels)).rejects.toEqual(refusal("DataError", "x", words));
    expect(elsewhere.device).toBeNull();
    await elsewhere.fit(x, labels);
    for (const call of [elsewhere.predict(good), elsewhere.evaluate(good, labels), elsewhere.logits(good)])
      await expect(call).rejects.toEqual(refusal("DataError", "x", words));
  });

  test("options that need rows on the host", async () => {
    const standardised = modelWith({ standardize: true });
    await expect(standardised.fit(good, labels)).rejects.toEqual(
      refusal("OptionError", "standardize", "standardise them in the encoder, or pass arrays"),
    );
    for (const [storage, rows] of [
      ["u8", good],
      ["f16", good],
      ["f32", { ...good, dtype: "f16" }],
    ] as const)
      await expect(modelWith({ storage }).fit(rows, labels)).rejects.toEqual(
        refusal("OptionError", "storage", "leave the option out, or pass arrays"),
      );
    await modelWith({ ...SGD, storage: "f32" }).fit(good, labels);
  });

  test("validation rows on the GPU for rows in memory", async () => {
    await expect(model().fit(x, labels, { validation: [good, labels] })).rejects.toEqual(
      refusal("DataError", "validation[0]", "give both there"),
    );
  });

  test.each([
    ["NaN", "f32", NaN],
    ["an infinity", "f32", -Infinity],
    ["NaN in halves", "f16", NaN],
    ["an infinity in halves", "f16", Infinity],
  ] as const)("%s, with the first row that holds one", async (_what, dtype, value) => {
    const data = x.data.slice();
    data[4 * 13 + 2] = data[4 * 17] = value;
    const inTwo = inPieces({ ...x, data }, [10, 10]);
    const bad = dtype === "f32" ? inTwo : onGpu(device, { ...x, data }, { dtype });
    if (dtype === "f16") writeHalf(bad as GpuRows, 4 * 13 + 2, value);
    const fitted = model();
    await fitted.fit(x, labels);
    const { weights } = fitted;
    for (const call of [() => fitted.fit(bad, labels), () => fitted.predict(bad)])
      await expect(call()).rejects.toEqual(refusal("DataError", "x", "row 13 holds NaN or an infinity"));
    const held = fitted.fit(good, labels, { validation: [bad, labels] });
    await expect(held).rejects.toEqual(refusal("DataError", "validation[0]", "row 13"));
    expect(fitted.weights).toEqual(weights);
  });

  test("buffers that are destroyed, or of another device; the device goes on", async () => {
    const destroyed = onGpu(device, x);
    destroyed.buffer.destroy();
    const other = await callersDevice();
    const foreign = onGpu(other, x);
    const fitted = model();
    for (const rows of [destroyed, foreign]) {
      for (const call of [
        () => fitted.fit(rows, labels),
        () => fitted.partialFit([good, rows], [...labels, ...labels]),
      ])
        await expect(call()).rejects.toEqual(
          refusal("DataError", "x", "destroyed or belongs to another device"),
        );
      await fitted.fit(good, labels);
      await expect(fitted.predict(rows)).rejects.toEqual(refusal("DataError", "x", "destroyed or belongs"));
      expect((await fitted.evaluate(good, labels)).accuracy).toBeGreaterThan(0.5);
    }
  });
});

/** Writes the bits of a half that is no number. */
function writeHalf({ buffer }: GpuRows, element: number, value: number): void {
  const at = element - (element % 2);
  device.queue.writeBuffer(
    buffer,
    2 * at,
    Uint16Array.of(...[0, 1].map(() => (Number.isNaN(value) ? 0x7e00 : 0x7c00))),
  );
}

test("100 fits, evaluations and refusals leave none of our buffers, and all of the caller's", async () => {
  const { x, y } = problemOf(40, 6);
  const labels = Array.from(y);
  const rows = [
    onGpu(device, x),
    onGpu(device, { ...x, rows: 20, cols: 12 }),
    onGpu(device, x, { offset: 12 }),
  ];
  const bad = onGpu(device, { ...x, data: x.data.map(() => NaN) });
  const live = countLiveBuffers();
  const model = modelWith({ maxIterations: 3, tuning: "off" });
  for (let i = 0; i < 100; i++) {
    const one = rows[i % 3];
    const seen = labels.slice(0, one.rows);
    const fitting = i % 3 === 1 ? modelWith({ ...SGD, epochs: 1 }) : model;
    await fitting.fit(one, seen);
    expect(live.size).toBe(0);
    if (i % 10 > 0) continue;
    await fitting.evaluate(one, seen);
    await expect(fitting.fit(bad, labels)).rejects.toThrow(/NaN/);
    expect(live.size).toBe(0);
  }
  expect(live.created).toBeGreaterThan(1000);
  for (const one of rows) await model.evaluate({ ...one, rows: 40, cols: 6 }, labels);
  expect((await model.evaluate(rows[0], labels)).accuracy).toBeGreaterThan(0.5);
}, 600_000);
