/** The playground: its plane, its presets, and the regions of a classifier in it. */

import { describe, expect, onTestFinished, test, vi } from "vitest";
import { contours } from "../../demo/app/views/playground/contours.ts";
import type { Settings, Trained } from "../../demo/app/views/playground/course.ts";
import { EXTRAS, type Extra, featuresOf, matrixOf } from "../../demo/app/views/playground/features.ts";
import { LiveTraining } from "../../demo/app/views/playground/live-training.ts";
import {
  cloudPoints,
  fromSheet,
  nearest,
  overlapPoints,
  type PlanePoint,
  REACH,
  ringPoints,
  samplesOf,
  toSheet,
} from "../../demo/app/views/playground/plane.ts";
import { Playground } from "../../demo/app/views/playground/playground.ts";
import { edges, GRID, probabilityGrid, regions, shaded } from "../../demo/app/views/playground/regions.ts";
import { EPOCHS, LEARNING_RATES, PENALTIES } from "../../demo/app/views/playground/settings-panel.tsx";
import { coordinates, featureSpace, likelyAt } from "../../demo/app/views/playground/words.ts";
import { formatBrief } from "../../demo/ui/format.ts";
import { SoftmaxRegression } from "../../src/index.ts";

/** x > 0 and x < 0, the edge being the y axis. */
const HALVES = { weights: Float64Array.of(3, 0, -3, 0), bias: Float64Array.of(0, 0) };

const SGD: Settings = { extras: [], solver: "sgd", l2: 1e-3, learningRate: 0.1, epochs: 60 };

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

async function accuracyOf(points: readonly PlanePoint[], extras: readonly Extra[] = []): Promise<number> {
  const model = new SoftmaxRegression({ device: "reference", l2: 1e-3 });
  const { x, y } = samplesOf(points, extras);
  await model.fit(x, y);
  const { accuracy } = await model.evaluate(x, y);
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
    const fit = training.train({ points: cloudPoints(2), settings: settings.value });
    training.stop();
    await fit;
    expect(training.trained.value).toBeNull();
    await training.train({ points: cloudPoints(2), settings: settings.value });
    expect(training.trained.value?.accuracy).toBe(1);
    training.stop();
  });
});

describe("divergence", () => {
  test("is said in the playground's own words, and goes with a lower rate", async () => {
    const training = new LiveTraining();
    const settings = { ...SGD, l2: 1, learningRate: 10, epochs: 300 };
    const points = cloudPoints(3);
    await training.train({ points, settings });
    expect(training.trained.value).toBeNull();
    expect(training.problem.value).toBe("Training diverged: the learning rate η is too high.");
    await training.train({ points, settings: { ...settings, learningRate: 0.1 } });
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
        const settings = { ...SGD, l2: 1, learningRate, epochs };
        await training.train({ points: cloudPoints(3), settings });
        const { trained, problem } = training;
        expect(trained.value === null).toBe(problem.value !== null);
        expect(trained.value?.losses.every(Number.isFinite) ?? true).toBe(true);
        if (problem.value !== null) told++;
      }
    expect(told).toBeGreaterThan(0);
    training.stop();
  });
});

/** Returns a training that is paused after its first epoch, and what it shows after each further step. */
async function pausedTraining(settings: Settings, points = cloudPoints(3)) {
  const training = new LiveTraining();
  onTestFinished(() => training.stop());
  const ended = training.step({ points, settings });
  const shownAfter = async (rounds: number): Promise<Trained> => {
    await vi.waitFor(() => expect(training.trained.value?.losses).toHaveLength(rounds + 1), {
      timeout: 20_000,
    });
    return training.trained.value as Trained;
  };
  /** Changes settings, and trains one more epoch. */
  const stepWith = async (changed: Partial<Settings>, rounds: number): Promise<Trained> => {
    const task = { points, settings: { ...settings, ...changed } };
    await training.train(task);
    await training.step(task);
    return shownAfter(rounds);
  };
  return { training, ended, points, shownAfter, stepWith };
}

describe("slow motion", () => {
  test("a step is one epoch, and the pause lasts until the next", async () => {
    const { training, shownAfter, stepWith } = await pausedTraining(SGD);
    await shownAfter(1);
    expect(training.pace.value).toBe("paused");
    await stepWith({}, 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(training.trained.value?.losses).toHaveLength(3);
    expect(training.pace.value).toBe("paused");
  });

  test("to the end: the result is the one of a training that nobody watched", async () => {
    const { training, ended, points, shownAfter } = await pausedTraining(SGD);
    await shownAfter(1);
    training.setPace("full");
    await ended;
    const watched = training.trained.value as Trained;
    expect(watched.losses).toHaveLength(61);
    expect(training.pace.value).toBe("full");
    await training.train({ points, settings: SGD });
    expect(training.trained.value?.losses).toEqual(watched.losses);
  });

  test("plays by itself, epoch after epoch", async () => {
    const training = new LiveTraining();
    const seen = new Set<number>();
    training.trained.subscribe((trained) => seen.add(trained?.losses.length ?? 0));
    await training.watch({ points: cloudPoints(3), settings: { ...SGD, epochs: 3 } });
    expect([...seen]).toEqual([0, 2, 3, 4]);
    expect(training.pace.value).toBe("full");
    training.stop();
  });

  test("another rate counts from the next epoch on, without starting again", async () => {
    const { shownAfter, stepWith } = await pausedTraining(SGD);
    const { losses: first } = await shownAfter(1);
    const { losses: second } = await stepWith({ learningRate: 1e-4 }, 2);
    expect(second.slice(0, 2)).toEqual(first);
    // A thousandth of the rate: hardly a move.
    expect(first[0] - first[1]).toBeGreaterThan(0.5);
    expect(Math.abs(second[1] - second[2])).toBeLessThan(0.01);
    const { losses: third } = await stepWith({ learningRate: 0.1 }, 3);
    expect(third[2] - third[3]).toBeGreaterThan(0.02);
  });

  test.each([
    ["sgd", SGD],
    ["lbfgs", { ...SGD, solver: "lbfgs" }],
  ] as const)("another λ goes on from the same parameters: %s", async (_, settings) => {
    const { training, ended, shownAfter, stepWith } = await pausedTraining(settings);
    await shownAfter(1);
    const before = await stepWith({}, 2);
    const after = await stepWith({ l2: 1 }, 3);
    expect(after.losses.slice(0, 3)).toEqual(before.losses);
    // A strong penalty draws the weights towards 0.
    const size = ({ parameters }: Trained) => Math.hypot(...parameters.weights);
    expect(size(after)).toBeLessThan(0.9 * size(before));
    expect(size(after)).toBeGreaterThan(0);
    training.setPace("full");
    await ended;
    expect(size(training.trained.value as Trained)).toBeLessThan(0.6 * size(before));
  });

  test("points that move join in; other features, or another class, start over", async () => {
    const { training, points, shownAfter } = await pausedTraining(SGD);
    const { losses } = await shownAfter(1);
    const moved = points.map((point) => ({ ...point, x: -point.x }));
    await training.train({ points: moved, settings: SGD });
    await training.step({ points: moved, settings: SGD });
    const { losses: joined } = await shownAfter(2);
    expect(joined.slice(0, 2)).toEqual(losses);
    for (const task of [
      { points, settings: { ...SGD, extras: ["x2"] as const } },
      { points: [...points, { x: 3, y: 3, k: 7 }], settings: SGD },
    ]) {
      await training.train(task);
      expect(training.pace.value).toBe("slow");
      await vi.waitFor(() => expect(training.trained.value?.extras).toEqual(task.settings.extras));
      training.setPace("paused");
      await vi.waitFor(() =>
        expect(training.trained.value?.present).toHaveLength(new Set(task.points.map(({ k }) => k)).size),
      );
    }
    await training.train({ points: [], settings: SGD });
    await vi.waitFor(() => expect(training.trained.value).toBeNull());
    expect(training.pace.value).toBe("full");
  });

  test("fewer epochs than were trained end it", async () => {
    const { training, ended, points, shownAfter, stepWith } = await pausedTraining(SGD);
    await shownAfter(1);
    await stepWith({}, 2);
    const task = { points, settings: { ...SGD, epochs: 1 } };
    await training.train(task);
    await training.step(task);
    await ended;
    expect(training.pace.value).toBe("full");
    expect(training.trained.value?.losses.length).toBeLessThan(5);
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

describe("features", () => {
  test("are columns in a fixed order, whichever was switched on first", () => {
    expect(featuresOf(["r", "x2"]).map(({ id }) => id)).toEqual(["x", "y", "x2", "r"]);
    expect(featureSpace(["xy", "y2"])).toBe("(x, y, y², x·y)");
    const all = EXTRAS.map(({ id }) => id);
    const { data, rows, cols } = matrixOf([{ x: 3, y: -4 }], all);
    expect([rows, cols]).toEqual([1, 6]);
    expect([...data]).toEqual([3, -4, 9, 16, -12, 5]);
  });

  test.each([[["x2", "y2"]], [["r"]]] as const)("%j separate the ring", async (extras) => {
    expect(await accuracyOf(ringPoints(), extras)).toBeGreaterThan(0.98);
  });

  test("x·y separates opposite quarters, as no line does", async () => {
    const points = cloudPoints(4).map(({ x, y, k }) => ({ x: (x + y) / 2, y: (x - y) / 2, k: k % 2 }));
    expect(await accuracyOf(points)).toBeLessThan(0.8);
    expect(await accuracyOf(points, ["xy"])).toBeGreaterThan(0.95);
  });

  test("a switch of the playground trains with it, and without it again", async () => {
    const playground = quietPlayground();
    playground.replace(ringPoints(), true);
    await trained(playground, 2);
    const { training } = playground;
    const accuracyWith = async (columns: number) => {
      await vi.waitFor(() => expect(training.trained.value?.parameters.weights).toHaveLength(2 * columns));
      return training.trained.value?.accuracy;
    };
    playground.toggle("x2");
    playground.toggle("y2");
    expect(await accuracyWith(4)).toBeGreaterThan(0.98);
    playground.toggle("x2");
    playground.toggle("y2");
    expect(await accuracyWith(2)).toBeLessThan(0.7);
  });
});

describe("curved edges", () => {
  /** Score of class 0: 4 − x² − y², of class 1: 0. */
  const DISC = {
    parameters: { weights: Float64Array.of(0, 0, -1, -1, 0, 0, 0, 0), bias: Float64Array.of(4, 0) },
    extras: ["x2", "y2"],
  } as const;

  test("follow a circle to a hundredth, all around", () => {
    const lines = edges(DISC);
    for (const { x, y } of lines.flat()) expect(Math.hypot(x, y)).toBeCloseTo(2, 2);
    const length = lines.reduce((sum, [from, to]) => sum + Math.hypot(to.x - from.x, to.y - from.y), 0);
    // Each of the two classes draws it once.
    expect(length / (2 * 2 * Math.PI * 2)).toBeCloseTo(1, 3);
  });

  test("of features that do not count are the straight ones", () => {
    const weights = Float64Array.of(3, 1, 0, -3, -1, 0);
    const lines = edges({ parameters: { weights, bias: Float64Array.of(0.4, 0) }, extras: ["xy"] });
    expect(lines.length).toBeGreaterThan(GRID);
    for (const { x, y } of lines.flat()) expect(6 * x + 2 * y + 0.4).toBeCloseTo(0, 5);
  });

  test("without features are closed polygons", () => {
    const lines = edges({ parameters: HALVES, extras: [] });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.at(-1)).toEqual(line[0]);
  });

  test("three classes in one cell each get their piece; equal leaders none", () => {
    // Corners from the top left, row after row: A, B, C, C.
    const scores = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1);
    expect(contours(scores, 2)).toHaveLength(3);
    expect(contours(Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0), 2)).toEqual([]);
  });

  test.each([
    ["joined in the middle", 3, [0.75, 0]],
    ["apart", 1 / 3, [0.25, 0]],
  ] as const)("opposite corners: %s", (_, lead, [x, y]) => {
    const scores = Float64Array.of(lead, 0, 0, 1, 0, 1, lead, 0);
    const ends = contours(scores, 2).flat();
    // Two classes, two pieces each.
    expect(ends).toHaveLength(8);
    expect(ends.some((end) => Math.abs(end.x - x) < 1e-9 && end.y === y)).toBe(true);
    const [[from, to]] = contours(scores, 2);
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    // The pieces cut off the corners of the class that loses the middle.
    expect(middle.x < 0.5 === middle.y < 0.5).toBe(lead < 1);
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
      expect(likelyAt(middle, { parameters, extras: [], present: [0, 1, 2, 3, 4] })[0].k).toBe(k);
    }
  });

  test("a class that is never the likeliest has none", () => {
    const hidden = { weights: Float64Array.of(1, 0, -1, 0, 0, 0), bias: Float64Array.of(0, 0, -9) };
    expect(regions(hidden)[2]).toEqual([]);
  });

  test("shading: the colour of the likeliest class, paler towards the edge", () => {
    const probabilities = probabilityGrid({ parameters: HALVES, extras: [] });
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
