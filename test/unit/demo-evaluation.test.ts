/** What the view "Train" finds out about a model: mistakes, the rows behind them, and the rows that are most wrong. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import {
  evaluationOf,
  type ModelOutputs,
  mostWrong,
  predictionOf,
  rowsOfCell,
} from "../../demo/app/state/evaluation.ts";
import { Session } from "../../demo/app/state/session.ts";
import { type ClassificationReport, SoftmaxRegression, StateError } from "../../src/index.ts";
import { disposeLater } from "../support/dispose-later.ts";

const { signal } = new AbortController();

describe("of a trained model", async () => {
  const dataset = clouds(5);
  const { train, validation: samples } = dataset;
  const model = new SoftmaxRegression({ device: "reference", maxIterations: 2 });
  await model.fit(train.x, train.y as string[]);
  const report = await model.report(samples.x, samples.y as string[]);
  const probabilities = await model.predictProba(samples.x);
  const evaluation = await evaluationOf({ dataset, samples, report, probabilities }, signal);
  const cells = report.classes.flatMap((_, truth) =>
    report.classes.map((__, predicted) => ({ truth, predicted })),
  );

  test("cells are those of the library's own report", () => {
    for (const cell of cells) {
      const { truth, predicted } = cell;
      expect(evaluation.counts.get(truth * 5 + predicted) ?? 0).toBe(
        report.confusion.count(truth, predicted),
      );
      expect(rowsOfCell(evaluation, cell)).toEqual(report.confusion.samples(truth, predicted));
    }
  });

  test("mistakes are the cells beside the diagonal that have rows, the most frequent first", () => {
    const { mistakes } = evaluation;
    const expected = cells.filter(
      (cell) => cell.truth !== cell.predicted && rowsOfCell(evaluation, cell).length > 0,
    );
    expect(mistakes.length).toBe(expected.length);
    expect(mistakes.length).toBeGreaterThan(2);
    const counts = mistakes.map(({ count }) => count);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(mistakes).toEqual(expect.arrayContaining(expected.map((cell) => expect.objectContaining(cell))));
  });

  test("the most wrong rows are those whose own class is least probable", () => {
    const all = Array.from(samples.y.keys(), (row) => predictionOf(evaluation, row));
    const wrong = all.filter(({ label, predicted }) => label !== predicted);
    const expected = wrong.toSorted((a, b) => a.probability - b.probability);
    expect(expected.length).toBeGreaterThan(9);
    for (const count of [1, 9, 1000]) expect(mostWrong(evaluation, count)).toEqual(expected.slice(0, count));
  });
});

describe("of the model in use", () => {
  /** A session with a model, whose evaluator follows it. */
  async function followed(): Promise<Session> {
    vi.stubGlobal("window", globalThis);
    onTestFinished(() => void vi.unstubAllGlobals());
    const session = disposeLater(new Session(clouds(3)));
    await session.choose({ ...session.choices.value, device: "reference", epochs: 2 });
    await session.run.start();
    disposeLater({ dispose: session.evaluator.follow() });
    return session;
  }

  test("an error is a message of the run, unless the model was disposed of", async () => {
    const session = await followed();
    const { model } = session.run;
    if (!model) throw new Error("There is no model.");
    const report = vi.spyOn(model, "report").mockRejectedValue(new Error("no room"));
    await vi.waitUntil(() => session.run.message.value);
    expect(session.run.message.value).toMatchObject({
      kind: "error",
      text: "The model was not evaluated: no room",
    });
    expect(session.evaluator.isUpToDate.value).toBe(true);
    session.run.message.value = null;
    report.mockRejectedValue(new StateError("model", "was disposed of"));
    session.run.inUse.value = session.run.inUse.value && { ...session.run.inUse.value };
    await vi.waitUntil(() => session.evaluator.isUpToDate.value);
    expect(session.run.message.value).toBe(null);
  });

  test("on rows that are not open any more is dropped", async () => {
    const session = await followed();
    await vi.waitUntil(() => session.evaluator.latest.value);
    const kept = session.evaluator.latest.value;
    let end = (): void => {};
    const { model } = session.run;
    if (!model) throw new Error("There is no model.");
    const { x, y } = session.dataset.value.validation;
    const answer = await model.report(x, y as string[]);
    const held = new Promise<void>((resolve) => {
      end = resolve;
    });
    const report = vi.spyOn(model, "report").mockImplementationOnce(() => held.then(() => answer));
    session.run.inUse.value = session.run.inUse.value && { ...session.run.inUse.value };
    await vi.waitUntil(() => report.mock.calls.length > 0);
    session.dataset.value = clouds(3);
    end();
    await vi.waitUntil(() => session.evaluator.isUpToDate.value);
    expect(session.evaluator.latest.value).toBe(kept);
  });
});

test("of more classes than any matrix is laid out for", async () => {
  const K = 20_000;
  const classes = Array.from({ length: K }, (_, k) => k);
  // Row 0 is right; rows 1 and 2 are taken for the last class.
  const y = [7, 8, 8];
  const data = new Float32Array(3 * K);
  for (const [row, k] of [7, K - 1, K - 1].entries()) data[row * K + k] = 1;
  const answers = { report: { classes } as unknown as ClassificationReport, samples: { x: data, y } };
  const probabilities = { data, rows: 3, cols: K };
  const whole = { ...answers, probabilities, dataset: {} as DemoDataset } as unknown as ModelOutputs;
  const evaluation = await evaluationOf(whole, signal);
  expect(evaluation.mistakes).toEqual([{ truth: 8, predicted: K - 1, count: 2 }]);
  expect(mostWrong(evaluation, 9).map(({ row, predicted }) => [row, predicted])).toEqual([
    [1, K - 1],
    [2, K - 1],
  ]);
});
