/**
 * The drawn digits: bytes determined by the seed, balanced classes, the range of values, and that a linear classifier
 * learns them about as well as MNIST.
 */
import { describe, expect, test } from "vitest";
import { createRandom, shuffle } from "../../src/data/random.ts";
import { drawStrokeDigits, strokeDigits } from "../../src/data/strokes/stroke-digits.ts";
import { LimitError, OptionError } from "../../src/errors.ts";
import { checksum } from "../support/checksum.ts";

const PIXELS = 784;
const CLASSES = 10;

type Digits = ReturnType<typeof strokeDigits>;

function countClasses(y: Uint8Array): number[] {
  const counts = new Array<number>(CLASSES).fill(0);
  for (const label of y) counts[label]++;
  return counts;
}

function imagesOf({ x, y }: Digits, digit: number): Uint8Array[] {
  return [...y.keys()]
    .filter((row) => y[row] === digit)
    .map((row) => x.data.subarray(row * PIXELS, (row + 1) * PIXELS));
}

describe("the seed", () => {
  test("fixes every byte: checksums of seed 0 and seed 1", () => {
    const zero = strokeDigits({ rows: 500 });
    expect([checksum(zero.x.data), checksum(zero.y)]).toEqual(["ac6c4416", "35fdb3e1"]);
    const one = strokeDigits({ rows: 500, seed: 1 });
    expect([checksum(one.x.data), checksum(one.y)]).toEqual(["27e2d49b", "8153b1cb"]);
  });

  test("gives the same row by row", () => {
    const drawing = drawStrokeDigits({ rows: 12, seed: 9 });
    let rows = 0;
    for (;;) {
      const { done, value } = drawing.next();
      if (!done) {
        rows++;
        continue;
      }
      expect(value).toEqual(strokeDigits({ rows: 12, seed: 9 }));
      expect(rows).toBe(12);
      break;
    }
  });

  test("is 0 by default, and calls do not affect each other", () => {
    const first = strokeDigits({ rows: 30, seed: 0 });
    strokeDigits({ rows: 7, seed: 5 });
    expect(strokeDigits({ rows: 30 })).toEqual(first);
  });

  test.each([1, 2, 2 ** 32 - 1])("seed %i gives other images and another order than seed 0", (seed) => {
    const zero = strokeDigits({ rows: 100, seed: 0 });
    const other = strokeDigits({ rows: 100, seed });
    expect(other.x.data).not.toEqual(zero.x.data);
    expect(other.y).not.toEqual(zero.y);
  });
});

describe("images and labels", () => {
  test("shape", () => {
    const { x, y } = strokeDigits({ rows: 23 });
    expect(x).toMatchObject({ rows: 23, cols: PIXELS, height: 28, width: 28 });
    expect(x.data).toBeInstanceOf(Uint8Array);
    expect(x.data.length).toBe(23 * PIXELS);
    expect(y).toBeInstanceOf(Uint8Array);
    expect(y.length).toBe(23);
  });

  test.each([1, 9, 10, 11, 1000, 1007])("%i rows are balanced to within one", (rows) => {
    const counts = countClasses(strokeDigits({ rows, seed: 3 }).y);
    expect(counts.length).toBe(CLASSES);
    expect(counts.reduce((sum, count) => sum + count)).toBe(rows);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  test("labels are not in order: the first half holds every digit about as often as the second", () => {
    const { y } = strokeDigits({ rows: 2000 });
    expect([...y.subarray(0, 10)]).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // Hypergeometric with standard deviation 6.7: five deviations each way.
    for (const count of countClasses(y.subarray(0, 1000))) expect(Math.abs(count - 100)).toBeLessThan(34);
  });

  test("light strokes on a dark ground: every image has full ink, bare ground, and more of the ground", () => {
    const { x } = strokeDigits({ rows: 2000, seed: 4 });
    for (let row = 0; row < x.rows; row++) {
      const image = x.data.subarray(row * PIXELS, (row + 1) * PIXELS);
      const inked = image.filter((value) => value > 127).length;
      expect(Math.max(...image)).toBe(255);
      expect(Math.min(...image)).toBe(0);
      expect(inked).toBeGreaterThan(15);
      expect(inked).toBeLessThan(PIXELS / 2);
    }
  });

  test("the ink lies inside: the mean image fades out towards the border", () => {
    const { x } = strokeDigits({ rows: 2000, seed: 4 });
    let border = 0;
    let centre = 0;
    for (let i = 0; i < x.data.length; i++) {
      const row = Math.floor((i % PIXELS) / 28);
      const col = i % 28;
      if (row === 0 || row === 27 || col === 0 || col === 27) border += x.data[i] / (2000 * 108);
      if (row >= 7 && row < 21 && col >= 7 && col < 21) centre += x.data[i] / (2000 * 196);
    }
    expect(border).toBeLessThan(12);
    expect(centre).toBeGreaterThan(60);
  });

  test("images of a digit differ from the first one by more than noise", () => {
    const digits = strokeDigits({ rows: 500, seed: 6 });
    for (let digit = 0; digit < CLASSES; digit++) {
      const images = imagesOf(digits, digit);
      for (let i = 1; i < images.length; i++) {
        const different = images[i].filter((value, pixel) => Math.abs(value - images[0][pixel]) > 60).length;
        expect(different).toBeGreaterThan(20);
      }
    }
  });
});

describe("options", () => {
  test.each([0, -1, 1.5, Number.NaN, Infinity, "10", undefined, null])("rows %s is refused", (rows) => {
    const draw = () => strokeDigits({ rows: rows as number });
    expect(draw).toThrow(OptionError);
    expect(draw).toThrow(/^rows: expected an integer of at least 1, got /);
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN, "1", null])("seed %s is refused", (seed) => {
    const draw = () => strokeDigits({ rows: 1, seed: seed as number });
    expect(draw).toThrow(OptionError);
    expect(draw).toThrow(/^seed: expected an integer in \[0, 2³²\), got /);
  });

  test("the first number of rows that 32-bit indices cannot hold is refused before any is drawn", () => {
    const rows = Math.ceil(2 ** 32 / PIXELS);
    expect(() => strokeDigits({ rows })).toThrow(LimitError);
    expect(() => strokeDigits({ rows: 1e300 })).toThrow(/^rows: /);
  });
});

describe("difficulty", () => {
  test("softmax regression on 4,000 images gets between 0.85 and 0.96 of other images right", () => {
    const weights = trainSoftmax(strokeDigits({ rows: 4000, seed: 0 }), 6, 0.01);
    const accuracy = accuracyOf(weights, strokeDigits({ rows: 2000, seed: 1000 }));
    expect(accuracy).toBeGreaterThan(0.85);
    expect(accuracy).toBeLessThan(0.96);
  });
});

/** Plain stochastic gradient descent, one image at a time. Weights `[10, 785]`, the bias last. */
function trainSoftmax({ x, y }: Digits, epochs: number, learningRate: number): Float64Array {
  const weights = new Float64Array(CLASSES * (PIXELS + 1));
  const random = createRandom(99);
  const order = Uint32Array.from(y.keys());
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (const row of order) {
      const image = x.data.subarray(row * PIXELS, (row + 1) * PIXELS);
      const logits = logitsOf(weights, image);
      const largest = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
      for (let k = 0; k < CLASSES; k++) {
        const dLogit = Math.exp(logits[k] - largest) / sum - (y[row] === k ? 1 : 0);
        const step = learningRate * dLogit;
        const start = k * (PIXELS + 1);
        for (let j = 0; j < PIXELS; j++) weights[start + j] -= (step * image[j]) / 255;
        weights[start + PIXELS] -= step;
      }
    }
  }
  return weights;
}

function accuracyOf(weights: Float64Array, { x, y }: Digits): number {
  const correct = y.filter((label, row) => {
    const logits = logitsOf(weights, x.data.subarray(row * PIXELS, (row + 1) * PIXELS));
    return logits.indexOf(Math.max(...logits)) === label;
  });
  return correct.length / y.length;
}

function logitsOf(weights: Float64Array, image: Uint8Array): number[] {
  return Array.from({ length: CLASSES }, (_, k) => {
    const start = k * (PIXELS + 1);
    let logit = weights[start + PIXELS];
    for (let j = 0; j < PIXELS; j++) logit += (weights[start + j] * image[j]) / 255;
    return logit;
  });
}
