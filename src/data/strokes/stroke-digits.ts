/**
 * Draws a data set of the ten digits from a seed, a substitute for MNIST that needs no file: 28 × 28 pixels of 8 bits,
 * light strokes on a dark ground. The images are about as hard for a linear classifier as MNIST: after training on
 * 4,000 of them it classifies about 0.92 of unseen ones correctly, after 60,000 about 0.94. Accuracies on them say
 * nothing about handwriting.
 *
 * A seed gives the same bytes on every engine: only the seeded generator, the four operations and square roots are
 * used, all of which IEEE 754 defines to the last bit, and not sin, cos or log, which engines round differently.
 */
import { LimitError, OptionError } from "../../errors.ts";
import { describe, MAX_ELEMENTS, type Matrix } from "../matrix.ts";
import { createRandom, type Random, shuffle } from "../random.ts";
import { GLYPHS } from "./stroke-glyphs.ts";
import { ink, PIXELS, type Point, SIZE, traceCurve } from "./stroke-raster.ts";

/** Options of {@link strokeDigits}. */
export interface StrokeDigitsOptions {
  /** Number of images, an integer of at least 1. */
  readonly rows: number;
  /** Determines every byte of the result; an integer in [0, 2³²). Default: 0. */
  readonly seed?: number;
}

/** Images `[rows, 784]`, one per row. Elements are bytes, 0 for ground and 255 for ink; times the scale, [0, 1]. */
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

/** Side of the box of a glyph in pixels, before scaling. As in MNIST, there is a margin around it. */
const BOX = 18;

/**
 * Random variation of a digit, each uniform in its range. These ranges determine how hard the images are to classify.
 */
const VARIATION = {
  /** Pen positions move by up to this share of the box, each way. */
  jitter: 0.075,
  /** Width and height are scaled by 1 − this to 1 + this, independently. */
  scale: 0.2,
  /** Tangent of half the largest angle of rotation, each way. */
  halfTurn: 0.13,
  /** Largest horizontal shift per unit of height, each way. */
  shear: 0.25,
  /** Largest shift of the whole digit in pixels, each way. */
  shift: 1.9,
  /** Smallest and largest half width of the stroke, in pixels. */
  halfWidth: [0.7, 1.6],
  /** Largest amount added to a pixel or subtracted from it. */
  noise: 24,
} as const;

/**
 * Draws digits in random order, whose numbers of images per digit differ by at most one.
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

/** An image that was drawn. */
export interface DrawnDigit {
  readonly digit: number;
  /** `[784]`, a part of the result. */
  readonly image: Uint8Array;
}

/** Draws as {@link strokeDigits} does and yields each image, so that the caller can do other work in between. */
export function* drawStrokeDigits(options: StrokeDigitsOptions): Generator<DrawnDigit, StrokeDigits> {
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
    yield { digit: order[row], image };
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

/** Pen positions in the box of the glyph, from 0 to 1 each way. */
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

/** Draws one of `variants`, bent and placed at random. Every pixel of `image` is written. */
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

/** Returns a number uniform in [−range, range). */
function spread(range: number, random: Random): number {
  return range * (2 * random.uniform() - 1);
}

/** Returns a random affine map from the box of the glyph to pixels, which adds new jitter to every point. */
function randomPlacement(random: Random): (point: Point) => Point {
  const width = BOX * (1 + spread(VARIATION.scale, random));
  const height = BOX * (1 + spread(VARIATION.scale, random));
  const shear = spread(VARIATION.shear, random);
  // Rotate by 2 arctan t, without trigonometric functions.
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
