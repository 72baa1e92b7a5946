/** Data sets that need no file. */
import { createRandom } from "../../../src/data/random.ts";
import { strokeDigits } from "../../../src/index.ts";
import type { DemoDataset, Samples } from "./demo-dataset.ts";
import { count } from "./open-dataset.ts";

const DIGITS = { train: 6000, validation: 1000 };

/** Seeded drawings of the ten digits, 28 × 28 bytes. */
export function digits(): DemoDataset {
  const draw = (rows: number, seed: number): Samples => {
    const { x, y } = strokeDigits({ rows, seed });
    return { x, y: Array.from(y) };
  };
  return {
    name: "Stroke digits",
    description: `${count(DIGITS.train)} drawings of the ten digits to train on, ${count(DIGITS.validation)} more to check with.`,
    train: draw(DIGITS.train, 0),
    validation: draw(DIGITS.validation, 1),
    image: { width: 28, height: 28, channels: 1 },
    features: null,
  };
}

const POINTS = { train: 600, validation: 300 };

/** Clouds of points in the plane, as many as there are classes; they overlap a little. */
export function clouds(classes = 4): DemoDataset {
  const draw = (rows: number, seed: number): Samples => {
    const random = createRandom(seed);
    const data = new Float32Array(rows * 2);
    const y: string[] = [];
    for (let i = 0; i < rows; i++) {
      const angle = (2 * Math.PI * (i % classes)) / classes;
      data[2 * i] = 2 * Math.cos(angle) + 0.8 * random.normal();
      data[2 * i + 1] = 2 * Math.sin(angle) + 0.8 * random.normal();
      y.push("ABCDEFGH"[i % classes]);
    }
    return { x: { data, rows, cols: 2 }, y };
  };
  return {
    name: "Point clouds",
    description: `${POINTS.train} points in ${classes} clouds to train on, ${POINTS.validation} more to check with.`,
    train: draw(POINTS.train, 2),
    validation: draw(POINTS.validation, 3),
    image: null,
    features: ["x", "y"],
  };
}
