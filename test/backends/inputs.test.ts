/** Forms of rows and labels: each gives the same model as the plain form, on every device. */
import { Tensor } from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { type LabelsLike, type MatrixLike, SoftmaxRegression } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { modelsOn } from "../support/models-on.ts";

/** Whole numbers, which every element type can hold, in three groups. */
const ROWS = Array.from({ length: 60 }, (_, i) =>
  [0, 1, 2, 3].map((j) => ((i * 5 + j * 3) % 7) + (j === i % 3 ? 8 : 0)),
);
const FLAT = ROWS.flat();
const SIZES = { rows: 60, cols: 4 } as const;
const LABELS = ROWS.map((_, i) => [3, 7, 9][i % 3]);
const YES = LABELS.map((label) => label === 7);
const SOFT = LABELS.map((label) => [3, 7, 9].map((k) => (k === label ? 0.75 : 0.125)));

const X_FORMS: Record<string, MatrixLike> = {
  "a Matrix of doubles": { data: Float64Array.from(FLAT), ...SIZES },
  "float32 rows": ROWS.map((row) => Float32Array.from(row)),
  "bytes in rows": ROWS.map((row) => Uint8Array.from(row)),
  "rows of several types": ROWS.map((row, i) => [row, Float32Array.from(row), Int16Array.from(row)][i % 3]),
  "{ data, shape }": { data: Float32Array.from(FLAT), shape: [60, 4] },
  "{ data, dims }": { data: Int32Array.from(FLAT), dims: [60, 4] },
  "a tensor of onnxruntime-web": new Tensor("float32", Float32Array.from(FLAT), [60, 4]),
};

const Y_FORMS: Record<string, LabelsLike> = {
  bytes: Uint8Array.from(LABELS),
  "64-bit integers": BigInt64Array.from(LABELS, BigInt),
  "rows of one": LABELS.map((label) => [label]),
  "a Matrix of one column": { data: Uint8Array.from(LABELS), rows: 60, cols: 1 },
  "a tensor [N,1]": { data: Int32Array.from(LABELS), shape: [60, 1] },
  "a tensor of onnxruntime-web": new Tensor("int64", LABELS.map(BigInt), [60]),
};

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, loadedWith, withModel } = modelsOn({
    device,
    tuning: "off",
    solver: "sgd",
    epochs: 3,
    batchSize: 16,
  });

  /** Fits a model. Returns its weights, and its predictions for the same rows. */
  const resultOf = (x: MatrixLike, y: LabelsLike) =>
    withModel({ storage: "f32" }, async (model) => {
      await model.fit(x, y, { validation: [x, y] });
      const { loss } = await model.evaluate(x, y);
      return { weights: model.weights, predicted: await model.predict(x), loss };
    });

  test("rows in every form give the same bits", async () => {
    const plain = await resultOf(ROWS, LABELS);
    for (const [form, x] of Object.entries(X_FORMS)) expect(await resultOf(x, LABELS), form).toEqual(plain);
  });

  test("labels in every form give the same bits, and come back as numbers", async () => {
    const plain = await resultOf(ROWS, LABELS);
    expect(plain.predicted).toEqual(LABELS);
    for (const [form, y] of Object.entries(Y_FORMS)) expect(await resultOf(ROWS, y), form).toEqual(plain);
  });

  test("soft labels in every form give the same bits", async () => {
    const plain = await resultOf(ROWS, SOFT);
    for (const y of [
      { data: Float64Array.from(SOFT.flat()), rows: 60, cols: 3 },
      { data: Float64Array.from(SOFT.flat()), dims: [60, 3] },
      SOFT.map((row) => Float32Array.from(row)),
    ])
      expect(await resultOf(ROWS, y)).toEqual(plain);
  });

  test("booleans are labels, and come back as booleans, from a file too", async () => {
    const model = modelWith({ classWeight: { true: 2 } });
    await model.fit(ROWS, YES);
    expect(model.classes).toEqual([false, true]);
    expect(await model.predict(ROWS)).toEqual(YES);
    expect((await model.report(ROWS, YES)).perClass.map(({ label }) => label)).toEqual([false, true]);
    await expect(model.evaluate(ROWS, LABELS)).rejects.toThrow("row 0 has the label 3");
    const [text, bytes] = [await model.toJsonText(), await model.toSafetensors()];
    for (const file of [new TextEncoder().encode(text), bytes])
      expect(await (await loadedWith(file)).predict(ROWS)).toEqual(YES);
  });

  test("a single row is refused, with how to write it", async () => {
    const model = modelWith();
    await model.fit(ROWS, LABELS);
    const row = ROWS[0] as unknown as MatrixLike;
    for (const call of [() => model.predict(row), () => model.predictProba(row), () => model.logits(row)])
      await expect(call()).rejects.toThrow(/^x: .* row 0 is 8; write \[x\] for one row/);
    expect(await model.predict([ROWS[0]])).toEqual([3]);
    expect(await model.predict([Float32Array.from(ROWS[0])])).toEqual([3]);
  });
});

test("errors in the form are found before rows are converted", async () => {
  const model = disposeLater(new SoftmaxRegression({ device: "reference", solver: "sgd", epochs: 1 }));
  let seen = 0;
  const watched = Array.from(
    { length: 8 },
    () =>
      new Proxy([1, 2], {
        get: (row, key) => {
          if (key === "0") seen++;
          return Reflect.get(row, key);
        },
      }),
  );
  const y = [0, 1, 0, 1, 0, 1, 0, 1];
  const refused: readonly (readonly [LabelsLike, number[][] | null, string])[] = [
    [[0, 1], null, "y: expected a label for each of 8 rows, got 2"],
    [y, [[1, 2, 3]], "validation[0]: expected the 2 features of the training rows, got 3"],
    [
      y,
      [1, 3].map((value) => [value, value + 1]),
      "validation[1]: expected a label for each of 2 rows, got 8",
    ],
  ];
  for (const [labels, held, words] of refused) {
    const validation = held && ([held, held.length === 1 ? [0] : y] as const);
    await expect(model.fit(watched, labels, { ...(validation && { validation }) })).rejects.toThrow(words);
  }
  expect(seen).toBe(0);
  await model.fit(watched, y);
  expect(seen, "each row is read once").toBe(8);
  seen = 0;
  await model.predict(watched);
  await model.predictProba(watched);
  await model.evaluate(watched, y);
  expect(seen, "and once in each call").toBe(24);
  await expect(model.predict([[1, 2, 3]])).rejects.toThrow("expected the 2 features");
});

test("scikit-learn's booleans are classes", async () => {
  const json = '{"coef_": [[0.5, -1.5]], "intercept_": [0.25], "classes_": [false, true]}';
  const model = disposeLater(await SoftmaxRegression.fromSklearn(json, { device: "reference" }));
  const rows = { data: Float32Array.of(3, 0, 0, 3), rows: 2, cols: 2 };
  expect(await model.predict(rows)).toEqual([true, false]);
});
