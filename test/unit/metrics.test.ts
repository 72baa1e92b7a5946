/** Metrics of predictions: small cases by hand, random cases compared with a plain count. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_TARGETS, type Targets, targetClasses } from "../../src/data/targets.ts";
import { DataError, LimitError, OptionError } from "../../src/errors.ts";
import { calibrationError } from "../../src/metrics/calibration-error.ts";
import { type ClassScores, classScores, topKAccuracy } from "../../src/metrics/class-scores.ts";
import { confusionMatrix } from "../../src/metrics/confusion-matrix.ts";
import { type ReportSource, reportOf } from "../../src/metrics/report.ts";
import { expectClose } from "../support/expect-close.ts";

const u32 = (...values: number[]) => Uint32Array.from(values);
const CLOSE = { absolute: 1e-15, relative: 1e-14 };

/** Generates rows of up to seven classes; some weights are 0. */
const predictions = fc.integer({ min: 2, max: 7 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    rows: fc.array(
      fc.record({
        target: fc.nat(classes - 1),
        predicted: fc.nat(classes - 1),
        rank: fc.nat(classes - 1),
        confidence: fc.float({ min: 0, max: 1, noNaN: true }),
        weight: fc.constantFrom(0, 0.5, 1, 3),
      }),
      { maxLength: 40 },
    ),
  }),
);

type Row = { target: number; predicted: number; rank: number; confidence: number; weight: number };

function columns(rows: readonly Row[]) {
  return {
    targets: Uint32Array.from(rows, ({ target }) => target),
    predicted: Uint32Array.from(rows, ({ predicted }) => predicted),
    rank: Uint32Array.from(rows, ({ rank }) => rank),
    confidence: Float32Array.from(rows, ({ confidence }) => confidence),
    weights: Float32Array.from(rows, ({ weight }) => weight),
  };
}

/** Returns Σ s f of rows. */
function sum(rows: readonly Row[], f: (row: Row) => number = () => 1): number {
  return rows.reduce((total, row) => total + row.weight * f(row), 0);
}

function figures({ precision, recall, f1, support }: ClassScores): number[] {
  return [precision, recall, f1, support];
}

describe("the confusion matrix", () => {
  // The example in scikit-learn's documentation of confusion_matrix.
  const targets = u32(2, 0, 2, 2, 0, 1);
  const predicted = u32(0, 0, 2, 2, 0, 2);

  test("has true classes in rows and predicted classes in columns", () => {
    const { counts, classes } = confusionMatrix(targets, predicted, 3);
    expect(classes).toBe(3);
    expect(Array.from(counts)).toEqual([2, 0, 0, 0, 0, 1, 1, 0, 2]);
  });

  test("knows the rows behind each cell, ascending", () => {
    const confusion = confusionMatrix(targets, predicted, 3);
    expect(confusion.samples(0, 0)).toEqual(u32(1, 4));
    expect(confusion.samples(2, 2)).toEqual(u32(2, 3));
    expect(confusion.samples(1, 2)).toEqual(u32(5));
    expect(confusion.samples(1, 1)).toEqual(u32());
    expect([confusion.count(2, 2), confusion.count(2, 1)]).toEqual([2, 0]);
  });

  test("leaves out rows of weight 0; all others count 1", () => {
    const confusion = confusionMatrix(targets, predicted, 3, [0.5, 1, 0, 3, 0, 0]);
    expect(Array.from(confusion.counts)).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 1]);
    expect(confusion.samples(2, 2)).toEqual(u32(3));
  });

  test("gives copies of the rows", () => {
    const confusion = confusionMatrix(targets, predicted, 3);
    confusion.samples(0, 0).fill(9);
    expect(confusion.samples(0, 0)).toEqual(u32(1, 4));
  });

  test("agrees with a search through all rows", () => {
    fc.assert(
      fc.property(predictions, ({ classes, rows }) => {
        const { targets, predicted, weights } = columns(rows);
        const confusion = confusionMatrix(targets, predicted, classes, weights);
        for (let k = 0; k < classes * classes; k++) {
          const [t, p] = [Math.floor(k / classes), k % classes];
          const expected = rows.flatMap((row, i) =>
            row.weight > 0 && row.target === t && row.predicted === p ? [i] : [],
          );
          expect(Array.from(confusion.samples(t, p))).toEqual(expected);
          expect(confusion.count(t, p)).toBe(expected.length);
          expect(confusion.counts[k]).toBe(expected.length);
        }
      }),
    );
  });

  test("finds the rows of many classes without allocating all cells", () => {
    const K = 65_536;
    const confusion = confusionMatrix(u32(K - 1, 3, K - 1), u32(K - 1, 0, K - 1), K);
    expect(confusion.samples(K - 1, K - 1)).toEqual(u32(0, 2));
    expect(confusion.count(3, 0)).toBe(1);
    expect(() => confusion.counts).toThrow(LimitError);
    expect(confusionMatrix(u32(999), u32(0), 1000).counts[999_000]).toBe(1);
  });

  test.each([-1, 3, 0.5, NaN])("refuses class %s", (position) => {
    const confusion = confusionMatrix(targets, predicted, 3);
    expect(() => confusion.samples(position, 0)).toThrow(OptionError);
    expect(() => confusion.samples(position, 0)).toThrow(/^trueClass: .* 0 to 2, got/);
    expect(() => confusion.count(0, position)).toThrow(/^predictedClass: /);
  });
});

describe("precision, recall and F1", () => {
  test("in numbers, with their means", () => {
    // The example in scikit-learn's documentation of classification_report.
    const { perClass, macro, weighted } = classScores(u32(0, 1, 2, 2, 2), u32(0, 0, 2, 2, 1), 3);
    expect(perClass).toEqual([
      { precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
      { precision: 0, recall: 0, f1: 0, support: 1 },
      { precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
    ]);
    expectClose(figures(macro), [0.5, (1 + 2 / 3) / 3, (2 / 3 + 0.8) / 3, 5], CLOSE);
    expectClose(figures(weighted), [0.7, 0.6, (2 / 3 + 2.4) / 5, 5], CLOSE);
  });

  test("are 0 instead of a division by 0; the macro mean leaves out classes never seen", () => {
    const { perClass, macro, weighted } = classScores(u32(0, 0), u32(0, 1), 4);
    expect(perClass[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(perClass[3]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect([macro.precision, weighted.precision]).toEqual([0.5, 1]);
    const none = classScores(u32(0), u32(0), 2, [0]);
    expect(none.macro).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(none.weighted).toEqual(none.macro);
  });

  test("count a row of weight 3 as three rows, and a row of weight 0 as none", () => {
    const weighted = classScores(u32(0, 1, 0, 1), u32(0, 0, 1, 1), 2, [3, 1, 0, 2]);
    expect(weighted).toEqual(classScores(u32(0, 0, 0, 1, 1, 1), u32(0, 0, 0, 0, 1, 1), 2));
  });

  test("agree with the definitions, row by row", () => {
    fc.assert(
      fc.property(predictions, ({ classes, rows }) => {
        const { targets, predicted, weights } = columns(rows);
        const { perClass, weighted } = classScores(targets, predicted, classes, weights);
        for (const [k, scores] of perClass.entries()) {
          const support = sum(rows.filter(({ target }) => target === k));
          const asClass = sum(rows.filter((row) => row.predicted === k));
          const right = sum(rows.filter((row) => row.target === k && row.predicted === k));
          const [precision, recall] = [asClass && right / asClass, support && right / support];
          const harmonic = right === 0 ? 0 : 2 / (1 / precision + 1 / recall);
          expectClose(figures(scores), [precision, recall, harmonic, support], CLOSE);
        }
        const right = sum(rows.filter((row) => row.target === row.predicted));
        expectClose([weighted.recall], [sum(rows) && right / sum(rows)], CLOSE);
      }),
    );
  });
});

describe("top-k accuracy", () => {
  test("is the weighted share of ranks below k", () => {
    const rank = u32(0, 1, 2, 0, 4);
    expect([1, 2, 3, 5].map((k) => topKAccuracy(rank, k))).toEqual([0.4, 0.6, 0.8, 1]);
    expect(topKAccuracy(rank, 1, [1, 1, 0, 2, 0])).toBe(0.75);
    expect(topKAccuracy(rank, 1, [0, 0, 0, 0, 0])).toBe(0);
  });
});

describe("the calibration error", () => {
  test("by hand: two bins", () => {
    const confidence = Float32Array.of(0.25, 0.5, 0.75, 1, 0.625);
    const { error, bins } = calibrationError(confidence, u32(0, 3, 0, 0, 1), 2);
    expect(bins).toEqual([
      { lower: 0, upper: 0.5, support: 2, confidence: 0.375, accuracy: 0.5 },
      { lower: 0.5, upper: 1, support: 3, confidence: 2.375 / 3, accuracy: 2 / 3 },
    ]);
    expectClose([error], [(2 / 5) * 0.125 + (3 / 5) * (2.375 / 3 - 2 / 3)], CLOSE);
  });

  test("a bin has its upper border and not its lower, but for 0", () => {
    const { bins } = calibrationError(Float32Array.of(0, 0.25, 0.5, 0.75, 1), new Uint32Array(5), 4);
    expect(bins.map(({ support }) => support)).toEqual([2, 1, 1, 1]);
  });

  test("a confidence that rounding took beyond 1 is in the last bin", () => {
    const { bins } = calibrationError(Float32Array.of(1 + 2 ** -23), u32(0), 15);
    expect(bins[14].support).toBe(1);
  });

  test("is 0 if each bin is correct as often as its confidence says, and if there are no rows", () => {
    const confidence = new Float32Array(4).fill(0.75);
    expect(calibrationError(confidence, u32(0, 0, 0, 1), 10).error).toBe(0);
    const nothing = calibrationError(confidence, u32(0, 0, 0, 1), 3, [0, 0, 0, 0]);
    expect(nothing.error).toBe(0);
    expect(nothing.bins[2]).toEqual({ lower: 2 / 3, upper: 1, support: 0, confidence: 0, accuracy: 0 });
  });

  test("agrees with the definition, bin by bin", () => {
    fc.assert(
      fc.property(predictions, fc.integer({ min: 1, max: 20 }), ({ rows }, M) => {
        const { confidence, rank, weights } = columns(rows);
        const { error, bins } = calibrationError(confidence, rank, M, weights);
        let expected = 0;
        for (const [m, bin] of bins.entries()) {
          const inside = rows.filter(
            ({ confidence: p }) => p * M <= m + 1 && (p * M > m || (m === 0 && p === 0)),
          );
          const support = sum(inside);
          expect(bin.support).toBe(support);
          if (support === 0) continue;
          const mean = sum(inside, ({ confidence: p }) => p) / support;
          const accuracy = sum(inside.filter((row) => row.rank === 0)) / support;
          expectClose([bin.confidence, bin.accuracy], [mean, accuracy], CLOSE);
          expected += (support / sum(rows)) * Math.abs(accuracy - mean);
        }
        expectClose([error], [expected], { absolute: 1e-14, relative: 1e-12 });
      }),
    );
  });
});

describe("target classes", () => {
  test("are the labels, or the most probable class of each distribution, the first of equals", () => {
    const labels = u32(2, 0);
    expect(targetClasses({ kind: "labels", labels })).toBe(labels);
    const data = Float32Array.of(0.2, 0.4, 0.4, 0.5, 0.5, 0, 0, 0, 1);
    const distributions = { data, rows: 3, cols: 3 };
    expect(targetClasses({ kind: "distributions", distributions })).toEqual(u32(1, 0, 2));
  });

  test("are refused without targets", () => {
    expect(() => targetClasses(NO_TARGETS)).toThrow(DataError);
  });
});

describe("a report", () => {
  const source: ReportSource = {
    targets: { kind: "labels", labels: u32(0, 1, 2, 2, 1) },
    weights: [2, 1, 4, 1, 0],
    outcomes: {
      predicted: u32(0, 2, 2, 0, 1),
      confidence: Float32Array.of(0.5, 0.75, 1, 0.5, 1),
      rank: u32(0, 1, 0, 2, 0),
    },
    loss: 0.25,
    classes: ["a", "b", "c"],
  };

  test("puts everything together", async () => {
    const report = await reportOf({ ...source, topK: [2, 3], bins: 2 });
    expect(report).toMatchObject({
      classes: ["a", "b", "c"],
      loss: 0.25,
      accuracy: 0.75,
      topK: { 2: 0.875, 3: 1 },
      macro: { precision: expect.closeTo(22 / 45, 14), recall: 0.6, support: 8 },
      weighted: { precision: expect.closeTo(2 / 3, 14), recall: 0.75, support: 8 },
      bins: [
        { lower: 0, support: 3, confidence: 0.5, accuracy: 2 / 3 },
        { upper: 1, support: 5, confidence: 0.95, accuracy: 0.8 },
      ],
    });
    expectClose([report.calibrationError], [(0.5 + 0.75) / 8], CLOSE);
    expect(report.perClass).toEqual([
      { label: "a", precision: 2 / 3, recall: 1, f1: 0.8, support: 2 },
      { label: "b", precision: 0, recall: 0, f1: 0, support: 1 },
      { label: "c", precision: 0.8, recall: 0.8, f1: 0.8, support: 5 },
    ]);
    expect(Array.from(report.confusion.counts)).toEqual([1, 0, 0, 0, 0, 1, 1, 0, 1]);
    expect(report.confusion.samples(2, 0)).toEqual(u32(3));
  });

  test("has fifteen bins and the k of 1, 3, 5 below K unless told otherwise", async () => {
    const { bins, topK } = await reportOf(source);
    expect(bins).toHaveLength(15);
    expect(topK).toEqual({ 1: 0.75 });
    const six = await reportOf({ ...source, classes: ["a", "b", "c", "d", "e", "f"] });
    expect(Object.keys(six.topK)).toEqual(["1", "3", "5"]);
  });

  test("counts a row with a distribution under its most probable class", async () => {
    const data = Float32Array.of(0.9, 0.1, 0, 0.1, 0.8, 0.1, 0, 0, 1, 0, 0, 1, 0, 1, 0);
    const targets: Targets = { kind: "distributions", distributions: { data, rows: 5, cols: 3 } };
    const [soft, hard] = [await reportOf({ ...source, targets }), await reportOf(source)];
    expect(soft.perClass).toEqual(hard.perClass);
    expect(soft.confusion.counts).toEqual(hard.confusion.counts);
  });
});
