/** What the demo does with rows of pictures: where a picture is taken from, copies, and the rows of each class. */
import { describe, expect, test } from "vitest";
import type { ImageShape } from "../../demo/app/data/demo-dataset.ts";
import { rowsOfClasses } from "../../demo/app/data/pictures/class-rows.ts";
import { withCopies } from "../../demo/app/data/pictures/copies.ts";
import { placementOf } from "../../demo/app/data/pictures/picture-fit.ts";
import { asDense } from "../../demo/app/data/rows.ts";

const { signal } = new AbortController();

describe("where a picture is taken from and put to", () => {
  const shape = { width: 28, height: 28 };
  const picture = { width: 400, height: 300 };
  const all = { x: 0, y: 0, ...shape };
  const whole = { x: 0, y: 0, ...picture };

  test.each([
    ["crop", { x: 50, y: 0, width: 300, height: 300 }, all],
    ["fit", whole, { x: 0, y: 3, width: 28, height: 21 }],
    ["stretch", whole, all],
  ] as const)("%s", (fit, source, target) => {
    const found = placementOf(picture, shape, fit);
    expect(found.target).toEqual(target);
    for (const [name, value] of Object.entries(source))
      expect(found.source).toHaveProperty(name, expect.closeTo(value));
  });

  test("a line of one pixel is fitted to a line, and never to nothing", () => {
    expect(placementOf({ width: 5000, height: 1 }, shape, "fit").target).toEqual({
      x: 0,
      y: 13,
      width: 28,
      height: 1,
    });
  });
});

describe("copies of training pictures", () => {
  const shape: ImageShape = { width: 4, height: 3, channels: 3 };
  const cols = 4 * 3 * 3;
  const rows = 5;
  const data = Uint8Array.from({ length: rows * cols }, (_, i) => (i * 37) % 251);
  const samples = {
    x: { data, rows, cols, scale: 1 / 255 },
    y: ["a", "b", "a", "b", "a"],
    origin: { kind: "pictures", paths: ["1", "2", "3", "4", "5"] },
  } as const;
  /** Pixel (x, y) of a row. */
  const at = (from: ArrayLike<number>, row: number, x: number, y: number) =>
    [0, 1, 2].map((c) => from[row * cols + 3 * (y * 4 + x) + c]);

  test("as they are, mirrored, shifted, and both", async () => {
    const copies = await withCopies(samples, shape, signal);
    const made = asDense(copies.x).data;
    expect(copies.x).toMatchObject({ rows: 20, cols, scale: 1 / 255 });
    expect(Array.from(made.subarray(0, data.length))).toEqual(Array.from(data));
    for (let row = 0; row < rows; row++) {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 4; x++) expect(at(made, rows + row, x, y)).toEqual(at(data, row, 3 - x, y));
      }
      // Shifted by one pixel: some neighbour of each inner pixel was there before, the same for all.
      const shifts = [-1, 1].flatMap((dx) => [-1, 1].map((dy) => [dx, dy]));
      const isShifted = ([dx, dy]: readonly number[], kind: number, from: (x: number) => number) =>
        [1, 2].every(
          (x) => String(at(made, kind * rows + row, x, 1)) === String(at(data, row, from(x - dx), 1 - dy)),
        );
      expect(shifts.filter((shift) => isShifted(shift, 2, (x) => x))).toHaveLength(1);
      expect(shifts.filter((shift) => isShifted(shift, 3, (x) => 3 - x))).toHaveLength(1);
    }
    expect(copies.y).toEqual([...samples.y, ...samples.y, ...samples.y, ...samples.y]);
    expect(copies.origin).toMatchObject({ paths: Array.from({ length: 20 }, (_, i) => `${(i % 5) + 1}`) });
  });

  test("the same rows have the same copies", async () => {
    const [one, other] = [await withCopies(samples, shape, signal), await withCopies(samples, shape, signal)];
    expect(asDense(one.x).data).toEqual(asDense(other.x).data);
  });

  test("an abort ends it", async () => {
    await expect(withCopies(samples, shape, AbortSignal.abort(new Error("enough")))).rejects.toThrow(
      "enough",
    );
  });
});

test("each class has its number of rows, and its first few", async () => {
  const found = await rowsOfClasses([3, 1, 3, 3, 1, 3], 2, signal);
  expect([...found]).toEqual([
    [3, { count: 4, first: [0, 2] }],
    [1, { count: 2, first: [1, 4] }],
  ]);
});
