/** How kernels are fitted to shapes: sizes, plans, candidates, workgroups and splits. Pure host arithmetic. */
import { describe, expect, test } from "vitest";
import { dispatchOf, type Operation, splitsFor } from "../../src/backends/webgpu/dispatches.ts";
import type { AdapterTraits } from "../../src/backends/webgpu/gpu-device.ts";
import { layoutOf } from "../../src/backends/webgpu/parameters.ts";
import {
  checkPlan,
  defaultPlan,
  evenTile,
  isPossible,
  type StepPlan,
} from "../../src/backends/webgpu/plan.ts";
import { MAX_SEGMENT_ROWS, rowCountsOf } from "../../src/backends/webgpu/segments.ts";
import { planCandidates } from "../../src/backends/webgpu/tuner.ts";
import { OptionError } from "../../src/errors.ts";

const SHAPES = [1, 2, 3, 4, 5, 8, 31, 64, 784, 785, 4096, 100_000].flatMap((features) =>
  [2, 3, 10, 11, 16, 17, 100, 1000, 1031, 65_536].flatMap((classes) =>
    [true, false].map((bias) => ({ features, classes, bias })),
  ),
);
const ROW_COUNTS = [1, 2, 15, 16, 17, 31, 32, 33, 100, 1000, 4097, 32_768];

const LARGE: AdapterTraits = { software: false, subgroupSize: 32, maxThreads: 1024, maxSharedBytes: 2 ** 15 };
const SMALL: AdapterTraits = { software: false, subgroupSize: 0, maxThreads: 128, maxSharedBytes: 2 ** 14 };
const SOFTWARE: AdapterTraits = { software: true, subgroupSize: 4, maxThreads: 256, maxSharedBytes: 2 ** 15 };
const TRAITS = [LARGE, SMALL, SOFTWARE];
const KIND = {
  storage: "f32",
  isScaled: false,
  targetKind: "labels",
  isWeighted: false,
  isSmoothed: false,
} as const;

describe("sizes of a shape", () => {
  test("pad features to whole vectors, with one more for the bias", () => {
    const counts = [1, 4, 5, 8, 785].map((features) => {
      const { features4, weights4, bytes } = layoutOf({ features, classes: 3, bias: true });
      expect(bytes).toBe(3 * weights4 * 16);
      expect(layoutOf({ features, classes: 3, bias: false })).toMatchObject({ weights4: features4 });
      return [features4, weights4];
    });
    expect(counts).toEqual([
      [1, 2],
      [1, 2],
      [2, 3],
      [2, 3],
      [197, 198],
    ]);
  });

  test.each([
    ["software", 32, 2 ** 29],
    ["real", 64, 2 ** 32],
  ] as const)("bound the rows, scores and work of a segment on a %s adapter", (kind, fewest, work) => {
    for (const shape of SHAPES) {
      const { segmentRows, passRows, firstRows } = rowCountsOf(shape, kind === "software");
      for (const rows of [segmentRows, passRows, firstRows]) {
        expect(Number.isInteger(rows)).toBe(true);
        expect(rows).toBeGreaterThanOrEqual(1);
        expect(rows).toBeLessThanOrEqual(MAX_SEGMENT_ROWS);
      }
      expect(segmentRows * shape.classes).toBeLessThanOrEqual(2 ** 22);
      const products = 2 * shape.features * shape.classes;
      if (segmentRows > fewest) expect(segmentRows * products).toBeLessThanOrEqual(work);
      const share = kind === "software" ? 8 : 1;
      if (passRows > fewest) expect(passRows * products).toBeLessThanOrEqual(work / share);
      if (firstRows > 1) expect(firstRows * products).toBeLessThanOrEqual(2 ** 26);
      expect(passRows).toBeLessThanOrEqual(segmentRows);
    }
  });

  test("bound each row's share of reading W and the partial gradient, for any shape", () => {
    for (const shape of SHAPES) {
      for (const isSoftware of [true, false]) {
        const { segmentRows, passRows } = rowCountsOf(shape, isSoftware);
        // Read for the scores; read and written for the gradient.
        const bytes = 3 * layoutOf(shape).bytes;
        const operations = 4 * shape.features * shape.classes;
        const padded = (4 * layoutOf(shape).weights4) / shape.features;
        for (const rows of [segmentRows, passRows])
          expect(bytes / rows / operations / padded, JSON.stringify(shape)).toBeLessThanOrEqual(0.1);
      }
    }
  });

  test("give as few tiles as the largest size allows, and waste the fewest classes in the last one", () => {
    for (let classes = 2; classes <= 3000; classes++) {
      const candidates = Array.from({ length: 10 }, (_, i) => {
        const tiles = Math.ceil(classes / (i + 1));
        return { size: i + 1, tiles, waste: tiles * (i + 1) - classes };
      });
      const [best] = candidates.toSorted((a, b) => a.tiles - b.tiles || a.waste - b.waste);
      expect(evenTile(classes, 10), `${classes} classes`).toBe(best.size);
    }
  });
});

/** The default plan and all candidates. */
function plansOf(shape: (typeof SHAPES)[number], traits: AdapterTraits): StepPlan[] {
  const plan = defaultPlan(shape, traits);
  return [plan, ...planCandidates(plan, shape, traits)];
}

describe("plans", () => {
  test("run on their device, survive JSON, and are all different", () => {
    for (const traits of TRAITS) {
      for (const shape of SHAPES) {
        const plans = plansOf(shape, traits);
        expect(new Set(plans.map((plan) => JSON.stringify(plan))).size).toBe(plans.length);
        for (const plan of plans) {
          expect(isPossible(plan, traits), JSON.stringify({ shape, traits, plan })).toBe(true);
          expect(checkPlan(JSON.parse(JSON.stringify(plan)), shape, traits)).toEqual(plan);
        }
      }
    }
  });

  test("give every operation workgroups that cover the rows, of whole quads, slices and lanes", () => {
    const operations: Operation[] = ["matmul", "probabilities", "forward", "gradient", "sgd"];
    for (const traits of TRAITS) {
      for (const shape of SHAPES) {
        for (const plan of plansOf(shape, traits)) {
          for (const operation of operations) {
            const { groups, constants } = dispatchOf(operation, plan, shape, KIND);
            const counts = ROW_COUNTS.map((rows) => groups(rows, 1));
            expect(counts.every((count) => Number.isInteger(count) && count >= 1)).toBe(true);
            expect(counts).toEqual(counts.toSorted((a, b) => a - b));
            if (operation !== "forward") continue;
            const { GROUP_ROWS, WORKGROUP_SIZE, LANES, SLICES = 1 } = constants as Record<string, number>;
            expect(groups(GROUP_ROWS, 1)).toBe(1);
            expect(groups(GROUP_ROWS + 1, 1)).toBe(2);
            expect([WORKGROUP_SIZE % LANES, WORKGROUP_SIZE % SLICES]).toEqual([0, 0]);
          }
        }
      }
    }
  });

  test("split the gradient into one part for few rows, more for more rows, within the memory limit", () => {
    for (const traits of TRAITS) {
      for (const shape of SHAPES) {
        for (const plan of plansOf(shape, traits)) {
          const splits = ROW_COUNTS.map((rows) => splitsFor(rows, plan, shape));
          expect(splits[0]).toBe(1);
          expect(splits).toEqual(splits.toSorted((a, b) => a - b));
          for (const [i, count] of splits.entries()) {
            expect(count).toBeLessThanOrEqual(ROW_COUNTS[i]);
            if (count > 1) expect(count * layoutOf(shape).bytes).toBeLessThanOrEqual(2 ** 24);
          }
        }
      }
    }
  });

  test("use subgroups and large workgroups only if the device has them", () => {
    for (const shape of SHAPES) {
      for (const plan of plansOf(shape, SMALL)) {
        expect([plan.forward.kernel, plan.gradient.kernel]).toEqual(["forward", "gradient"]);
        expect(plan.route).toBe("rows");
      }
      expect(plansOf(shape, LARGE).map(({ route }) => route)).toContain("shared");
    }
  });

  test("by default take workgroup memory on a GPU, for many scores", () => {
    const routeOf = (classes: number, rows: number | undefined, traits: AdapterTraits) =>
      defaultPlan({ features: 768, classes, bias: true }, traits, rows).route;
    expect(routeOf(1000, undefined, LARGE)).toBe("shared");
    expect(routeOf(1000, 1024, LARGE)).toBe("shared");
    expect(routeOf(1000, 256, LARGE)).toBe("rows");
    expect(routeOf(100, 1024, LARGE)).toBe("rows");
    expect(routeOf(100, 32_768, LARGE)).toBe("shared");
    expect(routeOf(10, undefined, LARGE)).toBe("rows");
    for (const traits of [SMALL, SOFTWARE]) expect(routeOf(1000, undefined, traits)).toBe("rows");
  });

  const shape = { features: 8, classes: 3, bias: true };
  const plan = defaultPlan(shape, SOFTWARE);
  test.each<[string, object]>([
    ["no plan", {}],
    ["a part that is missing", { ...plan, update: undefined }],
    ["a size that is no integer", { ...plan, gradient: { ...plan.gradient, classes: 1.5 } }],
    ["a size of 0", { ...plan, forward: { ...plan.forward, rows: 0 } }],
    ["text for a size", { ...plan, shared: { ...plan.shared, rows: "4" } }],
    ["another route", { ...plan, route: "scenic" }],
    ["another kernel", { ...plan, forward: { ...plan.forward, kernel: "forwards" } }],
    ["quads of three classes", { ...plan, forward: { ...plan.forward, classes: 3 } }],
    ["slices that do not divide the threads", { ...plan, forward: { ...plan.forward, slices: 3 } }],
    ["a quad cut short", { ...plan, forward: { ...plan.forward, threads: 2 } }],
    ["tiles no thread can hold", { ...plan, forward: { ...plan.forward, classes: 4000 } }],
    [
      "more workgroup memory than there is",
      { ...plan, route: "shared", shared: { ...plan.shared, rows: 20, classes: 20 } },
    ],
    ["more threads than there are", { ...plan, forward: { ...plan.forward, threads: 512 } }],
    ["lanes that are no power of two", { ...plan, update: { lanes: 3 } }],
    ["more lanes than there are threads for", { ...plan, update: { lanes: 64 } }],
  ])("that are pinned are refused: %s", (_what, pinned) => {
    expect(() => checkPlan(pinned as StepPlan, shape, SOFTWARE)).toThrow(OptionError);
  });

  test("that need subgroups are refused on a device without them", () => {
    expect(() => checkPlan(plan, shape, { ...SOFTWARE, subgroupSize: 0 })).toThrow(/^tuning: /);
  });
});
