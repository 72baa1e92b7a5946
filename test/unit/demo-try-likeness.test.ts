/** Rows that are unlike the training rows: about 1 % of the validation rows, and most of what is scribbled. */
import { beforeAll, describe, expect, test } from "vitest";
import { digits } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { knownShare, partsOf, termOf } from "../../demo/app/data/known-words.ts";
import { type Likeness, likenessOf } from "../../demo/app/data/likeness.ts";
import { outlines } from "../../demo/app/data/outlines.ts";
import { termsOfRow } from "../../demo/app/data/row-terms.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import { imageStyleOf } from "../../demo/app/views/try/image-style.ts";
import { type ImageStyle, placed, rowOfInk, type Stroke } from "../../demo/app/views/try/raster.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Matrix } from "../../src/index.ts";

const IMAGE = { width: 28, height: 28, channels: 1 } as const;
const { signal } = new AbortController();

/** A set of points as one stroke, from x and y by turns. */
function stroke(...values: readonly number[]): Stroke {
  return Array.from({ length: values.length / 2 }, (_, i) => ({ x: values[2 * i], y: values[2 * i + 1] }));
}

describe("drawings, beside stroke digits", () => {
  let dataset: DemoDataset;
  let likeness: Likeness;
  let style: ImageStyle;
  beforeAll(async () => {
    dataset = await digits({ signal, onProgress: () => {} });
    const found = await likenessOf(dataset, signal);
    if (!found) throw new Error("nothing to compare");
    likeness = found;
    style = imageStyleOf(asDense(dataset.train.x), IMAGE);
  }, 60_000);

  function share(rows: readonly Float32Array[]): number {
    return (
      rows.filter((data) => likeness.farOf(termsOfRow({ data, rows: 1, cols: 784 }, 0)) > 1).length /
      rows.length
    );
  }
  function drawn(strokes: readonly Stroke[]): Float32Array {
    return rowOfInk(placed(strokes, style, IMAGE), style, IMAGE);
  }

  test("1 in 100 validation rows is unlike them, also of those that set no limit", () => {
    const { x } = dataset.validation;
    const far = Array.from({ length: x.rows }, (_, row) => likeness.farOf(termsOfRow(x, row)));
    const unlike = far.filter((distance) => distance > 1).length / x.rows;
    expect(unlike).toBeGreaterThan(0.002);
    expect(unlike).toBeLessThan(0.03);
  });

  test("most scribbles are", () => {
    const random = createRandom(7);
    const scribble = () => drawn([stroke(...Array.from({ length: 16 }, () => random.uniform()))]);
    expect(share(Array.from({ length: 60 }, scribble))).toBeGreaterThanOrEqual(0.8);
  });

  test("so are letters, a cross, a grid, a filled square, a dot, and digits with light and dark swapped", () => {
    const nonsense = [
      [stroke(0, 1, 0, 0, 0.5, 0.6, 1, 0, 1, 1)],
      [stroke(0, 0, 0, 1), stroke(1, 0, 0, 0.5, 1, 1)],
      [stroke(0, 0, 0, 1), stroke(1, 0, 1, 1), stroke(0, 0.5, 1, 0.5)],
      [stroke(1, 0, 0, 0, 0, 1, 1, 1), stroke(0, 0.5, 0.8, 0.5)],
      [stroke(0, 0, 0.25, 1, 0.5, 0.4, 0.75, 1, 1, 0)],
      [stroke(0, 0.5, 1, 0.5), stroke(0.5, 0, 0.5, 1)],
      [stroke(0.3, 0, 0.3, 1), stroke(0.7, 0, 0.7, 1), stroke(0, 0.3, 1, 0.3), stroke(0, 0.7, 1, 0.7)],
      [Array.from({ length: 80 }, (_, i) => ({ x: i % 2, y: i / 80 }))],
      [stroke(0.5, 0.5)],
    ];
    expect(share(nonsense.map(drawn))).toBeGreaterThanOrEqual(0.8);
    const { data } = asDense(dataset.validation.x);
    const inverted = Float32Array.from(data.subarray(0, 784), (value) => 1 - value / 255);
    expect(share([inverted])).toBe(1);
  });

  test("stops when the data set is replaced", async () => {
    const controller = new AbortController();
    controller.abort(new Error("replaced"));
    await expect(likenessOf(dataset, controller.signal)).rejects.toThrow("replaced");
  });
});

describe("rows of numbers", () => {
  const random = createRandom(3);
  const rows = (count: number): Matrix<Float32Array> => ({
    data: Float32Array.from({ length: 3 * count }, (_, i) =>
      i % 3 === 2 ? 5 : 1000 ** (i % 3) * random.uniform(),
    ),
    rows: count,
    cols: 3,
  });
  const part = (count: number) => ({ x: rows(count), y: Array.from({ length: count }, (_, i) => i % 2) });
  const dataset: DemoDataset = {
    name: "n",
    description: "",
    train: part(400),
    validation: part(100),
    image: null,
    features: null,
    code: null,
  };

  test("are far if one column is, in whatever unit; constant columns do not count", async () => {
    const likeness = await likenessOf(dataset, signal);
    const far = (...values: readonly number[]) =>
      likeness?.farOf(termsOfRow({ data: Float32Array.from(values), rows: 1, cols: 3 }, 0)) ?? Number.NaN;
    expect(far(0.5, 500, 5)).toBeLessThan(1);
    expect(far(0.5, 500, 900)).toBeLessThan(1);
    expect(far(3, 500, 5)).toBeGreaterThan(1);
    expect(far(0.5, 3000, 5)).toBeGreaterThan(1);
  });
});

test("outlines tell directions apart, and have unit length", () => {
  const picture = (isInk: (row: number, column: number) => boolean) =>
    outlines(
      Float32Array.from({ length: 784 }, (_, i) => Number(isInk(Math.floor(i / 28), i % 28))),
      IMAGE,
      7,
    );
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const across = picture((row) => row === 14 || row === 15);
  const down = picture((_, column) => column === 14 || column === 15);
  expect(dot(across, across)).toBeCloseTo(1, 5);
  expect(dot(across, down)).toBeLessThan(0.1);
  expect(picture(() => false).every((value) => value === 0)).toBe(true);
});

test("words of a text: its parts make it up again, and known ones are counted in any case", () => {
  const text = "What a GREAT film, größer als 2!";
  const parts = partsOf(text);
  expect(parts.map((part) => part.text).join("")).toBe(text);
  expect(parts.flatMap(({ term }) => term ?? [])).toEqual(["what", "great", "film", "größer", "als"]);
  expect(
    knownShare(
      text,
      new Map([
        ["great", 0],
        ["film", 1],
      ]),
    ),
  ).toBe(2 / 5);
  expect(knownShare(" – ", new Map())).toBe(null);
  expect(termOf("a: “b”: “c”", "a: “b”")).toBe("c");
});
