/**
 * Damaged files by the thousand. Whatever a file says, the answer is a FormatError or a value that is sound, within a
 * second; nothing else is thrown, and the bytes given stay as they were.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { modelFromJson, modelToJson } from "../../../src/formats/model-json.ts";
import { modelFromSafetensors, modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readNpy } from "../../../src/formats/npy.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import { readSafetensors, writeSafetensors } from "../../../src/formats/safetensors.ts";
import { checkModel, type SavedModel } from "../../../src/formats/saved-model.ts";
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
  utf8,
} from "./support.ts";

const RUNS = 3000;
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Sound, and the same through every format of ours. */
function expectSound(model: SavedModel): void {
  checkModel(model);
  expectSameModel(modelFromJson(modelToJson(model)), model);
  expectSameModel(modelFromSafetensors(modelToSafetensors(model)), model);
}

/** What `read` makes of damaged files; `accepted` checks what it takes for sound. */
function fuzz<T>(valid: Uint8Array, read: (bytes: Bytes) => T, accepted: (value: T) => void): void {
  fc.assert(
    fc.property(damaged(valid), (bytes) => {
      const before = bytes.slice();
      const start = performance.now();
      let value: T;
      try {
        value = read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        return;
      } finally {
        expect(performance.now() - start).toBeLessThan(1000);
        expect(Buffer.compare(bytes, before)).toBe(0);
      }
      accepted(value);
    }),
    { numRuns: RUNS },
  );
}

describe.each([
  ["plain", plainModel],
  ["full", fullModel],
])("a %s model", (_, model) => {
  test("as safetensors", () => fuzz(modelToSafetensors(model), modelFromSafetensors, expectSound));
  test("as JSON", () => fuzz(utf8(modelToJson(model)), readModel, expectSound));
  test("as either", () => fuzz(modelToSafetensors(model), readModel, expectSound));
});

test("safetensors of anything", () => {
  const tensors = new Map([
    ["a", { dtype: "F64", shape: [2, 1], bytes: float64s(1, 2) } as const],
    ["b", { dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 3) } as const],
  ]);
  const file = writeSafetensors({ tensors, metadata: { note: "text" } });
  fuzz(file, readSafetensors, (read) => {
    expect(readSafetensors(writeSafetensors(read))).toEqual(read);
  });
});

test.each([
  ["<f8", [2, 3], true],
  ["<i4", [4], false],
  ["<U3", [2], false],
] as const)("NPY of %s", (descr, shape, fortran) => {
  const body = new Uint8Array(descr === "<f8" ? 48 : descr === "<i4" ? 16 : 24);
  fuzz(npyFile(npyHeader(descr, shape, fortran), body), readNpy, (read) => {
    expect(read.values).toHaveLength(read.shape.reduce((product, size) => product * size, 1));
  });
});

test("JSON of scikit-learn", () => {
  const text = '{"coef_": [[1.5, -2], [3, 4e-3]], "intercept_": [0, 1], "classes_": ["a", "b"]}';
  fuzz(utf8(text), (bytes) => fromSklearnJson(decode(bytes)), expectSound);
});

test("noise", () => {
  for (const read of [
    readSafetensors,
    readNpy,
    readModel,
    (bytes: Uint8Array) => fromSklearnJson(decode(bytes)),
  ]) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => read(bytes)).toThrow(FormatError);
      }),
    );
  }
});
