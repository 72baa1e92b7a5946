/** Drawing a digit: ink of strokes, its place on the image, the pad of cells, and the evidence for a class. */
import { describe, expect, test } from "vitest";
import { CELLS, strokesOfCells } from "../../demo/app/views/try/cells.ts";
import {
  answerTo,
  contributions,
  evidenceImage,
  forAndAgainst,
  largestTerm,
  likeliest,
} from "../../demo/app/views/try/evidence.ts";
import { imageStyleOf } from "../../demo/app/views/try/image-style.ts";
import {
  centreOfMass,
  coverage,
  type ImageStyle,
  placed,
  rowOfInk,
} from "../../demo/app/views/try/raster.ts";
import { strokeDigits } from "../../src/digits.ts";
import { SoftmaxRegression } from "../../src/index.ts";

const IMAGE = { width: 28, height: 28, channels: 1 } as const;
const LOOK: ImageStyle = { ground: 0, full: 1, side: 20, centre: { x: 14, y: 14 } };

describe("ink", () => {
  test("a dot covers the pen's circle, full inside and half on its edge", () => {
    const ink = coverage([[{ x: 4.5, y: 4.5 }]], 2, { width: 9, height: 9 });
    expect(ink[4 * 9 + 4]).toBe(1);
    expect(ink[4 * 9 + 6]).toBe(0.5);
    expect(ink[4 * 9 + 7]).toBe(0);
  });

  test("weighs as much as the line's area, wherever it lies", () => {
    const line = (shift: number) => [
      { x: 5 + shift, y: 6 + shift },
      { x: 15 + shift, y: 16 + shift },
    ];
    for (const shift of [0, 0.3, 0.71]) {
      const area = coverage([line(shift)], 1.5, IMAGE).reduce((sum, amount) => sum + amount, 0);
      expect(area).toBeCloseTo(3 * Math.hypot(10, 10) + Math.PI * 1.5 ** 2, -0.5);
    }
  });

  test("leaves what lies beyond the image", () => {
    const ink = coverage(
      [
        [
          { x: -5, y: 3 },
          { x: 40, y: 3 },
        ],
      ],
      1,
      { width: 6, height: 6 },
    );
    expect(ink.every(Number.isFinite)).toBe(true);
    expect(ink.subarray(0, 6).every((amount) => amount === 0)).toBe(true);
  });
});

describe("the place of a drawing", () => {
  const seven = [
    [
      { x: 0.1, y: 0.1 },
      { x: 0.3, y: 0.1 },
      { x: 0.15, y: 0.45 },
    ],
  ];

  test("its centre of mass is at the middle", () => {
    const { x, y } = centreOfMass(placed(seven, LOOK, IMAGE), IMAGE);
    expect(Math.hypot(x - 14, y - 14)).toBeLessThan(0.15);
  });

  test("is the same wherever and however large it was drawn", () => {
    const elsewhere = seven.map((stroke) =>
      stroke.map(({ x, y }) => ({ x: 0.3 + 1.4 * x, y: 0.2 + 1.4 * y })),
    );
    const [one, other] = [placed(seven, LOOK, IMAGE), placed(elsewhere, LOOK, IMAGE)];
    for (const [pixel, amount] of one.entries()) expect(other[pixel]).toBeCloseTo(amount, 5);
  });

  test("is the same at an eighth of the sheet, so that small digits are read", () => {
    const small = seven.map((stroke) => stroke.map(({ x, y }) => ({ x: 0.7 + x / 4, y: 0.1 + y / 4 })));
    const [one, other] = [placed(seven, LOOK, IMAGE), placed(small, LOOK, IMAGE)];
    for (const [pixel, amount] of one.entries()) expect(other[pixel]).toBeCloseTo(amount, 5);
    const tick = placed(
      [
        [
          { x: 0.5, y: 0.5 },
          { x: 0.51, y: 0.51 },
        ],
      ],
      LOOK,
      IMAGE,
    );
    expect(tick.reduce((sum, amount) => sum + amount, 0)).toBeLessThan(20);
  });

  test("fills the box that training images fill", () => {
    const rows = placed(seven, LOOK, IMAGE);
    const inked = [...rows.keys()]
      .filter((pixel) => rows[pixel] > 0.3)
      .map((pixel) => Math.floor(pixel / 28));
    expect(Math.max(...inked) - Math.min(...inked) + 1).toBeCloseTo(20, -0.3);
  });

  test("a dot is not blown up", () => {
    expect(placed([[{ x: 0.9, y: 0.9 }]], LOOK, IMAGE).reduce((sum, amount) => sum + amount, 0)).toBeLessThan(
      8,
    );
  });
});

describe("how training images style", () => {
  const { x } = strokeDigits({ rows: 300, seed: 0 });

  test("stroke digits: light on dark, in the middle", () => {
    const style = imageStyleOf(x, IMAGE);
    expect(style).toMatchObject({ ground: 0, full: 1 });
    expect(style.side).toBeGreaterThan(16);
    expect(style.side).toBeLessThan(22);
    expect(Math.hypot(style.centre.x - 14, style.centre.y - 14)).toBeLessThan(0.6);
  });

  test("dark on light is seen as such", () => {
    const data = x.data.map((value) => 255 - value);
    expect(imageStyleOf({ ...x, data }, IMAGE)).toMatchObject({ ground: 1, full: 0 });
    expect([...rowOfInk(Float32Array.of(0, 1), { ...LOOK, ground: 1, full: 0 }, IMAGE)]).toEqual([1, 0]);
  });

  test("no images, of a project without its rows: light on dark, of usual size in the middle", () => {
    const none = { data: new Float32Array(), rows: 0, cols: 784 };
    const centre = { x: 14, y: 14 };
    expect(imageStyleOf(none, IMAGE)).toEqual({ ground: 0, full: 1, side: 20, centre });
  });

  test("images without ink", () => {
    const empty = { data: new Uint8Array(2 * 784), rows: 2, cols: 784 };
    expect(imageStyleOf(empty, IMAGE)).toMatchObject({ ground: 0, full: 1, side: 28 });
  });
});

describe("the pad of cells", () => {
  test("joins cells that touch, diagonal ones only if nothing else does", () => {
    const count = (...cells: number[]) =>
      strokesOfCells(new Set(cells), 1).filter((stroke) => stroke.length === 2).length;
    expect(count(0, 1)).toBe(1);
    expect(count(0, CELLS + 1)).toBe(1);
    expect(count(0, 1, CELLS + 1)).toBe(2);
    expect(count(CELLS - 1, CELLS)).toBe(0);
    expect(count(0, 5)).toBe(0);
  });
});

describe("evidence", () => {
  test("answers as the model does, and the terms with the bias add up to the score", async () => {
    const { x, y } = strokeDigits({ rows: 400, seed: 3 });
    const model = new SoftmaxRegression({ device: "reference", solver: "sgd", epochs: 3 });
    await model.fit(x, y);
    const { weights, bias } = model;
    const parameters = { weights: Float64Array.from(weights), bias: Float64Array.from(bias) };
    const row = Float32Array.from(x.data.subarray(0, 784), (value) => value / 255);
    const { probabilities, logits } = answerTo(row, parameters);
    const expected = await model.predictProba({ data: row, rows: 1, cols: 784 });
    for (const [k, p] of probabilities.entries()) expect(p).toBeCloseTo(expected.data[k], 5);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);

    const k = likeliest(probabilities);
    const sums = forAndAgainst(contributions(row, parameters, k, 1));
    expect(sums.for + sums.against + bias[k]).toBeCloseTo(logits[k], 5);
    model.dispose();
  });

  test("channels of a pixel count together, and one scale serves all classes", () => {
    const x = Float32Array.of(1, 2, 3, 0, 1, 1);
    const parameters = {
      weights: Float64Array.of(1, 1, 1, 1, 1, 1, 0, 0, -3, 2, 0, 0),
      bias: Float64Array.of(0, 0),
    };
    expect([...contributions(x, parameters, 0, 3)]).toEqual([6, 2]);
    expect([...contributions(x, parameters, 1, 3)]).toEqual([-9, 0]);
    expect(largestTerm(x, parameters, 3, [0, 1])).toBe(9);
    expect(largestTerm(x, parameters, 3, [0])).toBe(6);
  });

  test("the picture: full colours at the scale, the background elsewhere", () => {
    const colours = {
      ground: [0, 0, 0],
      ink: [255, 255, 255],
      plus: [0, 0, 255],
      minus: [255, 128, 0],
    } as const;
    const rgba = evidenceImage(Float32Array.of(1, 1, 0), Float64Array.of(2, -2, 0), 2, colours);
    expect([...rgba]).toEqual([0, 0, 255, 255, 255, 128, 0, 255, 0, 0, 0, 255]);
    expect([...evidenceImage(Float32Array.of(1), null, 0, colours)]).toEqual([255, 255, 255, 255]);
  });
});
