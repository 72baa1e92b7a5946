/** The playground: its plane, its presets, and the regions of a classifier in it. */

import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LiveTraining } from "../../demo/app/views/playground/live-training.ts";
import {
  cloudPoints,
  datasetOf,
  fromSheet,
  nearest,
  overlapPoints,
  type PlanePoint,
  REACH,
  ringPoints,
  toSheet,
} from "../../demo/app/views/playground/plane.ts";
import { Playground } from "../../demo/app/views/playground/playground.ts";
import { GRID, probabilityGrid, regions, shaded } from "../../demo/app/views/playground/regions.ts";
import { EPOCHS, LEARNING_RATES, PENALTIES } from "../../demo/app/views/playground/settings-panel.tsx";
import { coordinates, likelyAt } from "../../demo/app/views/playground/words.ts";
import { formatBrief } from "../../demo/ui/format.ts";
import { SoftmaxRegression } from "../../src/index.ts";

/** x > 0 and x < 0, the edge being the y axis. */
const HALVES = { weights: Float64Array.of(3, 0, -3, 0), bias: Float64Array.of(0, 0) };

function area(polygon: readonly { readonly x: number; readonly y: number }[]): number {
  return Math.abs(
    polygon.reduce((sum, { x, y }, i) => {
      const next = polygon[(i + 1) % polygon.length];
      return sum + (x * next.y - next.x * y) / 2;
    }, 0),
  );
}

/** Returns a playground without animation, as if reduced motion were preferred. */
function quietPlayground(): Playground {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  const playground = new Playground();
  onTestFinished(() => {
    playground.close();
    vi.unstubAllGlobals();
  });
  return playground;
}

/** Waits until as many classes as this are told apart. */
async function trained({ training }: Playground, classes: number): Promise<void> {
  await vi.waitFor(() => expect(training.trained.value?.present).toHaveLength(classes), { timeout: 60_000 });
}

async function accuracyOf(points: readonly PlanePoint[]): Promise<number> {
  const model = new SoftmaxRegression({ device: "reference", l2: 1e-3 });
  const { train } = datasetOf(points);
  await model.fit(train.x, train.y as string[]);
  const { accuracy } = await model.evaluate(train.x, train.y as string[]);
  model.dispose();
  return accuracy;
}

describe("the plane", () => {
  test("sheet and plane are each other's inverse, y upwards", () => {
    expect(fromSheet(0, 0)).toEqual({ x: -REACH, y: REACH });
    const { x, y } = toSheet(fromSheet(0.3, 0.8));
    expect(x).toBeCloseTo(0.3, 12);
    expect(y).toBeCloseTo(0.8, 12);
    expect(fromSheet(7, -7)).toEqual({ x: REACH, y: REACH });
  });

  test("the nearest point within reach", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1.2, y: 0 },
    ];
    expect(nearest(points, { x: 1.15, y: 0 }, 0.5)).toBe(2);
    expect(nearest(points, { x: 3, y: 3 }, 0.5)).toBe(-1);
  });

  test("coordinates have no negative zero", () => {
    expect(coordinates({ x: -0.04, y: -1.26 })).toBe("(0.0, −1.3)");
    expect([formatBrief(0.00003), formatBrief(0.025), formatBrief(1), formatBrief(2.1e30)]).toEqual([
      "3e-5",
      "0.025",
      "1",
      "2.1e30",
    ]);
  });
});

describe("points", () => {
  test("what is moved is the point itself, whatever was deleted meanwhile", () => {
    const playground = quietPlayground();
    playground.replace([
      { x: 0, y: 0, k: 0 },
      { x: 1, y: 1, k: 1 },
    ]);
    const [first, second] = playground.points.value;
    playground.delete(0);
    expect(playground.move(first, { x: 2, y: 2 })).toBeNull();
    expect(playground.points.value).toEqual([{ x: 1, y: 1, k: 1 }]);
    expect(playground.move(second, { x: 2, y: 2 })).toEqual({ x: 2, y: 2, k: 1 });
    expect(playground.points.value).toEqual([{ x: 2, y: 2, k: 1 }]);
  });
});

describe("closed and opened again", () => {
  test("points, class and settings stay, and training goes on", async () => {
    const playground = quietPlayground();
    playground.open();
    await trained(playground, 3);
    playground.chosen.value = 3;
    playground.place({ x: 3, y: 3 });
    playground.set({ l2: 1 });
    // Before what was just set is trained.
    playground.close();
    expect(playground.points.value).toHaveLength(73);
    playground.open();
    await trained(playground, 4);
    expect([playground.chosen.value, playground.settings.value.l2]).toEqual([3, 1]);
    expect(playground.training.problem.value).toBeNull();
  });

  test("a fit that is under way ends with the rest, and the next one begins anew", async () => {
    const training = new LiveTraining();
    const { settings } = quietPlayground();
    const fit = training.train(cloudPoints(2), settings.value, "at once");
    training.stop();
    await fit;
    expect(training.trained.value).toBeNull();
    await training.train(cloudPoints(2), settings.value, "at once");
    expect(training.trained.value?.accuracy).toBe(1);
    training.stop();
  });
});

describe("divergence", () => {
  test("is said in the playground's own words, and goes with a lower rate", async () => {
    const training = new LiveTraining();
    const settings = { solver: "sgd", l2: 1, learningRate: 10, epochs: 300 } as const;
    await training.train(cloudPoints(3), settings, "at once");
    expect(training.trained.value).toBeNull();
    expect(training.problem.value).toBe("Training diverged: the learning rate η is too high.");
    await training.train(cloudPoints(3), { ...settings, learningRate: 0.1 }, "at once");
    expect(training.trained.value).not.toBeNull();
    expect(training.problem.value).toBeNull();
    training.stop();
  });
});

describe("whatever the sliders say", () => {
  test("the losses are finite, or it is said that they are not", async () => {
    const training = new LiveTraining();
    let told = 0;
    for (const learningRate of LEARNING_RATES.filter((rate) => rate >= 2))
      for (const epochs of [4, 5, 6, 8, 10]) {
        await training.train(cloudPoints(3), { solver: "sgd", l2: 1, learningRate, epochs }, "at once");
        const { trained, problem } = training;
        expect(trained.value === null).toBe(problem.value !== null);
        expect(trained.value?.losses.every(Number.isFinite) ?? true).toBe(true);
        if (problem.value !== null) told++;
      }
    expect(told).toBeGreaterThan(0);
    training.stop();
  });
});

describe("sliders", () => {
  test("every step reads differently from the one before, and the default is one of them", () => {
    const { l2, learningRate, epochs } = quietPlayground().settings.value;
    for (const [steps, value] of [
      [PENALTIES, l2],
      [LEARNING_RATES, learningRate],
      [EPOCHS, epochs],
    ] as const) {
      expect(steps).toContain(value);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(new Set(steps.map(formatBrief)).size).toBe(steps.length);
    }
  });
});

describe("presets", () => {
  test.each([2, 3, 8])("%i clouds are told apart, less well where they are many", async (classes) => {
    const points = cloudPoints(classes);
    expect(new Set(points.map(({ k }) => k)).size).toBe(classes);
    expect(points.every(({ x, y }) => Math.max(Math.abs(x), Math.abs(y)) <= REACH)).toBe(true);
    expect(await accuracyOf(points)).toBeGreaterThan(classes === 8 ? 0.85 : 0.98);
  });

  test("no line splits the ring, and none the overlapping clouds without mistakes", async () => {
    expect(await accuracyOf(ringPoints())).toBeLessThan(0.7);
    const overlap = await accuracyOf(overlapPoints());
    expect(overlap).toBeGreaterThan(0.7);
    expect(overlap).toBeLessThan(0.98);
  });
});

describe("regions", () => {
  test("two classes: two halves of the plane", () => {
    const [right, left] = regions(HALVES);
    expect(Math.min(...right.map(({ x }) => x))).toBeCloseTo(0, 12);
    expect(Math.max(...left.map(({ x }) => x))).toBeCloseTo(0, 12);
  });

  test("cover the plane once, each the places at which its class is the likeliest", () => {
    const parameters = {
      weights: Float64Array.of(1, 0.5, -0.3, 1.2, -1, -1, 0, 0.1, 0.4, -1),
      bias: Float64Array.of(0.2, -0.1, 0, 0.3, -3),
    };
    const polygons = regions(parameters);
    const total = polygons.reduce((sum, polygon) => sum + area(polygon), 0);
    expect(total).toBeCloseTo((2.2 * REACH) ** 2, 8);
    for (const [k, polygon] of polygons.entries()) {
      if (polygon.length === 0) continue;
      const middle = {
        x: polygon.reduce((sum, { x }) => sum + x, 0) / polygon.length,
        y: polygon.reduce((sum, { y }) => sum + y, 0) / polygon.length,
      };
      const trained = { parameters, present: [0, 1, 2, 3, 4], losses: [], accuracy: 1, milliseconds: 0 };
      expect(likelyAt(middle, trained)[0].k).toBe(k);
    }
  });

  test("a class that is never the likeliest has none", () => {
    const hidden = { weights: Float64Array.of(1, 0, -1, 0, 0, 0), bias: Float64Array.of(0, 0, -9) };
    expect(regions(hidden)[2]).toEqual([]);
  });

  test("shading: the colour of the likeliest class, paler towards the edge", () => {
    const probabilities = probabilityGrid(HALVES);
    expect(probabilities).toHaveLength(2 * GRID * GRID);
    const rgba = shaded(
      probabilities,
      [255, 255, 255],
      [
        [255, 0, 0],
        [0, 0, 255],
      ],
    );
    const at = (column: number) => Array.from(rgba.subarray(4 * column, 4 * column + 3));
    expect(at(GRID - 1)).toEqual([255, 128, 128]);
    expect(at(0)).toEqual([128, 128, 255]);
    expect(at(GRID / 2)[1]).toBeGreaterThan(at(GRID - 1)[1]);
  });
});
