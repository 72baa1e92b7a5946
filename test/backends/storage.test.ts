/** Storage of X by name, on every backend that stores: the same as training on the values that the storage holds. */
import { describe, expect, test } from "vitest";
import type { Backend, DatasetSource } from "../../src/backends/backend.ts";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import { WasmBackend } from "../../src/backends/wasm/backend.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { fromHalf, type Storage, toHalf } from "../../src/data/storage.ts";
import { DataError, SoftmaxRegression } from "../../src/index.ts";
import { BACKENDS } from "../support/backends.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { randomProblem } from "../support/problems.ts";
import { trainerFor } from "../support/with-trainer.ts";

const SHAPE = { features: 37, classes: 5, bias: true };
const { source, parameters } = randomProblem({ rows: 90, ...SHAPE, isWeighted: true });
/** Values in [0, 1], which every storage can hold. */
const X: Matrix = { ...source.x, data: Float64Array.from(source.x.data, (value) => (1 + value) / 2) };

/** What a storage makes of a value. */
const HELD: Record<Storage, (value: number) => number> = {
  f32: Math.fround,
  f16: (value) => fromHalf(toHalf(value)),
  u8: (value) => Math.round(255 * value) / 255,
};

async function lossAndGradient(backend: Backend, given: DatasetSource) {
  const { trainer, data } = await trainerFor(disposeLater(backend), { source: given, parameters });
  trainer.write(parameters);
  return trainer.lossAndGradient(data, 1e-3);
}

describe.each(BACKENDS.filter(({ device }) => device !== "reference"))(
  "storage by name, $name",
  ({ open }) => {
    test.each(["f32", "f16", "u8"] as const)("%s", async (storage) => {
      const held = { ...X, data: Float64Array.from(X.data as Float64Array, HELD[storage]) };
      const expected = await lossAndGradient(new ReferenceBackend(), { ...source, x: held });
      const actual = await lossAndGradient(await open(), { ...source, x: X, storage });
      expectClose([actual.loss], [expected.loss], { absolute: 1e-6, relative: 1e-6 });
      expectClose(actual.dWeights, expected.dWeights, { absolute: 1e-6, relative: 1e-5 });
    });

    test("values that do not fit are refused with row and column, and nothing stays allocated", async () => {
      const backend = disposeLater(await open());
      for (const [storage, value] of [["u8", 1.5] as const, ["f16", 1e5] as const]) {
        const data = Float64Array.from(X.data);
        data[2 * 37 + 3] = value;
        const refused = backend.createDataset({ ...source, x: { ...X, data }, storage });
        await expect(refused).rejects.toThrow(DataError);
        await expect(refused).rejects.toThrow(/^x: storage .* row 2 column 3 is/);
      }
    });
  },
);

test("workers store their shares as the trainer's own thread does", async () => {
  const given: DatasetSource = { ...source, x: X, storage: "u8" };
  const one = await lossAndGradient(await WasmBackend.open({ threads: 1 }), given);
  const three = await lossAndGradient(await WasmBackend.open({ threads: 3 }), given);
  expectClose(three.dWeights, one.dWeights, { absolute: 1e-7, relative: 1e-5 });
});

test("a fit with f16 ends near the fit with f32: the accuracy that the documentation promises", async () => {
  const y = Array.from({ length: 90 }, (_, i) => i % 5);
  const weightsOf = async (storage: Storage) => {
    const options = { device: "wasm", solver: "sgd", epochs: 20, batchSize: 90, storage } as const;
    const model = disposeLater(new SoftmaxRegression(options));
    await model.fit(X, y);
    return model.weights;
  };
  const exact = await weightsOf("f32");
  const size = Math.max(...exact.map(Math.abs));
  expectClose(await weightsOf("f16"), exact, { absolute: 1e-3 * size, relative: 0 });
  expectClose(await weightsOf("u8"), exact, { absolute: 2e-2 * size, relative: 0 });
});

test("a fit names the argument whose values a storage cannot hold, before anything runs", async () => {
  const y = Array.from({ length: 90 }, (_, i) => i % 5);
  const model = disposeLater(new SoftmaxRegression({ device: "wasm", storage: "u8" }));
  const large = { ...X, data: Float64Array.from(X.data, (value, i) => (i === 40 ? 2 : value)) };
  await expect(model.fit(large, y)).rejects.toThrow(/^x: storage "u8" .* row 1 column 3 is 2/);
  await expect(model.fit(X, y, { validation: [large, y] })).rejects.toThrow(/^validation\[0\]: storage "u8"/);
  expect(model.device).toBeNull();
});
