/** Cross-validation: scikit-learn's results on the same folds, fits of single folds, interruptions and refusals. */
import { describe, expect, test } from "vitest";
import {
  type CrossValidationOptions,
  type FoldRecord,
  l2Grid,
  type SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import theirs from "../support/cross-validation.json" with { type: "json" };
import { DIGITS } from "../support/digit-rows.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";
import { NOISY } from "../support/noisy-rows.ts";
import { hasData, readDigits } from "../support/real-data.ts";
import { refusal } from "../support/refusal.ts";

/** The rows of cross-validation.py. */
function made(rows: number, cols: number, classes: number) {
  let state = 1;
  const uniform = () => {
    // Of the product, only the lowest 31 bits count.
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 31 - 0.5;
  };
  const centres = Float64Array.from({ length: classes * cols }, uniform);
  const y = Array.from({ length: rows }, (_, i) => (i * 7) % classes);
  const data = Float32Array.from({ length: rows * cols }, (_, at) => {
    const centre = centres[y[Math.floor(at / cols)] * cols + (at % cols)];
    return 0.06 * centre + uniform();
  });
  return { x: { data, rows, cols }, y };
}

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith: madeWith } = modelsOn({ device, tuning: "off" });
  /** Only L-BFGS has a tolerance. */
  const modelWith = (options: SoftmaxRegressionOptions = {}) =>
    madeWith(options.solver ? options : { tolerance: 1e-7, ...options });

  test.runIf(device !== "reference")("embeddings: scikit-learn's scores and its best C", async () => {
    const { cs, folds, loss, accuracy } = theirs.made;
    const { x, y } = made(1000, 768, 5);
    await expectTheirs(modelWith(), x, y, { cs, folds, loss, accuracy });
  });

  test.runIf(hasData && device !== "reference")("digits: scikit-learn's scores and its best C", async () => {
    const { x, y } = await readDigits();
    await expectTheirs(modelWith(), x, y, theirs.digits);
  });

  async function expectTheirs(
    model: SoftmaxRegression,
    x: Parameters<SoftmaxRegression["fit"]>[0] & { rows: number },
    y: Parameters<SoftmaxRegression["fit"]>[1],
    { cs, folds: count, loss, accuracy }: Omit<typeof theirs.made, never>,
  ): Promise<void> {
    const folds = Int32Array.from({ length: x.rows }, (_, i) => Math.floor(i / 3) % count);
    const l2s = cs.map((c) => 1 / (2 * x.rows * (1 - 1 / count) * c));
    const found = await model.crossValidate(x, y, { l2s, folds });
    const means = (name: "loss" | "accuracy") => found.entries.map((entry) => entry[name].mean);
    expectClose(means("loss"), loss.means, { absolute: 1e-4, relative: 0 }, "loss");
    expectClose(means("accuracy"), accuracy.means, { absolute: 1e-4, relative: 0 }, "accuracy");
    expect(cs[l2s.indexOf(found.best)]).toBe(loss.c);
    const best = found.entries.toSorted((a, b) => b.accuracy.mean - a.accuracy.mean)[0];
    expect(cs[l2s.indexOf(best.l2)]).toBe(accuracy.c);
  }

  test.each<[string, SoftmaxRegressionOptions]>([
    ["class weights", { classWeight: [1, 2, 0.5] }],
    ["label smoothing, which scores are without", { labelSmoothing: 0.3 }],
    ["SGD", { solver: "sgd", epochs: 3 }],
    ["AdamW", { solver: "adamw", epochs: 3 }],
  ])(
    "each fold is a fit of the other rows, scored on its own; the model is one of all rows: %s",
    async (_, options) => {
      const { x, y } = NOISY;
      // Rows of the first quarter are never held out.
      const folds = Int8Array.from({ length: 90 }, (_row, i) => (i % 4) - 1);
      const l2s = [0.001, 0.1, 0.01];
      const seen: FoldRecord[] = [];
      const sampleWeight = Array.from({ length: 90 }, (_row, i) => 0.5 + (i % 3));
      const model = modelWith(options);
      const found = await model.crossValidate(x, y, {
        ...{ l2s, folds, sampleWeight, scoring: "accuracy" },
        onFold: (record) => void seen.push(record),
      });
      expect(found.entries.map(({ l2 }) => l2)).toEqual(l2s);
      expect(seen.map(({ fit, fits }) => [fit, fits])).toEqual(seen.map((_record, i) => [i + 1, 9]));
      const weightsIn = (isIn: (fold: number) => boolean) =>
        sampleWeight.map((s, i) => (isIn(folds[i]) ? s : 0));
      for (const { l2, loss, accuracy } of found.entries) {
        for (const fold of [0, 1, 2]) {
          const alone = modelWith({ ...options, l2 });
          await alone.fit(x, y, { sampleWeight: weightsIn((f) => f !== fold) });
          const scored = await alone.evaluate(x, y, { sampleWeight: weightsIn((f) => f === fold) });
          expectClose([loss.folds[fold]], [scored.loss], { absolute: 0, relative: 2e-4 });
          expect(accuracy.folds[fold]).toBe(scored.accuracy);
        }
      }
      const whole = modelWith({ ...options, l2: found.l2 });
      await whole.fit(x, y, { sampleWeight });
      expectClose(model.weights, whole.weights, { absolute: 2e-3, relative: 2e-3 });
      expect(model.l2).toBe(found.l2);
    },
  );
});

describe("by the rules", () => {
  const { modelWith } = modelsOn({ device: "reference" });
  const { x, y, validation } = NOISY;
  const l2s = [1, 0.1, 0.01, 0.001];

  test("the largest λ within one standard error of the best, or the best", async () => {
    const found = await modelWith().crossValidate(x, y, {
      l2s: l2Grid([1, 0.001, 13]),
      rule: "oneStandardError",
      seed: 3,
    });
    const best = found.entries.find(({ l2 }) => l2 === found.best);
    if (!best) throw new Error("no entry of the best λ");
    const { mean, standardError, folds } = best.loss;
    expect(found.entries.every(({ loss }) => loss.mean >= mean)).toBe(true);
    const average = folds.reduce((sum, score) => sum + score / 5, 0);
    const variance = folds.reduce((sum, score) => sum + (score - average) ** 2 / 4, 0);
    expectClose([mean, standardError], [average, Math.sqrt(variance / 5)], { absolute: 0, relative: 1e-12 });
    const within = found.entries.filter(({ loss }) => loss.mean <= mean + standardError).map(({ l2 }) => l2);
    expect(found.oneStandardError).toBe(Math.max(...within));
    expect(found.l2).toBe(found.oneStandardError);
    expect(found.l2).toBeGreaterThan(found.best);
  });

  test("folds hold each class evenly, are those of the seed, and differ for another", async () => {
    const passes = async (options: CrossValidationOptions) =>
      (await modelWith().crossValidate(x, y, { l2s: [0.1], ...options })).entries[0].loss.folds;
    expect(await passes({ seed: 1 })).toEqual(await passes({ seed: 1 }));
    expect(await passes({ seed: 1 })).not.toEqual(await passes({ seed: 2 }));
    expect(await passes({ seed: 1, stratified: false })).not.toEqual(await passes({ seed: 1 }));
    expect(await passes({ folds: 90, stratified: false })).toHaveLength(90);
  });

  test("validation rows instead of folds", async () => {
    const model = modelWith();
    const found = await model.crossValidate(x, y, { l2s, validation });
    for (const { l2, loss, accuracy } of found.entries) {
      const single = modelWith({ l2 });
      await single.fit(x, y);
      const scored = await single.evaluate(...validation);
      expectClose(loss.folds, [scored.loss], { absolute: 0, relative: 1e-5 });
      expect(accuracy.folds).toEqual([scored.accuracy]);
    }
    expect(found.oneStandardError).toBeNull();
  });

  test("SGD and an L1 penalty, too", async () => {
    const { x: rows, y: labels } = DIGITS;
    const sgd = await modelWith({ solver: "sgd", epochs: 2 }).crossValidate(rows, labels, {
      l2s: [0.01, 0.1],
      folds: 3,
    });
    expect(sgd.entries.map(({ passes }) => passes)).toEqual([6, 6]);
    const sparse = modelWith({ l1: 0.1 });
    await sparse.crossValidate(x, y, { l2s: [0.01, 0], folds: 3 });
    expect(sparse.weights.some((weight) => weight === 0)).toBe(true);
  });

  test("an abort leaves the model as it was", async () => {
    const model = modelWith();
    await model.fit(x, y);
    const before = model.weights;
    const controller = new AbortController();
    const stopped = model.crossValidate(x, y, {
      l2s,
      signal: controller.signal,
      onFold: () => controller.abort("enough"),
    });
    await expect(stopped).rejects.toBe("enough");
    expect(model.weights).toEqual(before);
    await model.crossValidate(x, y, { l2s });
  });

  test("solved loosely, every fit still ends as low as the one before it could", async () => {
    const loose = modelWith({ tolerance: 1e-2 });
    const grid = l2Grid([0.1, 1e-6, 16]);
    const path = await loose.fitPath(x, y, grid);
    const losses = path.map(({ training }) => training.loss);
    for (const [i, loss] of losses.slice(1).entries()) expect(loss).toBeLessThanOrEqual(losses[i] + 1e-3);
    const cold = modelWith({ tolerance: 1e-2, l2: 1e-6 });
    await cold.fit(x, y);
    expect(path[15].training.objective).toBeLessThan((await cold.evaluate(x, y)).objective + 0.02);
  });

  test("a hook may wait for the next call after it has aborted this one", async () => {
    const model = modelWith();
    const controller = new AbortController();
    let next: Promise<unknown> = Promise.resolve();
    const stopped = model.crossValidate(x, y, {
      ...{ l2s, folds: 3, signal: controller.signal },
      onFold: async () => {
        controller.abort("next");
        next = model.fit(x, y);
        await next;
      },
    });
    await expect(stopped).rejects.toBe("next");
    await next;
    expect(model.classes).toEqual([0, 1, 2]);
  });

  test("an interrupted one goes on after its last whole fit, with the same options and rows only", async () => {
    const whole = await modelWith().crossValidate(x, y, { l2s, folds: 3 });
    const model = modelWith();
    await expect(model.crossValidate(x, y, { l2s, folds: 3, resume: true })).rejects.toEqual(
      refusal("StateError", "resume", "no cross-validation"),
    );
    const controller = new AbortController();
    const seen: string[] = [];
    const onFold = ({ l2, fold }: { l2: number; fold: number }) => {
      if (seen.push(`${l2} ${fold}`) === 5) controller.abort("pause");
    };
    const stopped = model.crossValidate(x, y, { l2s, folds: 3, onFold, signal: controller.signal });
    await expect(stopped).rejects.toBe("pause");
    await expect(model.crossValidate(x, y, { l2s, folds: 4, resume: true })).rejects.toEqual(
      refusal("StateError", "resume", "were others"),
    );
    for (const [rows, labels] of [
      [{ ...x, data: x.data.slice(0, 270), cols: 3 }, y],
      [x, y.map((label) => 2 - label)],
    ] as const)
      await expect(model.crossValidate(rows, labels, { l2s, folds: 3, resume: true })).rejects.toEqual(
        refusal("StateError", "resume", "were others"),
      );
    const found = await model.crossValidate(x, y, { l2s, folds: 3, onFold, resume: true });
    expect(new Set(seen).size).toBe(12);
    expect(seen).toHaveLength(12);
    for (const [i, entry] of found.entries.entries())
      expectClose(entry.loss.folds, whole.entries[i].loss.folds, { absolute: 1e-6, relative: 1e-6 });
    expect(found.l2).toBe(whole.l2);
  });

  test.each<[CrossValidationOptions, readonly [error: string, argument: string, words: string]]>([
    [{ l2s: [] }, ["OptionError", "l2s", "at least one"]],
    [{ l2s: [1, 1] }, ["OptionError", "l2s", "twice"]],
    [{ l2s: [-1] }, ["OptionError", "l2s", "≥ 0"]],
    [{ l2s: "dino" as "dinov2" }, ["OptionError", "l2s", "dinov2"]],
    [{ folds: 1 }, ["OptionError", "folds", "from 2"]],
    [{ folds: 2.5 }, ["OptionError", "folds", "an integer"]],
    [{ folds: 91, stratified: false }, ["OptionError", "folds", "90"]],
    [{ folds: 80 }, ["DataError", "folds", "stratified: false"]],
    [{ folds: [0, 1] }, ["OptionError", "folds", "90 rows"]],
    [{ folds: new Int8Array(90) }, ["OptionError", "folds", "at least two"]],
    [{ folds: new Int8Array(90).fill(2, 1) }, ["OptionError", "folds", "fold 1"]],
    [{ folds: new Int8Array(90).fill(-2) }, ["OptionError", "folds", "row 0"]],
    [{ folds: [...new Array(90).keys()], stratified: true }, ["OptionError", "stratified", "leave it out"]],
    [{ folds: new Int8Array(90), seed: 1 }, ["OptionError", "seed", "leave it out"]],
    [{ seed: 3, validation }, ["OptionError", "seed", "one or the other"]],
    [{ folds: 3, validation }, ["OptionError", "folds", "one or the other"]],
    [{ rule: "oneStandardError", validation }, ["OptionError", "rule", "needs folds"]],
    [{ scoring: "log" as "loss" }, ["OptionError", "scoring", "accuracy"]],
    [{ warmStart: true } as CrossValidationOptions, ["OptionError", "warmStart", "no such option"]],
  ])("refuses options %#", async (options, expected) => {
    const model = modelWith();
    const refused = model.crossValidate(x, y, { l2s: [0.1, 1], ...options });
    await expect(refused).rejects.toEqual(refusal(...expected));
    expect(model.device).toBeNull();
  });
});

test("rows of a class of weight 0 are scored like others", async () => {
  const { modelWith } = modelsOn({ device: "reference", classWeight: [1, 1, 0], l2: 0.1 });
  const folds = Int8Array.from({ length: 90 }, (_, i) => i % 3);
  const { entries } = await modelWith().crossValidate(NOISY.x, NOISY.y, { l2s: [0.1], folds });
  const alone = modelWith();
  await alone.fit(NOISY.x, NOISY.y, { sampleWeight: Array.from(folds, (fold) => (fold === 0 ? 0 : 1)) });
  const inFold = Array.from(folds, (fold) => (fold === 0 ? 1 : 0));
  const { accuracy } = await alone.evaluate(NOISY.x, NOISY.y, { sampleWeight: inFold });
  expect(entries[0].accuracy.folds[0]).toBe(accuracy);
});

test("early stopping is refused, and smoothed soft labels in folds", async () => {
  const { modelWith } = modelsOn({ device: "reference" });
  const early = modelWith({ solver: "sgd", earlyStopping: { patience: 2 } });
  await expect(early.crossValidate(NOISY.x, NOISY.y)).rejects.toEqual(
    refusal("OptionError", "earlyStopping", "run to their end"),
  );
  const soft = { data: Float32Array.from({ length: 270 }, () => 1 / 3), rows: 90, cols: 3 };
  const smoothed = modelWith({ labelSmoothing: 0.1 });
  await expect(smoothed.crossValidate(NOISY.x, soft, { folds: 3 })).rejects.toEqual(
    refusal("OptionError", "labelSmoothing", "soft labels"),
  );
});
