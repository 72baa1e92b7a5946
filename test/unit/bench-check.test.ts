/** The conformance check without a device: its cases, its comparisons, its report's text and its command line. */
import { readdirSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { parseCheckArguments } from "../../bench/check-arguments.ts";
import { mismatchOf } from "../../bench/conformance/compare.ts";
import { describeConformance, isConformant, verdictOf } from "../../bench/conformance/describe-report.ts";
import { drawCase, GROUP, plannedGroupsBefore } from "../../bench/conformance/draw-case.ts";
import { correctSpan, rankSpans, settledPredictions } from "../../bench/conformance/rankings.ts";
import { CASES, type ConformanceReport, type Difference } from "../../bench/conformance/report.ts";
import { SHADERS } from "../../bench/conformance/watched-kernels.ts";
import { CheckState } from "../../bench/page/check-state.ts";
import { makeTab } from "../support/fake-tab.ts";

const DIFFERENCE: Difference = {
  seed: 1,
  index: 57,
  what: "dense 31 × 8 × 11, u8",
  plan: { name: "sliced", text: "rows: forward 2×6" },
  operation: "loss and gradient",
  kernels: ["forward", "gradient"],
  mismatches: [
    {
      part: "dWeights",
      count: 3,
      length: 88,
      at: 7,
      actual: 0.5,
      expected: 0.25,
      difference: 0.25,
      allowed: 1e-5,
    },
  ],
};

const REPORT: ConformanceReport = {
  version: 1,
  date: "2026-11-27T12:00:00.000Z",
  library: "softmax-webgpu 0.1.0",
  machine: {
    runtime: "browser",
    agent: "Mozilla/5.0",
    cores: 8,
    adapter: {
      vendor: "nvidia",
      architecture: "hopper",
      device: "",
      description: "a driver\nof two lines",
      software: false,
      features: ["shader-f16", "subgroups"],
      limits: {},
    },
  },
  used: ["subgroups"],
  seed: 1,
  seconds: 12.3,
  ending: "done",
  shapes: 318,
  cases: 412,
  differing: 0,
  comparisons: 9000,
  kinds: { dense: 300, sparse: 112 },
  storages: { f32: 200, u8: 212 },
  plans: { direct: 150, quad: 150 },
  kernels: { forward: { dispatches: 900, cases: 150 }, "forward-quad": { dispatches: 0, cases: 0 } },
  differences: [],
};

describe("the report's text", () => {
  test("begins with the verdict, and names adapter, features, counts and what never ran", () => {
    const text = describeConformance(REPORT);
    expect(text.split("\n")[0]).toBe("**412 cases on 318 shapes, 0 differences**");
    expect(text).toContain("vendor nvidia, architecture hopper, description a driver of two lines\n");
    expect(text).toContain("features used: subgroups");
    expect(text).toContain("Mozilla/5.0; 8 cores");
    expect(text).toContain("kernels that never ran: forward-quad\n");
    expect(describeConformance({ ...REPORT, used: [] })).toContain(
      "forward-quad (kernels named quad need subgroups",
    );
    expect(text).toContain("| forward | 150 | 900 |");
    expect(text).not.toContain("Differences");
    expect(isConformant(REPORT)).toBe(true);
    expect(isConformant({ ...REPORT, ending: "out of time" })).toBe(true);
    expect(isConformant({ ...REPORT, ending: "stopped" })).toBe(false);
  });

  test("names each difference so that it can be run again", () => {
    const failed = { ...DIFFERENCE, index: 58, mismatches: [], message: "line 3\nline 4" };
    const report = { ...REPORT, differing: 2, differences: [DIFFERENCE, failed] };
    const text = describeConformance(report);
    expect(text.split("\n")[0]).toBe("**2 of 412 cases differ (318 shapes)**");
    expect(text).toContain("`npm run check -- --case 1:57`: **loss and gradient**");
    expect(text).toContain("dWeights: 3 of 88 differ; at [7] expected 0.25, got 0.5");
    expect(text).toContain("differs by 2.50e-1, allowed are 1.00e-5");
    expect(text).toContain("- failed: line 3\n  line 4");
    expect(isConformant(report)).toBe(false);
  });

  test("says why it ended early, and counts the differences that it does not show", () => {
    const lost = { ...REPORT, ending: "device lost", loss: "unknown: gone" } as const;
    expect(describeConformance(lost)).toContain("The GPU device was lost; these are the counts until then.");
    expect(describeConformance(lost)).toContain("unknown: gone");
    expect(isConformant(lost)).toBe(false);
    const many = { ...REPORT, differing: 30, differences: Array.from({ length: 30 }, () => DIFFERENCE) };
    expect(describeConformance(many)).toContain("10 more operations differ.");
    expect(verdictOf({ cases: 1, shapes: 1, differing: 0, comparisons: 28 })).toBe(
      "1 case on 1 shape, 0 differences",
    );
    expect(verdictOf({ cases: 0, shapes: 0, differing: 0, comparisons: 0 })).toBe("No case has run");
  });
});

describe("the command line", () => {
  const parse = (...given: string[]) => parseCheckArguments(["node", "check", ...given]);

  test("has defaults, and takes one case by its name in a report", () => {
    expect(parse()).toEqual({ asked: { cases: CASES, seed: 1, first: 0 }, node: false });
    expect(parse("--case", "7:57").asked).toEqual({ cases: 1, seed: 7, first: 57 });
    expect(parse("--node", "--cases", "9", "--seconds", "2.5", "--seed", "0", "--json", "a.json")).toEqual({
      asked: { cases: 9, seed: 0, first: 0, seconds: 2.5 },
      node: true,
      json: "a.json",
    });
  });

  test.each([
    ["--cases", "0"],
    ["--cases", "many"],
    ["--seconds", "-1"],
    ["--case", "57"],
    ["--seed", "99999999999"],
    ["extra"],
    ["--unknown"],
  ])("ends with exit code 2 for %s %s", (...given) => {
    const exit = vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      expect(() => parse(...given)).toThrow("exit 2");
    } finally {
      exit.mockRestore();
      write.mockRestore();
    }
  });
});

describe("cases", () => {
  test("are determined by seed and number; those of a group need the same kernels", () => {
    for (const index of [0, 1, GROUP, 2 * GROUP, 3 * GROUP, 5 * GROUP, 12 * GROUP]) {
      expect({ ...drawCase(3, index), random: 0 }).toEqual({ ...drawCase(3, index), random: 0 });
      const [one, other] = [drawCase(3, index), drawCase(3, index + 1)];
      for (const key of ["kind", "features", "classes", "storage", "bias"] as const)
        expect(one[key]).toBe(other[key]);
    }
    expect(drawCase(3, 0).problem).not.toEqual(drawCase(4, 0).problem);
  });

  test("a check of the usual length has more than 300 shapes", () => {
    const shapes = new Set<string>();
    for (let index = 0; index < CASES; index++) {
      const { rows, features, classes } = drawCase(1, index);
      shapes.add(`${rows}×${features}×${classes}`);
    }
    expect(shapes.size).toBeGreaterThan(300);
  });

  test("each group with a choice of kernels counts once, so that no plan is left out", () => {
    const groups = Array.from({ length: 30 }, (_, group) => group);
    const planned = groups.filter((group) => drawCase(1, group * GROUP).kind !== "sparse");
    expect(planned.map(plannedGroupsBefore)).toEqual(planned.map((_, i) => i));
  });

  test("all shaders are known by name", () => {
    const files = readdirSync("shaders").filter((name) => name.endsWith(".wgsl"));
    expect([...SHADERS].sort()).toEqual(files.map((name) => name.replace(".wgsl", "")).sort());
  });
});

describe("comparisons", () => {
  const tolerance = { absolute: 0.1, relative: 0 };

  test("show the worst number; NaN equals NaN alone", () => {
    const compare = (actual: number[], expected: number[]) =>
      mismatchOf({ part: "", actual, expected, tolerance });
    expect(compare([1, 2.05, Number.NaN], [1, 2, Number.NaN])).toBeNull();
    expect(compare([1, 3, 9], [1, 2, 3])).toMatchObject({ count: 2, at: 2, difference: 6, allowed: 0.1 });
    expect(compare([Number.NaN, 1], [0, 1])).toMatchObject({ count: 1, at: 0 });
    expect(compare([0, 1], [Number.NaN, 1])).toMatchObject({ count: 1, at: 0 });
    expect(compare([Infinity], [1])).toMatchObject({ count: 1 });
    expect(() => compare([1], [1, 2])).toThrow(/1 numbers came, expected 2/);
  });

  test("take either order of scores that are nearly equal, and none of those that are not", () => {
    const logits = Float64Array.of(1, 1.001, 0, 3, 2, 1);
    const scores = { logits, classes: 3, error: 0.001 };
    const targets = { kind: "labels", labels: Uint32Array.of(0, 2) } as const;
    const expected = Uint32Array.of(1, 0);
    expect([...settledPredictions(Uint32Array.of(0, 1), expected, scores)]).toEqual([1, 1]);
    const spans = rankSpans(Uint32Array.of(1, 2), targets, scores);
    expect(spans).toEqual([
      [0, 1],
      [2, 2],
    ]);
    expect(correctSpan(spans, undefined)).toEqual([0, 1]);
    expect(correctSpan(spans, Float32Array.of(0, 1))).toEqual([0, 0]);
    const exact = { ...scores, error: 0 };
    expect([...settledPredictions(Uint32Array.of(0, 1), expected, exact)]).toEqual([0, 1]);
    expect(rankSpans(Uint32Array.of(1, 2), targets, exact)[0]).toEqual([1, 1]);
  });
});

test("on the page no case begins while the tab is in the background", async () => {
  const { tab, attention } = makeTab();
  const begun: number[] = [];
  const check = new CheckState(
    async () =>
      async ({ ready, onProgress }) => {
        for (let cases = 1; cases <= 3; cases++) {
          await ready?.();
          begun.push(cases);
          if (cases === 1) tab.show(false);
          onProgress?.({ cases, shapes: 1, differing: 0, comparisons: 1 });
        }
        return REPORT;
      },
    attention,
  );
  const running = check.start();
  await vi.waitFor(() => expect(check.isPaused).toBe(true));
  expect(begun).toEqual([1]);
  tab.show(true);
  await running;
  expect(begun).toEqual([1, 2, 3]);
  expect(check.isPaused).toBe(false);
  // A wait of the benchmark is none of the check's.
  tab.show(false);
  void attention.ready();
  expect(attention.isPaused.value).toBe(true);
  expect(check.isPaused).toBe(false);
});

test("on the page a measurement stops the check first, and a failure is said", async () => {
  const seen: string[] = [];
  const check = new CheckState(
    async () =>
      ({ signal }) =>
        new Promise((resolve) => {
          seen.push("started");
          signal?.addEventListener("abort", () => {
            seen.push("stopped");
            resolve({ ...REPORT, ending: "stopped" });
          });
        }),
    makeTab().attention,
  );
  const run = check.before(async () => {
    seen.push("measured");
    throw new Error("no matter");
  });
  const running = check.start();
  expect(check.now.value.status).toBe("checking");
  await vi.waitFor(() => expect(seen).toEqual(["started"]));
  await expect(run({} as never)).rejects.toThrow("no matter");
  await running;
  expect(seen).toEqual(["started", "stopped", "measured"]);
  expect(check.now.value).toMatchObject({ status: "ended", report: { ending: "stopped" } });

  const failing = new CheckState(() => Promise.reject(new Error("not loaded")), makeTab().attention);
  await failing.start();
  expect(failing.now.value).toEqual({ status: "failed", message: "not loaded" });
});
