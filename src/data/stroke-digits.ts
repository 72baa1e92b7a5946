/**
 * A stand-in for MNIST that needs no file: seeded drawings of the ten digits, 28 × 28 pixels of 8 bits, light
 * strokes on a dark ground. Made to be about as hard for a linear classifier as MNIST: trained on 4,000 images
 * it gets about 0.92 of unseen ones right, on 60,000 about 0.94. It is not MNIST, and accuracies on it say
 * nothing about handwriting.
 *
 * A seed gives the same bytes everywhere: only the seeded generator, the four operations and square roots
 * are used, all of which IEEE 754 fixes to the last bit. No sin, cos or log, which engines may round apart.
 */
import { LimitError, OptionError } from "../errors.ts";
import { describe, MAX_ELEMENTS, type Matrix } from "./matrix.ts";
import { createRandom, type Random, shuffle } from "./random.ts";
import { GLYPHS } from "./stroke-glyphs.ts";
import { ink, PIXELS, type Point, SIZE, traceCurve } from "./stroke-raster.ts";

/** What {@link strokeDigits} draws. */
export interface StrokeDigitsOptions {
  /** The number of images, an integer of at least 1. */
  readonly rows: number;
  /** Fixes every byte of the result: an integer in [0, 2³²), by default 0. */
  readonly seed?: number;
}

/**
 * Images `[rows, 784]`, one per row. Elements are bytes, 0 for ground and 255 for full ink, which the scale makes values
 * in [0, 1].
 */
export interface StrokeDigitImages extends Matrix<Uint8Array> {
  /** 1/255 */
  readonly scale: number;
  readonly height: 28;
  readonly width: 28;
}

/** Images and their digits. */
export interface StrokeDigits {
  readonly x: StrokeDigitImages;
  /** `[rows]` */
  readonly y: Uint8Array;
}

/** The glyph box in pixels, before scaling; as in MNIST a margin is left around it. */
const BOX = 18;

/** How far from its table a digit is drawn: the ranges that set how hard the images are to tell apart. */
const VARIATION = {
  /** Pen positions move by up to this part of the box, each way. */
  jitter: 0.075,
  /** Width and height are scaled by 1 − this to 1 + this, each on its own. */
  scale: 0.2,
  /** Tangent of the largest half angle of rotation, each way. */
  halfTurn: 0.13,
  /** Largest horizontal shift per unit of height, each way. */
  shear: 0.25,
  /** Largest move of the whole digit in pixels, each way. */
  shift: 1.9,
  /** Half the width of the stroke in pixels. */
  halfWidth: [0.7, 1.6],
  /** Largest amount added to a pixel or taken from it. */
  noise: 24,
} as const;

/**
 * Draws digits in random order, as many of each class as of any other, or one more.
 *
 * @returns images `x` `[rows, 784]` and their digits `y` `[rows]`
 * @throws OptionError  `rows` not an integer of at least 1, `seed` not an integer in [0, 2³²)
 * @throws LimitError   2³² elements or more
 */
export function strokeDigits(options: StrokeDigitsOptions): StrokeDigits {
  const drawing = drawStrokeDigits(options);
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return value;
  }
}

/** The same row by row, for those who have other things to do meanwhile; returns what {@link strokeDigits} does. */
export function* drawStrokeDigits(options: StrokeDigitsOptions): Generator<void, StrokeDigits> {
  const { rows, seed = 0 } = options;
  checkOptions(rows, seed);
  const random = createRandom(seed);
  const order = Uint32Array.from({ length: rows }, (_, row) => row % GLYPHS.length);
  shuffle(order, random);

  const data = new Uint8Array(rows * PIXELS);
  const squaredDistance = new Float64Array(PIXELS);
  for (let row = 0; row < rows; row++) {
    const image = data.subarray(row * PIXELS, (row + 1) * PIXELS);
    drawDigit(GLYPHS_AS_POINTS[order[row]], squaredDistance, image, random);
    yield;
  }
  const x = { data, rows, cols: PIXELS, scale: 1 / 255, height: SIZE, width: SIZE } as const;
  return { x, y: Uint8Array.from(order) };
}

function checkOptions(rows: unknown, seed: unknown): void {
  if (!Number.isInteger(rows) || (rows as number) < 1) {
    throw new OptionError("rows", `expected an integer of at least 1, got ${describe(rows)}`);
  }
  if (!Number.isInteger(seed) || (seed as number) < 0 || (seed as number) >= 2 ** 32) {
    throw new OptionError("seed", `expected an integer in [0, 2³²), got ${describe(seed)}`);
  }
  if ((rows as number) * PIXELS > MAX_ELEMENTS) {
    throw new LimitError(
      "rows",
      `${rows} × ${PIXELS} elements asked for, at most ${MAX_ELEMENTS} can be indexed`,
    );
  }
}

/** Pen positions in the glyph box, 0 to 1 each way. */
type Stroke = readonly Point[];

const GLYPHS_AS_POINTS: readonly (readonly (readonly Stroke[])[])[] = GLYPHS.map((variants) =>
  variants.map((glyph) => glyph.map(parseStroke)),
);

function parseStroke(points: string): Stroke {
  return points.split(" ").map((point) => {
    const [x, y] = point.split(",").map(Number);
    return { x: x / 100, y: y / 100 };
  });
}

/** Draws one of `variants`, bent and placed at random, over the whole of `image`. */
function drawDigit(
  variants: readonly (readonly Stroke[])[],
  squaredDistance: Float64Array,
  image: Uint8Array,
  random: Random,
): void {
  const place = randomPlacement(random);
  const [thinnest, thickest] = VARIATION.halfWidth;
  const halfWidth = thinnest + (thickest - thinnest) * random.uniform();
  squaredDistance.fill(Infinity);

  let lastPoint: Point | undefined;
  let lastPlaced: Point | undefined;
  for (const stroke of variants[random.integer(variants.length)]) {
    const placed = stroke.map((point, i) => {
      const joins = i === 0 && lastPoint?.x === point.x && lastPoint.y === point.y;
      return joins && lastPlaced !== undefined ? lastPlaced : place(point);
    });
    traceCurve(placed, halfWidth + 0.5, squaredDistance);
    lastPoint = stroke.at(-1);
    lastPlaced = placed.at(-1);
  }
  ink(squaredDistance, halfWidth, VARIATION.noise, image, random);
}

/** Uniform in [−range, range). */
function spread(range: number, random: Random): number {
  return range * (2 * random.uniform() - 1);
}

/** A random affine map from the glyph box to pixels, with fresh jitter for every point it is given. */
function randomPlacement(random: Random): (point: Point) => Point {
  const width = BOX * (1 + spread(VARIATION.scale, random));
  const height = BOX * (1 + spread(VARIATION.scale, random));
  const shear = spread(VARIATION.shear, random);
  // The rotation of twice the angle whose tangent is t, without trigonometric functions.
  const t = spread(VARIATION.halfTurn, random);
  const cos = (1 - t * t) / (1 + t * t);
  const sin = (2 * t) / (1 + t * t);
  const centreX = SIZE / 2 + spread(VARIATION.shift, random);
  const centreY = SIZE / 2 + spread(VARIATION.shift, random);

  return ({ x, y }) => {
    const v = height * (y - 0.5 + spread(VARIATION.jitter, random));
    const u = width * (x - 0.5 + spread(VARIATION.jitter, random)) - shear * v;
    return { x: centreX + cos * u - sin * v, y: centreY + sin * u + cos * v };
  };
}
