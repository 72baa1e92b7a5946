/** The limits of “How sure is it?”: what an answer counts as, in the view "Try" and in files of predictions. */
import { parse } from "papaparse";
import { describe, expect, test } from "vitest";
import { decide, type Limits, NO_LIMITS } from "../../demo/app/views/try/decide.ts";
import { PredictionsCsv } from "../../demo/app/views/try/files/predictions-csv.ts";

describe("limits", () => {
  const decided = (p: number, limits: Partial<Limits>) =>
    decide(Float64Array.of(p, 1 - p), ["no", "yes"], { ...NO_LIMITS, ...limits });

  test("without any, the most probable class is the answer", () => {
    expect([decided(0.9, {}), decided(0.5, {}), decided(0.1, {})]).toEqual([0, 0, 1]);
  });

  test("an answer that is less probable than asked for is none", () => {
    expect([decided(0.85, { minProbability: 0.9 }), decided(0.1, { minProbability: 0.9 })]).toEqual([
      null,
      1,
    ]);
  });

  test("of two classes, the threshold's is the answer from its probability on", () => {
    const threshold = { positive: "yes", probability: 0.2 };
    expect([decided(0.75, { threshold }), decided(0.9, { threshold })]).toEqual([1, 0]);
    expect(decided(0.75, { threshold, minProbability: 0.8 })).toBeNull();
    expect(decided(0.75, { threshold: { ...threshold, positive: "other" } })).toBe(0);
  });

  test("hold for files: too unsure rows have no prediction, and are counted", async () => {
    const limits = { minProbability: 0.6, threshold: { positive: "yes", probability: 0.2 } };
    const csv = new PredictionsCsv(["n"], ["no", "yes"], limits);
    for (const p of [0.55, 0.75, 0.9]) csv.add([{ cells: ["a"], probabilities: Float64Array.of(p, 1 - p) }]);
    const { data } = parse<string[]>(await csv.finish().text(), { skipEmptyLines: true });
    expect(data.slice(1)).toEqual([
      ["a", "", "", "0.55", "0.45"],
      ["a", "yes", "0.25", "0.75", "0.25"],
      ["a", "no", "0.9", "0.9", "0.1"],
    ]);
    expect(csv.remark).toContain("1 of them is too unsure");
  });
});
