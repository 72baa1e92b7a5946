/** Rows, labels and options that are refused, on every device that can be asked for here. */
import { describe, expect, test } from "vitest";
import {
  DataError,
  type FitOptions,
  type LabelsLike,
  LimitError,
  type MatrixLike,
  OptionError,
  ShapeError,
  StateError,
} from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { NUMBERS, POINTS, SOFT, STRINGS } from "../support/clouds.ts";
import { modelsOn } from "../support/models-on.ts";

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith } = modelsOn({ device, solver: "sgd", epochs: 5, batchSize: 16 });

  describe("bad input leaves the model as it was", () => {
    const nan = POINTS.map((row, i) => (i === 7 ? [row[0], Number.NaN] : row));
    const FIVE = { data: new Float32Array(5), rows: 2, cols: 3 };
    const many = { data: Uint32Array.from({ length: 70_000 }, (_, i) => i), rows: 70_000, cols: 1 };
    const cases: readonly [string, MatrixLike, LabelsLike, new (...args: never[]) => Error, string][] = [
      ["no rows", [], [], ShapeError, "x"],
      ["ragged rows", [[1, 2], [3]], [0, 1], ShapeError, "x"],
      ["rows × cols that is not the length", FIVE, [0, 1], ShapeError, "x.data"],
      ["NaN in x", nan, NUMBERS, DataError, "x"],
      ["infinity in x", [[1], [Infinity]], [0, 1], DataError, "x"],
      ["a value that float32 cannot hold", [[1], [1e39]], [0, 1], DataError, "x"],
      ["negative labels", POINTS, NUMBERS.map((v) => -v), DataError, "y"],
      ["fractional labels", POINTS, NUMBERS.map((v) => v + 0.5), DataError, "y"],
      ["NaN labels", POINTS, NUMBERS.map(() => Number.NaN), DataError, "y"],
      [
        "labels of mixed types",
        POINTS,
        NUMBERS.map((v, i) => (i === 4 ? "4" : v)) as number[],
        DataError,
        "y",
      ],
      ["a single class", POINTS, NUMBERS.map(() => 1), DataError, "y"],
      ["too many classes", { ...many, data: new Uint8Array(70_000) }, many.data, LimitError, "y"],
      ["soft rows that are negative", POINTS, SOFT.map(() => [-0.5, 0.5, 1]), DataError, "y"],
      ["soft rows that do not sum to 1", POINTS, SOFT.map(() => [0.5, 0.5, 0.5]), DataError, "y"],
      ["x and y of different lengths", POINTS, NUMBERS.slice(1), ShapeError, "y"],
    ];
    for (const [what, x, y, type, argument] of cases) {
      test(what, async () => {
        const model = modelWith();
        await model.fit(POINTS, NUMBERS);
        const before = model.weights;
        const error = await model.fit(x, y).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(type);
        expect(error).toMatchObject({ argument });
        expect(model.weights).toEqual(before);
        expect(await model.predict(POINTS)).toEqual(NUMBERS);
      });
    }

    test("validation rows are checked before anything starts", async () => {
      const model = modelWith();
      const wide = POINTS.map((row) => [...row, 0]);
      for (const [x, y, name, argument] of [
        [wide, NUMBERS, "ShapeError", "validation[0]"],
        [POINTS, STRINGS, "DataError", "validation[1]"],
        [nan, NUMBERS, "DataError", "validation[0]"],
      ] as const)
        await expect(model.fit(POINTS, NUMBERS, { validation: [x, y] })).rejects.toMatchObject({
          name,
          argument,
        });
      expect(model.device).toBeNull();
    });

    test("options of fit: unknown names and wrong types", async () => {
      const model = modelWith();
      for (const options of [
        null,
        { validationData: [POINTS, NUMBERS] },
        { validation: 5 },
        { validation: [POINTS] },
        { onEpoch: 5 },
        { onProgress: "yes" },
        { signal: "x" },
      ]) {
        await expect(model.fit(POINTS, NUMBERS, options as FitOptions)).rejects.toThrow(OptionError);
      }
      expect(model.device).toBeNull();
    });

    test("more results than an array can hold", async () => {
      const model = modelWith({ epochs: 1 });
      const classes = 65_536;
      const soft = { data: new Float32Array(classes).fill(1 / classes), rows: 1, cols: classes };
      await model.fit([[1]], soft);
      const many = { data: new Uint8Array(classes), rows: classes, cols: 1 };
      await expect(model.predictProba(many)).rejects.toMatchObject({ name: "LimitError", argument: "x" });
    });

    test("finite rows whose scores overflow", async () => {
      const model = modelWith();
      await model.fit(POINTS, NUMBERS);
      const [rows, labels] = [
        [...POINTS.slice(0, 3), [3e38, -3e38], [3e38, 3e38]],
        [2, 5, 2, 5, 5],
      ];
      for (const call of [
        () => model.predict(rows),
        () => model.predict(rows, { minProbability: 0.5 }),
        () => model.predictProba(rows),
        () => model.logits(rows),
        () => model.evaluate(rows, labels),
        () => model.report(rows, labels),
      ]) {
        const error = await call().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(DataError);
        expect(String(error)).toMatch(/overflow float32, first in row 3/);
      }
    });

    test("predict: before fit, other features, NaN; evaluate: unknown labels", async () => {
      const model = modelWith();
      await expect(model.predict(POINTS)).rejects.toThrow(StateError);
      await expect(model.evaluate(POINTS, NUMBERS)).rejects.toThrow(StateError);
      expect(() => model.classes).toThrow(StateError);
      await model.fit(POINTS, NUMBERS);
      await expect(model.predict([[1, 2, 3]])).rejects.toThrow(ShapeError);
      await expect(model.predictProba([[1, Number.NaN]])).rejects.toThrow(DataError);
      const unknown = NUMBERS.map(() => 3);
      await expect(model.evaluate(POINTS, unknown)).rejects.toThrow(DataError);
    });

    test("two fits at once", async () => {
      const model = modelWith();
      const first = model.fit(POINTS, NUMBERS);
      await expect(model.fit(POINTS, STRINGS)).rejects.toThrow(StateError);
      await first;
      expect(model.classes).toEqual([2, 5, 11]);
    });
  });
});
