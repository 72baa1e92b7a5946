/** The outcome of a run in words: its interval, its gap and its units. */
import { describe, expect, test } from "vitest";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import {
  gapText,
  intervalText,
  outcomeText,
  rowWords,
  taskText,
  wilsonInterval,
} from "../../demo/app/views/train/outcome-words.ts";

const ROWS = { one: "row", many: "rows" };
const WASM = { kind: "wasm", name: "CPU: WebAssembly relaxed-simd", software: false, reason: "" } as const;

describe("the Wilson interval", () => {
  // By definition, its ends are the shares from which p is 1.96 standard errors away.
  test.each([
    [939, 1000],
    [30, 60],
    [1, 10],
  ])("of %i right in %i ends at the shares that p just does not differ from", (right, rows) => {
    const { low, high } = wilsonInterval(right, rows);
    for (const end of [low, high]) {
      const errors = (right / rows - end) / Math.sqrt((end * (1 - end)) / rows);
      expect(Math.abs(errors)).toBeCloseTo(1.96, 3);
    }
    expect(low).toBeLessThan(right / rows);
    expect(high).toBeGreaterThan(right / rows);
  });

  test("of none and of all has one end at 0 and at 1, the other inside", () => {
    expect(wilsonInterval(0, 10)).toEqual({ low: 0, high: expect.closeTo(0.2775, 3) });
    expect(wilsonInterval(10, 10)).toEqual({ low: expect.closeTo(0.7225, 3), high: expect.closeTo(1, 12) });
  });
});

describe("the outcome", () => {
  const outcome = { accuracy: 0.939, rows: 1000, trainingAccuracy: 0.942, seconds: 0.84 };

  test("counts rows, and names time and device", () => {
    expect(outcomeText(outcome, ROWS, WASM)).toBe(
      "939 of 1,000 rows it had never seen are right, in 0.8 s, on your CPU (WebAssembly).",
    );
    expect(outcomeText({ ...outcome, rows: 1, accuracy: 1, seconds: 0 }, ROWS, null)).toBe(
      "1 of 1 row it had never seen is right.",
    );
  });

  test("says what a GPU is, and one that is imitated", () => {
    const gpu = { kind: "webgpu", name: "WebGPU: nvidia ada-lovelace", software: false, reason: "" } as const;
    expect(outcomeText(outcome, ROWS, gpu)).toContain("on your GPU (nvidia ada-lovelace)");
    expect(outcomeText(outcome, ROWS, { ...gpu, software: true })).toContain("a GPU that your CPU imitates");
  });

  test("has an interval that few rows make wide", () => {
    expect(intervalText(outcome, ROWS)).toBe("On other rows like these, expect 92.2% to 95.2% right.");
    expect(intervalText({ ...outcome, accuracy: 0.9, rows: 10 }, ROWS)).toContain("59.6% to 98.2%");
  });

  test("speaks of a gap only if chance does not explain it", () => {
    expect(gapText(outcome, ROWS)).toContain("about as well");
    expect(gapText({ ...outcome, trainingAccuracy: 1 }, ROWS)).toContain("100.0% are right");
    // The same gap on a hundred rows may be chance; ten tell nothing.
    const few = { accuracy: 0.9, trainingAccuracy: 0.94, seconds: 1 };
    expect(gapText({ ...few, rows: 100 }, ROWS)).toContain("about as well");
    expect(gapText({ ...few, rows: 10 }, ROWS)).toContain("10 rows are too few to tell");
    // A gap that is sure, but too small to matter.
    expect(gapText({ accuracy: 0.99, rows: 1e6, trainingAccuracy: 0.994, seconds: 1 }, ROWS)).toContain(
      "about as",
    );
    expect(gapText({ ...outcome, trainingAccuracy: Number.NaN }, ROWS)).toBe("");
  });
});

describe("words for rows", () => {
  const x = { data: new Float32Array(2), rows: 1, cols: 2 };
  const samples = { x, y: ["a"] };
  const rows: DemoDataset = {
    ...{ name: "flowers.csv", description: "", train: samples, validation: samples },
    ...{ image: null, features: null, code: null, label: "species" },
  };

  test("are the kind of the data, and the task names the label", () => {
    const image = { width: 1, height: 2, channels: 1 } as const;
    expect(rowWords(rows).many).toBe("rows");
    expect(taskText(rows)).toBe("Learning to predict “species”");
    expect(taskText({ ...rows, image })).toBe("Learning to tell pictures apart");
    expect(taskText({ ...rows, image, isBuiltIn: true })).toBe("Learning to read digits");
    expect(taskText({ ...rows, label: null })).toBe("Learning to classify rows");
  });
});
