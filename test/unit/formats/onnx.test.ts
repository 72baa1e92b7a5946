/** ONNX files, run by the WebAssembly build of ONNX Runtime. */
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../../src/data/random.ts";
import { toOnnx } from "../../../src/formats/onnx.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import { expectClose } from "../../support/expect-close.ts";
import { expectFormatError, fullModel, plainModel } from "./support.ts";

const TOLERANCE = { absolute: 1e-5, relative: 0 };

beforeAll(() => {
  env.wasm.numThreads = 1;
});

function randomModel(features: number, classes: SavedModel["classes"], seed: number): SavedModel {
  const random = createRandom(seed);
  const draw = (length: number, f: (normal: number) => number) =>
    Float64Array.from({ length }, () => f(random.normal()));
  return {
    ...plainModel,
    features,
    classes,
    weights: draw(classes.length * features, (normal) => normal / Math.sqrt(features)),
    bias: draw(classes.length, (normal) => normal),
    standardization: {
      mean: draw(features, (normal) => 3 * normal),
      scale: draw(features, (normal) => Math.exp(normal)),
    },
    temperature: 1.7,
  };
}

/** Draws rows that are standard normal after the model's standardisation, `[rows, D]`, in float32. */
function drawRows({ features, standardization }: SavedModel, rows: number): Float32Array {
  const random = createRandom(99);
  return Float32Array.from({ length: rows * features }, (_, i) => {
    const j = i % features;
    return (standardization?.mean[j] ?? 0) + (standardization?.scale[j] ?? 1) * random.normal();
  });
}

/** Computes softmax((W·(x − mean)/scale + b)/T) and its logits in float64, row after row. */
function predict(model: SavedModel, x: Float32Array) {
  const { features, classes, standardization, temperature } = model;
  const logits: number[] = [];
  const probabilities: number[] = [];
  for (let start = 0; start < x.length; start += features) {
    const scores = classes.map((_, k) => {
      let sum = model.bias[k];
      for (let j = 0; j < features; j++) {
        const centred = x[start + j] - (standardization?.mean[j] ?? 0);
        sum += (model.weights[k * features + j] * centred) / (standardization?.scale[j] ?? 1);
      }
      return sum / temperature;
    });
    const most = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - most), 0);
    logits.push(...scores);
    probabilities.push(...scores.map((score) => Math.exp(score - most) / total));
  }
  return { logits, probabilities };
}

async function run(model: SavedModel, x: Float32Array) {
  const session = await InferenceSession.create(await toOnnx(model));
  const rows = x.length / model.features;
  const outputs = await session.run({ x: new Tensor("float32", x, [rows, model.features]) });
  await session.release();
  return outputs;
}

describe("ONNX Runtime gives the same probabilities as float64", () => {
  const MANY = Array.from({ length: 300 }, (_, k) => k);
  const digits = randomModel(64, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1);
  const cases: readonly (readonly [string, SavedModel, number])[] = [
    ["64 features, 10 classes, standardised, calibrated", digits, 33],
    ["not standardised", { ...digits, standardization: null }, 5],
    ["temperature 1", { ...digits, temperature: 1 }, 1],
    ["one feature, two classes", randomModel(1, ["no", "yes"], 2), 7],
    ["more classes than features", randomModel(3, MANY, 3), 4],
  ];
  test.each(cases)("%s", async (_, model, rows) => {
    const x = drawRows(model, rows);
    const expected = predict(model, x);
    const { logits, probabilities } = await run(model, x);
    expect(probabilities.dims).toEqual([rows, model.classes.length]);
    expectClose(probabilities.data as Float32Array, expected.probabilities, TOLERANCE, "probabilities");
    expectClose(logits.data as Float32Array, expected.logits, { absolute: 1e-4, relative: 1e-5 }, "logits");
  });

  test("and takes any number of rows, of D features", async () => {
    const session = await InferenceSession.create(await toOnnx(digits));
    expect(session.inputMetadata).toEqual([{ name: "x", isTensor: true, type: "float32", shape: ["N", 64] }]);
    expect(session.outputNames).toEqual(["logits", "probabilities"]);
    expect(session.outputMetadata).toMatchObject([{ shape: ["N", 10] }, { shape: ["N", 10] }]);
    const wrong = { x: new Tensor("float32", new Float32Array(63), [1, 63]) };
    await expect(session.run(wrong)).rejects.toThrow();
  });
});

/** Parses the fields of a message by number: bytes if they have a length, else the varint (small ones only). */
function fieldsOf(message: unknown): Map<number, unknown[]> {
  const bytes = message as Uint8Array;
  const fields = new Map<number, unknown[]>();
  let at = 0;
  const varint = () => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      value += (bytes[at] & 0x7f) * unit;
      if (bytes[at++] < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const value = varint();
    const hasLength = key % 8 === 2;
    const content = hasLength ? bytes.subarray(at, at + value) : value;
    if (hasLength) at += value;
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), content]);
  }
  return fields;
}

const textOf = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array);

const classes = ["\u{1f600}", '\ud800 "half"'].toSorted();
const file = fieldsOf(await toOnnx({ ...plainModel, classes }));

describe("fields that runtimes do not show", () => {
  test("versions, and the producer", async () => {
    expect(file.get(1)).toEqual([7]);
    expect(file.get(2)?.map(textOf)).toEqual(["softmax-webgpu"]);
    expect(fieldsOf(file.get(8)?.[0]).get(2)).toEqual([13]);
  });

  test("classes, as JSON", async () => {
    const entry = fieldsOf(file.get(14)?.[0]);
    expect(textOf(entry.get(1)?.[0])).toBe("classes");
    expect(JSON.parse(textOf(entry.get(2)?.[0]))).toEqual(classes);
  });
});

describe("refusals", () => {
  test("parameters beyond float32", async () => {
    await expectFormatError(() => toOnnx(fullModel), "model.weights", /too large for float32/);
    const bias = Float64Array.of(0, 1e39);
    await expectFormatError(() => toOnnx({ ...plainModel, bias }), "model.bias", /too large for float32/);
  });

  test("an unsound model", async () => {
    await expectFormatError(() => toOnnx({ ...plainModel, temperature: 0 }), "model.temperature", /above 0/);
  });
});
