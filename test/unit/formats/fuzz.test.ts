/**
 * Reads thousands of damaged files. Each gives a FormatError or a sound value, within a second of processor time; no
 * other error is thrown, and the input stays unchanged.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { checkModel } from "../../../src/formats/check-model.ts";
import { modelFromJson, modelToJson } from "../../../src/formats/model-json.ts";
import { modelFromSafetensors, modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readNpy } from "../../../src/formats/npy.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import { readSafetensors, writeSafetensors } from "../../../src/formats/safetensors.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import { fromSklearnJson } from "../../../src/formats/sklearn.ts";
import {
  type Bytes,
  damaged,
  expectSameModel,
  float64s,
  fullModel,
  npyFile,
  npyHeader,
  plainModel,
  processorTime,
  utf8,
} from "./support.ts";

const RUNS = 3000;
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Expects a model to be sound, and to read back the same from both formats. */
async function expectSound(model: SavedModel): Promise<void> {
  await checkModel(model);
  expectSameModel(await modelFromJson(await modelToJson(model)), model);
  expectSameModel(await modelFromSafetensors(await modelToSafetensors(model)), model);
}

/** Reads damaged files by `read`; `accepted` checks the values that it returns. */
async function fuzz<T>(
  valid: Uint8Array,
  read: (bytes: Bytes) => Promise<T>,
  accepted: (value: T) => void | Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(damaged(valid), async (bytes) => {
      const before = bytes.slice();
      const start = processorTime();
      let value: T;
      try {
        value = await read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        return;
      } finally {
        expect(processorTime() - start).toBeLessThan(1000);
        expect(Buffer.compare(bytes, before)).toBe(0);
      }
      await accepted(value);
    }),
    { numRuns: RUNS },
  );
}

describe.each([
  ["plain", plainModel],
  ["full", fullModel],
])("a %s model", (_, model) => {
  test("as safetensors", async () => {
    await fuzz(await modelToSafetensors(model), modelFromSafetensors, expectSound);
  });
  test("as JSON", async () => fuzz(utf8(await modelToJson(model)), readModel, expectSound));
  test("as either", async () => fuzz(await modelToSafetensors(model), readModel, expectSound));
});

test("safetensors with any content", async () => {
  const tensors = new Map([
    ["a", { dtype: "F64", shape: [2, 1], bytes: float64s(1, 2) } as const],
    ["b", { dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 3) } as const],
  ]);
  const file = await writeSafetensors({ tensors, metadata: { note: "text" } });
  await fuzz(file, readSafetensors, async (read) => {
    expect(await readSafetensors(await writeSafetensors(read))).toEqual(read);
  });
});

test.each([
  ["<f8", [2, 3], true],
  ["<f2", [5], false],
  ["|b1", [3], false],
  ["<i4", [4], false],
  ["<U3", [2], false],
] as const)("NPY of %s", async (descr, shape, fortran) => {
  const elements = shape.reduce((product, size) => product * size, 1);
  const body = new Uint8Array(elements * { "<f8": 8, "<f2": 2, "|b1": 1, "<i4": 4, "<U3": 12 }[descr]);
  await fuzz(npyFile(npyHeader(descr, shape, fortran), body), readNpy, (read) => {
    expect(read.values).toHaveLength(read.shape.reduce((product, size) => product * size, 1));
  });
});

test("JSON of scikit-learn", async () => {
  const text = '{"coef_": [[1.5, -2], [3, 4e-3]], "intercept_": [0, 1], "classes_": ["a", "b"]}';
  await fuzz(utf8(text), (bytes) => fromSklearnJson(decode(bytes)), expectSound);
});

test("noise", async () => {
  const readSklearn = (bytes: Uint8Array) => fromSklearnJson(decode(bytes));
  for (const read of [readSafetensors, readNpy, readModel, readSklearn]) {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        await expect(read(bytes)).rejects.toThrow(FormatError);
      }),
    );
  }
});
