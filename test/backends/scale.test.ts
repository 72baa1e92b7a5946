/** A matrix is data × scale: every element type, scale and storage, compared with equal floats on every backend. */
import { describe, expect, test } from "vitest";
import type { Backend, DatasetSource } from "../../src/backends/backend.ts";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import type { Float16Data, Matrix, MatrixData } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import { fitStandardization } from "../../src/data/standardization.ts";
import type { Storage } from "../../src/data/storage.ts";
import { strokeDigits } from "../../src/digits.ts";
import type { SoftmaxRegressionOptions } from "../../src/index.ts";
import { BACKENDS, DEVICES } from "../support/backends.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { fitUntil, modelsOn } from "../support/models-on.ts";
import { randomProblem } from "../support/problems.ts";
import { trainerFor } from "../support/with-trainer.ts";

const SHAPE = { features: 13, classes: 5, bias: true };
const { source, parameters } = randomProblem({ rows: 70, ...SHAPE, isWeighted: true });
const BYTES = Uint8Array.from({ length: 70 * 13 }, (_, i) => (i * i * 7 + i) % 256);

/** Zeros and ones, half of each. */
const BITS = BYTES.map((byte) => byte & 1);

function matrixOf<T extends MatrixData>(data: T, scale?: number): Matrix<T> {
  return { data, rows: 70, cols: 13, scale };
}

/** Returns the values as plain floats. */
function written({ data, rows, cols, scale = 1 }: Matrix): Matrix<Float64Array> {
  return { data: Float64Array.from(data, (element) => element * scale), rows, cols };
}

async function lossAndGradient(backend: Backend, given: Partial<DatasetSource>) {
  const problem = { source: { ...source, ...given }, parameters };
  const { trainer, data } = await trainerFor(disposeLater(backend), problem);
  trainer.write(parameters);
  return trainer.lossAndGradient(data, 1e-3);
}

/** Expects values of order `size` to agree; float16 storage rounds by a thousandth of that. */
function expectAlike(
  actual: { loss: number; dWeights: Float64Array },
  expected: { loss: number; dWeights: Float64Array },
  size: number,
  storage: "auto" | Storage = "auto",
) {
  const step = storage === "f16" ? 1e-3 : 1e-6;
  expectClose([actual.loss], [expected.loss], { absolute: step * size, relative: step });
  expectClose(actual.dWeights, expected.dWeights, { absolute: step * size * size, relative: 10 * step });
}

describe.each(BACKENDS)("values are data × scale, $name", ({ open }) => {
  for (const [what, data, scale, size] of [
    ["bytes of 1/255", BYTES, 1 / 255, 1],
    ["bytes of 1/2", BYTES.map((byte) => byte & 7), 0.5, 4],
    ["bytes of 1", BITS, 1, 1],
    ["bytes without a scale", BITS.map((bit) => 3 * bit), undefined, 3],
    ["clamped bytes of 1/100", Uint8ClampedArray.from(BYTES), 1 / 100, 3],
    ["float32 of 1/2", Float32Array.from(BYTES, (byte) => byte / 128), 0.5, 1],
    ["int16 of 1/255", Int16Array.from(BYTES, (byte) => byte - 128), 1 / 255, 1],
  ] as const) {
    const x = matrixOf<MatrixData>(data, scale);

    test.each(["auto", "f32", "f16"] as const)(`${what}, storage %s`, async (storage) => {
      const expected = await lossAndGradient(new ReferenceBackend(), { x: written(x) });
      expectAlike(await lossAndGradient(await open(), { x, storage }), expected, size, storage);
    });

    test(`${what}, standardised`, async () => {
      const standardization = await fitStandardization(written(x), undefined);
      const expected = await lossAndGradient(new ReferenceBackend(), { x: written(x), standardization });
      expectAlike(await lossAndGradient(await open(), { x, standardization }), expected, 2);
    });
  }

  test("u8 asked for: native bytes keep their scale, others become multiples of 1/255", async () => {
    const native = matrixOf(BITS, 2);
    const expected = await lossAndGradient(new ReferenceBackend(), { x: written(native) });
    expectAlike(await lossAndGradient(await open(), { x: native, storage: "u8" }), expected, 2);

    const floats = matrixOf(Float32Array.from(BYTES), 1 / 255);
    const rounded = await lossAndGradient(new ReferenceBackend(), { x: written(floats) });
    expectAlike(await lossAndGradient(await open(), { x: floats, storage: "u8" }), rounded, 1);
  });

  test("soft labels in bytes", async () => {
    const rows = Array.from({ length: 70 }, (_, i) => [0, 1, 2, 3, 4].map((k) => (k === i % 5 ? 215 : 10)));
    const bytes = { data: Uint8Array.from(rows.flat()), rows: 70, cols: 5, scale: 1 / 255 };
    const targetsOf = (distributions: Matrix) => ({ kind: "distributions", distributions }) as const;
    const expected = await lossAndGradient(new ReferenceBackend(), { targets: targetsOf(written(bytes)) });
    for (const labelSmoothing of [0, 0.5]) {
      const smoothed = await lossAndGradient(new ReferenceBackend(), {
        targets: targetsOf(written(bytes)),
        labelSmoothing,
      });
      const given = { targets: targetsOf(bytes), labelSmoothing };
      expectAlike(await lossAndGradient(await open(), given), smoothed, 1);
      if (labelSmoothing > 0) expect(smoothed.loss).not.toBe(expected.loss);
    }
  });
});

/** Float16Array, which Chrome has and Node 20 lacks. */
const Halves = (globalThis as { Float16Array?: { from(values: Iterable<number>): Float16Data } })
  .Float16Array;

describe.skipIf(!Halves).each(BACKENDS)("halves, $name", ({ open }) => {
  test.each([undefined, 0.5, 1 / 255, 3])("of scale %s", async (scale) => {
    const data = Halves?.from(Float32Array.from(BYTES, (byte) => (byte - 128) / (scale ?? 1) / 128));
    const x = matrixOf(data as Float16Data, scale);
    const expected = await lossAndGradient(new ReferenceBackend(), { x: written(x) });
    for (const storage of ["auto", "f16", "f32"] as const)
      expectAlike(await lossAndGradient(await open(), { x, storage }), expected, 1);
  });
});

/** Answers of three kinds of people to twelve yes-or-no questions; one answer in ten is not typical of the kind. */
function answers() {
  const { uniform } = createRandom(5);
  const y = Array.from({ length: 240 }, (_, i) => i % 3);
  const bits = y.flatMap((kind) =>
    Array.from({ length: 12 }, (_, j) => Number((j % 3 === kind) !== uniform() < 0.1)),
  );
  return { y, bits };
}

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, loadedWith, withModel } = modelsOn({ device, tuning: "off", l2: 0.01 });

  test("0/1 bytes train as well as the same numbers in any other type", async () => {
    const { y, bits } = answers();
    const accuracies: number[] = [];
    for (const type of [Uint8Array, Uint8ClampedArray, Float32Array, Float64Array, Int32Array]) {
      const x = { data: type.from(bits), rows: 240, cols: 12 };
      const model = modelWith();
      await model.fit(x, y);
      accuracies.push((await model.evaluate(x, y)).accuracy);
    }
    expect(accuracies[0]).toBeGreaterThan(0.9);
    expect(new Set(accuracies).size, accuracies.join(", ")).toBe(1);
  });

  const { x, y } = strokeDigits({ rows: 120, seed: 3 });
  const { x: other, y: otherLabels } = strokeDigits({ rows: 60, seed: 4 });
  const floats = (given: Matrix): Matrix => ({
    data: Float32Array.from(given.data, (byte) => byte / 255),
    rows: given.rows,
    cols: given.cols,
  });
  const SGD: SoftmaxRegressionOptions = { solver: "sgd", epochs: 3, batchSize: 32 };
  /**
   * L-BFGS needs a larger tolerance: it stops at the precision of float32, on another path for floats than for bytes.
   */
  const SOLVERS: readonly (readonly [string, SoftmaxRegressionOptions, number])[] = [
    ["sgd", SGD, 1e-5],
    ["sgd, standardised", { ...SGD, standardize: true }, 1e-5],
    ["lbfgs", { solver: "lbfgs", tolerance: 1e-5 }, 1e-3],
  ];

  test.each(SOLVERS)("%s: bytes of 1/255 are the same as floats", async (_, options, near) => {
    const run = (form: (given: Matrix) => Matrix) =>
      withModel(options, async (model) => {
        const history = await model.fit(form(x), y, { validation: [form(other), otherLabels] });
        const [{ validation }] = [...history.epochs, ...history.iterations].slice(-1);
        const evaluation = await model.evaluate(form(other), otherLabels);
        return {
          losses: [validation?.loss ?? Number.NaN, evaluation.loss],
          probabilities: (await model.predictProba(form(other))).data,
          predicted: await model.predict(form(other)),
        };
      });
    const [bytes, plain] = [await run((given) => given), await run(floats)];
    expectClose(bytes.losses, plain.losses, { absolute: near, relative: near });
    expectClose(bytes.probabilities, plain.probabilities, { absolute: near, relative: near });
    expect(bytes.predicted).toEqual(plain.predicted);
  });

  test("a model fitted to bytes of 1/255 can be applied to floats, and the reverse", async () => {
    for (const [seen, applied] of [
      [x, floats(x)],
      [floats(x), x],
    ]) {
      const model = modelWith({ maxIterations: 30 });
      await model.fit(seen, y);
      const [first, second] = [await model.logits(seen), await model.logits(applied)];
      expectClose(second.data, first.data, { absolute: 1e-5, relative: 1e-5 });
    }
  });

  test("a fit interrupted on bytes resumes with floats, from a file too", async () => {
    const options = { ...SGD, epochs: 6 };
    const model = modelWith(options);
    await fitUntil(2, model, x, y);
    const resumed = await loadedWith(await model.toSafetensors(), options);
    await resumed.fit(floats(x), y, { resume: true });
    const whole = modelWith(options);
    await whole.fit(x, y);
    expectClose(resumed.weights, whole.weights, { absolute: 1e-5, relative: 1e-3 });
  });

  test("a path over bytes equals the path over floats", async () => {
    const losses = async (rows: Matrix) =>
      (await modelWith({ tolerance: 1e-4 }).fitPath(rows, y, [0.1, 0.01])).map(
        ({ training }) => training.loss,
      );
    expectClose(await losses(x), await losses(floats(x)), { absolute: 1e-3, relative: 0 });
  });

  test("an impossible scale is refused by name, in every argument", async () => {
    const bad = { ...x, scale: 0 };
    const model = modelWith();
    await expect(model.fit(bad, y)).rejects.toMatchObject({ name: "DataError", argument: "x.scale" });
    const validation = [bad, y] as const;
    await expect(model.fit(x, y, { validation })).rejects.toMatchObject({
      argument: "validation[0].scale",
    });
    const soft = { data: Uint8Array.of(1, 0, 0, 1), rows: 2, cols: 2, scale: Number.NaN };
    await expect(model.fit([[1], [2]], soft)).rejects.toMatchObject({ argument: "y.scale" });
    expect(model.device).toBeNull();
  });
});
