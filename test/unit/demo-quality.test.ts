/** The trust in a model: thresholds, rows without an answer, calibration in words, the choice of λ. */
import { describe, expect, test } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import { sampleRows } from "../../demo/app/data/sample-rows.ts";
import { type SweepPoint, standardErrorOf } from "../../demo/app/state/penalty-sweep.ts";
import { Session } from "../../demo/app/state/session.ts";
import {
  answersAt,
  histogramOf,
  likelyPositive,
  outcomesAt,
  STEPS,
  stepOf,
  tallyOf,
} from "../../demo/app/state/tally.ts";
import { outcomeText } from "../../demo/app/views/train/outcome-words.ts";
import { calibrationText, resultText } from "../../demo/app/views/train/quality/calibration-words.ts";
import { dotsAt, lineThrough } from "../../demo/app/views/train/quality/frame.tsx";
import { rejectionText } from "../../demo/app/views/train/quality/rejection.tsx";
import {
  chooseFrom,
  reasonsFor,
  sampleText,
  simplerText,
} from "../../demo/app/views/train/quality/sweep-words.ts";
import { precisionText, recallText } from "../../demo/app/views/train/quality/threshold.tsx";
import { disposeLater } from "../support/dispose-later.ts";

const { signal } = new AbortController();

/** Returns rows of K classes with any probabilities, 0 and 1 among them. */
function judged(rows: number, K: number) {
  const data = new Float32Array(rows * K);
  const truth = Uint32Array.from({ length: rows }, (_, i) => ((i * 7) % 10 < 3 ? 1 : (i * 3) % K));
  const predicted = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    predicted[i] = (i * i) % K;
    const best = Math.max(1 / K, ((i * 37) % 101) / 100);
    for (let k = 0; k < K; k++) data[i * K + k] = k === predicted[i] ? best : (1 - best) / (K - 1);
  }
  return { probabilities: { data, rows, cols: K }, truth, predicted };
}

describe("a tally", () => {
  test("has the last step that is not above a probability", () => {
    for (let step = 0; step <= STEPS; step++) expect(stepOf(step / STEPS)).toBe(step);
    // The float32 next to 0.9 is below it.
    expect(stepOf(Math.fround(0.9))).toBe(899);
    expect(stepOf(1.0000001)).toBe(STEPS);
    expect(stepOf(1e-9)).toBe(0);
  });

  test("gives the answers at every threshold as the rows themselves do", async () => {
    const rows = judged(500, 3);
    const tally = await tallyOf(rows, signal);
    expect(tally.pairs).toBe(null);
    for (const step of [0, 334, 500, 900, 990, 1000]) {
      const own = (i: number) => rows.probabilities.data[i * 3 + rows.predicted[i]];
      const kept = [...rows.truth.keys()].filter((i) => own(i) >= step / STEPS);
      const right = kept.filter((i) => rows.truth[i] === rows.predicted[i]);
      expect(answersAt(tally, step)).toMatchObject({ answered: kept.length, right: right.length });
    }
  });

  test("gives the four outcomes for either class of two, and a histogram of all rows", async () => {
    const rows = judged(400, 2);
    const { pairs } = await tallyOf(rows, signal);
    if (!pairs) throw new Error("two classes have pairs");
    for (const positive of [0, 1]) {
      for (const step of [0, 10, 500, 1000]) {
        const isTaken = (i: number) => rows.probabilities.data[2 * i + positive] >= step / STEPS;
        const count = (own: boolean, taken: boolean) =>
          [...rows.truth.keys()].filter((i) => (rows.truth[i] === positive) === own && isTaken(i) === taken)
            .length;
        const found = count(true, true);
        expect(outcomesAt(pairs, positive, step)).toEqual({
          found,
          missed: count(true, false),
          falseAlarms: count(false, true),
          leftAlone: count(false, false),
          precision: found / (found + count(false, true)),
          recall: found / (found + count(true, false)),
        });
      }
    }
    const bins = histogramOf(pairs[1][1], 20);
    expect(bins.length).toBe(20);
    expect(bins.reduce((sum, count) => sum + count, 0)).toBe(rows.truth.filter((k) => k === 1).length);
    const inLast = [...rows.truth.keys()].filter(
      (i) => rows.truth[i] === 1 && rows.probabilities.data[2 * i + 1] >= 0.95,
    );
    expect(bins[19]).toBe(inLast.length);
    const rarer = rows.truth.filter((k) => k === 1).length > 200 ? 0 : 1;
    expect(likelyPositive(pairs, ["a", "b"])).toBe(rarer);
    expect(likelyPositive(pairs, ["yes", "no"])).toBe(0);
    expect(likelyPositive(pairs, [0, 1])).toBe(1);
  });
});

test("outcomes are said in words, also if there are none", async () => {
  const none = {
    found: 0,
    missed: 0,
    falseAlarms: 0,
    leftAlone: 3,
    precision: Number.NaN,
    recall: Number.NaN,
  };
  expect(precisionText({ ...none, found: 4, falseAlarms: 1 }, "yes")).toBe("Of 5 rows called “yes”, 4 are.");
  expect(precisionText(none, "yes")).toBe("No row is called “yes”.");
  expect(recallText({ ...none, found: 1 }, "yes")).toBe("Of 1 row that is “yes”, the model finds 1.");
  expect(recallText(none, "yes")).toBe("No validation row is “yes”.");
  const data = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.6, 0.4, 0.55, 0.45);
  const rows = { truth: Uint32Array.of(0, 0, 1, 0), predicted: new Uint32Array(4) };
  const tally = await tallyOf({ ...rows, probabilities: { data, rows: 4, cols: 2 } }, signal);
  expect(rejectionText(tally, 0)).toBe("All 4 validation rows get an answer; 3 are right (75.0%).");
  expect(rejectionText(tally, 700)).toBe(
    "2 of 4 validation rows (50.0%) get an answer; 2 are right (100.0%). Of the 2 without one, 1 would have been wrong.",
  );
  expect(rejectionText(tally, 1000)).toBe("None of the 4 validation rows gets an answer.");
});

describe("calibration in words", () => {
  const bin = (confidence: number, accuracy: number, support: number) => ({
    ...{ lower: 0, upper: 1, confidence, accuracy, support },
  });

  test("says how sure the model is, and how often it is right", () => {
    const bins = [bin(0.6, 0.61, 300), bin(0.9, 0.84, 700), bin(0.3, 0, 2)];
    expect(calibrationText({ bins, calibrationError: 0.045 })).toBe(
      "When it says 90.0%, it is right in 84.0% of the cases: somewhat too sure. On average its probability is 4.5 percentage points off (expected calibration error).",
    );
    const modest = { bins: [bin(0.6, 0.8, 300), bin(0.98, 1, 700)], calibrationError: 0.074 };
    expect(calibrationText(modest)).toContain(
      "When it says 60.0%, it is right in 80.0% of the cases: clearly too modest.",
    );
    expect(calibrationText({ bins, calibrationError: 0.01 })).toContain("can be taken at their word");
    expect(calibrationText({ bins: [bin(0.9, 0.5, 8)], calibrationError: 0.4 })).toContain(
      "8 rows are too few",
    );
  });

  test("says what a calibration did, or why it did nothing", () => {
    const result = { temperature: 1.5, reason: "optimum", lossBefore: 0.4, lossAfter: 0.3 } as const;
    expect(resultText(result)).toBe(
      "Every answer is now less sure: scores are divided by 1.50. Validation loss 0.4000 → 0.3000.",
    );
    expect(resultText({ ...result, temperature: 0.8 })).toContain("now surer");
    for (const reason of ["separated", "uninformative"] as const)
      expect(resultText({ ...result, reason })).toContain("Nothing is changed.");
    expect(resultText({ ...result, lossAfter: 0.4 })).toContain("fit already");
  });
});

describe("a sample", () => {
  const data = Float32Array.from({ length: 2000 }, (_, i) => i);
  const y = Array.from({ length: 1000 }, (_, i) => (i % 100 === 7 ? "rare" : "often"));

  test("keeps the share of each class, at least a row of it, and the rows as they are", async () => {
    const x = { data, rows: 1000, cols: 2, scale: 0.5 };
    const sample = await sampleRows({ x, y }, 200, signal);
    expect(sample.y.length).toBe(200);
    expect(sample.y.filter((label) => label === "rare").length).toBe(2);
    expect(sample.x).toMatchObject({ rows: 200, cols: 2, scale: 0.5 });
    if ("indptr" in sample.x) throw new Error("dense rows stay dense");
    for (let i = 0; i < 200; i++) {
      const row = Number(sample.x.data[2 * i]) / 2;
      expect(sample.x.data[2 * i + 1]).toBe(2 * row + 1);
      expect(y[row]).toBe(sample.y[i]);
    }
    expect((await sampleRows({ x, y }, 20, signal)).y.filter((label) => label === "rare").length).toBe(1);
  });

  test("of sparse rows has the values of those rows", async () => {
    const indptr = Uint32Array.from({ length: 1001 }, (_, i) => Math.floor((i * 3) / 2));
    const indices = Uint32Array.from({ length: 1500 }, (_, a) => a % 5);
    const values = Float32Array.from({ length: 1500 }, (_, a) => a);
    const x = { indptr, indices, data: values, rows: 1000, cols: 5 };
    const sample = await sampleRows({ x, y }, 100, signal);
    if (!("indptr" in sample.x)) throw new Error("sparse rows stay sparse");
    const { indptr: ends, data: taken, indices: columns } = sample.x;
    expect(sample.x.rows).toBe(100);
    expect(taken?.length).toBe(ends[100]);
    for (const [a, value] of [...(taken ?? [])].entries()) expect(columns[a]).toBe(value % 5);
  });
});

describe("the choice of λ", () => {
  const point = (l2: number, training: number, validation: number): SweepPoint => ({
    l2,
    training: { loss: training, accuracy: 0.9 },
    validation: { loss: validation, accuracy: 0.8 },
  });
  const points = [point(1, 0.9, 0.9), point(0.1, 0.4, 0.45), point(0.01, 0.2, 0.4), point(0.001, 0.1, 0.6)];

  test("is the least validation loss; within a standard error of it, the simpler model is offered", () => {
    const choice = chooseFrom(points, 0.06);
    expect([choice?.best.l2, choice?.simpler?.l2]).toEqual([0.01, 0.1]);
    expect(chooseFrom(points, 0.04)?.simpler).toBe(null);
    const nearly = [point(1, 0.9, 0.9), point(0.1, 0.2, 0.40001), point(0.01, 0.2, 0.4)];
    const among = chooseFrom(nearly, 0);
    expect(among?.best.l2).toBe(0.1);
    const [found, below] = among ? reasonsFor(nearly, among) : [];
    expect(found).toContain("λ = 0.1 has about the least validation loss");
    expect(below).toContain(
      "Smaller λ lowered the validation loss by less than 0.5%: at λ = 0.01 it is 0.4000",
    );
    expect(chooseFrom([point(1, 0.9, Number.NaN)], 0)).toBe(null);
  });

  test("is explained from both of its sides", () => {
    const choice = chooseFrom(points, 0.06);
    if (!choice) throw new Error("there is a choice");
    const [found, below, above] = reasonsFor(points, choice);
    expect(found).toContain("λ = 0.01 has the least validation loss, 0.4000");
    expect(below).toBe(
      "Smaller λ gave no lower validation loss: at λ = 0.001 it is 0.6000, with a training loss of 0.1000 instead of 0.2000.",
    );
    expect(above).toBe(
      "Larger λ gave no lower validation loss: at λ = 1 it is 0.9000, with a training loss of 0.9000 instead of 0.2000.",
    );
    expect(simplerText(choice, 0.06)).toContain("λ = 0.1 has smaller weights");
    const least = chooseFrom(points.slice(0, 3), 0);
    expect(least && reasonsFor(points.slice(0, 3), least)[1]).toBe("No smaller λ was tried.");
    const largest = chooseFrom(points.slice(2), 0);
    expect(largest && reasonsFor(points.slice(2), largest)[2]).toBe("No larger λ was tried.");
  });

  test("has the standard error of the mean loss", async () => {
    const p = Float32Array.of(0.5, 0.5, 0.25, 0.75, 0.9, 0.1);
    const losses = [0.5, 0.75, 0.1].map((q) => -Math.log(Math.fround(q)));
    const mean = losses.reduce((a, b) => a + b) / 3;
    const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 2;
    const error = await standardErrorOf(p, ["a", "b"], ["a", "b", "b"], signal);
    expect(error).toBeCloseTo(Math.sqrt(variance / 3), 9);
  });

  test("says which rows it used if not all", () => {
    expect(sampleText({ training: [9, 9], validation: [3, 3] })).toBe("");
    expect(sampleText({ training: [7653, 60_000], validation: [3, 3] })).toContain(
      "uses 7,653 of 60,000 training rows,",
    );
  });
});

test("lines have gaps at values that are missing, and dots none there", () => {
  const points = [
    [0, 1],
    [0.5, Number.NaN],
    [1, 0.25],
  ] as const;
  expect(lineThrough(points)).toBe("M0 0M100 75");
  expect(dotsAt(points)).toBe("M0 0h0M100 75h0");
});

test("rows count as never seen only if the training is known", () => {
  const outcome = { accuracy: 0.9, rows: 1000, trainingAccuracy: 0.9, seconds: 0 };
  const words = { one: "digit", many: "digits" };
  expect(outcomeText(outcome, words, null)).toBe("900 of 1,000 digits it had never seen are right.");
  const fromFile = { ...outcome, trainingAccuracy: Number.NaN };
  expect(outcomeText(fromFile, words, null)).toBe("900 of 1,000 validation rows are right.");
});

test("other data forget what was chosen for the last", async () => {
  const session = disposeLater(new Session(clouds(2)));
  session.minProbability.value = 0.8;
  session.threshold.value = { positive: "A", probability: 0.3 };
  await session.open(clouds(3));
  expect([session.minProbability.value, session.threshold.value]).toEqual([0, null]);
});
