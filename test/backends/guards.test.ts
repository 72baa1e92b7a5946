/**
 * What holds between the parts of a fit and is easily lost when one of them is changed: which rows count for what, where
 * a fit begins and what it leaves, which options a saved model keeps, and what is refused while another thing runs.
 */
import { describe, expect, test } from "vitest";
import { objective } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { modelToSafetensors } from "../../src/formats/model-safetensors.ts";
import { readModel } from "../../src/formats/read-model.ts";
import {
  type EpochRecord,
  type FitOptions,
  type Label,
  type Labels,
  type Matrix,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../src/index.ts";
import { lbfgs } from "../../src/solvers/lbfgs.ts";
import { DEVICES } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";

const FEATURES = 4;

interface Rows {
  readonly x: Matrix<Float32Array>;
  readonly y: readonly number[];
}

/** Three classes that overlap, a fifth of the labels wrong. */
function noisyRows(rows: number, seed: number): Rows {
  const random = createRandom(seed);
  const y = Array.from({ length: rows }, (_, i) => (random.uniform() < 0.2 ? (i + 1) % 3 : i % 3));
  const data = Float32Array.from(
    { length: rows * FEATURES },
    (_, at) => random.normal() + (at % FEATURES === Math.floor(at / FEATURES) % 3 ? 1 : 0),
  );
  return { x: { data, rows, cols: FEATURES }, y };
}

/** Columns of the means and deviations given; the first three matter to the label. */
function scaledRows(columns: readonly (readonly [mean: number, deviation: number])[]): Rows {
  const random = createRandom(7);
  const y = Array.from({ length: 300 }, (_, i) => i % 3);
  const data = Float32Array.from({ length: 300 * columns.length }, (_, at) => {
    const [mean, deviation] = columns[at % columns.length];
    return (
      mean +
      deviation * (random.normal() + (at % columns.length === y[Math.floor(at / columns.length)] ? 1 : 0))
    );
  });
  return { x: { data, rows: 300, cols: columns.length }, y };
}

/** The same rows with the values of one replaced. */
function withRow({ data, ...shape }: Rows["x"], row: number, value: number): Rows["x"] {
  return { ...shape, data: data.slice().fill(value, row * shape.cols, (row + 1) * shape.cols) };
}

const { x, y } = noisyRows(90, 1);
const held = noisyRows(60, 2);
const validation = [held.x, held.y] as const;

for (const { name, device } of DEVICES) {
  describe(name, () => {
    /** A model that is freed when the work ends. */
    async function withModel<T>(
      options: SoftmaxRegressionOptions,
      work: (model: SoftmaxRegression) => Promise<T>,
    ): Promise<T> {
      const model = new SoftmaxRegression({ device, tuning: "off", ...options });
      try {
        return await work(model);
      } finally {
        model.dispose();
      }
    }

    /** A model from a file, freed likewise. */
    async function withLoaded<T>(
      source: Uint8Array,
      options: SoftmaxRegressionOptions,
      work: (model: SoftmaxRegression) => Promise<T>,
    ): Promise<T> {
      const model = await SoftmaxRegression.load(source, { device, tuning: "off", ...options });
      try {
        return await work(model);
      } finally {
        model.dispose();
      }
    }

    describe("the automatic rate", () => {
      const rateOf = (
        rows: Rows["x"],
        options: SoftmaxRegressionOptions = {},
        fitOptions: FitOptions = {},
        labels = y,
      ) =>
        withModel({ solver: "sgd", epochs: 1, batchSize: 16, ...options }, async (model) => {
          const { epochs } = await model.fit(rows, labels, fitOptions);
          return epochs[0].learningRate;
        });

      test("rows of weight 0 and ignored rows do not lower it, however large", async () => {
        const sampleWeight = y.map((_, i) => (i === 5 ? 0 : 1));
        const labels = y.map((label, i) => (i === 5 ? 9 : label));
        const plain = await rateOf(x, {}, { sampleWeight });
        const outlier = withRow(x, 5, 1e4);
        expect(await rateOf(outlier, {}, { sampleWeight })).toBe(plain);
        expect(await rateOf(outlier, { ignoreLabel: 9 }, {}, labels)).toBe(plain);
        expect(await rateOf(outlier)).toBeLessThan(1e-3 * plain);
      });

      test("a heavy row lowers it; to all rows at once it is what as many light ones are", async () => {
        const sampleWeight = y.map((_, i) => (i === 5 ? 100 : 1));
        expect(await rateOf(x, {}, { sampleWeight })).toBeLessThan(0.2 * (await rateOf(x)));
        const batchSize = 1000;
        const large = withRow(x, 5, 3);
        const copies = Array.from({ length: 99 }, () => [...large.data.subarray(5 * FEATURES, 6 * FEATURES)]);
        const data = Float32Array.from([...large.data, ...copies.flat()]);
        const repeated = await rateOf(
          { data, rows: x.rows + copies.length, cols: FEATURES },
          { batchSize },
          {},
          [...y, ...copies.map(() => y[5])],
        );
        const weighted = await rateOf(large, { batchSize }, { sampleWeight });
        expectClose([weighted], [repeated], { absolute: 0, relative: 0.01 });
      });

      test("is that of the rows that count where those are few among many", async () => {
        const rows = 4000;
        const data = Float32Array.from({ length: rows * FEATURES }, (_, at) => x.data[at % x.data.length]);
        const isCounted = (i: number) => i === 401 || i === 1001;
        const labels = Array.from({ length: rows }, (_, i) => i % 2);
        const sampleWeight = labels.map((_, i) => (isCounted(i) ? 1 : 0));
        const some = await rateOf(
          { data, rows, cols: FEATURES },
          { batchSize: rows },
          { sampleWeight },
          labels,
        );
        const kept = labels.flatMap((_, i) =>
          isCounted(i) ? [...data.subarray(i * FEATURES, (i + 1) * FEATURES)] : [],
        );
        const alone = { data: Float32Array.from(kept), rows: 2, cols: FEATURES };
        const expected = await rateOf(alone, { batchSize: rows }, { classes: [0, 1] }, [0, 0]);
        expectClose([some], [expected], { absolute: 0, relative: 0.01 });
      });

      test("is that of the standardised rows where they are", async () => {
        const wide = { ...x, data: x.data.map((value, at) => 1000 * value + 500 * (at % FEATURES)) };
        await withModel({ solver: "sgd", epochs: 1, batchSize: 16, standardize: true }, async (model) => {
          const { epochs } = await model.fit(wide, y);
          const { mean, scale } = model.standardization ?? { mean: [], scale: [] };
          const standardised = wide.data.map((v, at) => (v - mean[at % FEATURES]) / scale[at % FEATURES]);
          const expected = await rateOf({ ...wide, data: standardised });
          expectClose([epochs[0].learningRate], [expected], { absolute: 0, relative: 1e-6 });
          expect(await rateOf(wide)).toBeLessThan(1e-3 * expected);
        });
      });
    });

    test("early stopping: a fall of less than minDelta is none", async () => {
      const options = { solver: "sgd", epochs: 30, batchSize: 90, learningRate: 0.05, momentum: 0 } as const;
      const lossesOf = (epochs: readonly EpochRecord[]) => epochs.map((epoch) => epoch.validation?.loss ?? 0);
      const losses = await withModel(options, async (model) =>
        lossesOf((await model.fit(x, y, { validation })).epochs),
      );
      // Falls shrink from epoch to epoch: the tenth is the first that is too little, and so is every one after it.
      const falls = losses.slice(1).map((loss, e) => losses[e] - loss);
      const minDelta = (falls[7] + falls[8]) / 2;
      expect(falls.slice(0, 9)).toEqual(falls.slice(0, 9).toSorted((a, b) => b - a));
      await withModel({ ...options, earlyStopping: { patience: 1, minDelta } }, async (model) => {
        const { epochs, stopReason } = await model.fit(x, y, { validation });
        expect([stopReason, epochs.length]).toEqual(["early", 10]);
        expect((await model.evaluate(...validation)).loss).toBeCloseTo(losses[8], 6);
      });
      await withModel({ ...options, earlyStopping: { patience: 1 } }, async (model) => {
        expect((await model.fit(x, y, { validation })).epochs.length).toBeGreaterThan(10);
      });
    });

    test("a path of λ starts each fit where the last one ended, and keeps the λ of least validation loss", async () => {
      const l2s = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 1e-4];
      const sample = noisyRows(24, 3);
      const passesOf = (iterations: readonly { passes: number }[]) =>
        iterations[iterations.length - 1].passes;
      const single = await Promise.all(
        l2s.map((l2) =>
          withModel({ l2 }, async (model) => passesOf((await model.fit(sample.x, sample.y)).iterations)),
        ),
      );
      await withModel({}, async (model) => {
        const path = await model.fitPath(sample.x, sample.y, l2s, { validation });
        const passes = path.map(({ history }) => passesOf(history.iterations));
        expect(sum(passes)).toBeLessThan(sum(single));
        // At the last optimum the gradient of the data is −2λW: the slope left is 2(λ − λ′)W, not that at 0.
        const atZero = path[0].history.iterations[0].objective;
        for (const { history } of path.slice(1)) expect(history.iterations[0].objective).toBeLessThan(atZero);
        const losses = path.map((entry) => entry.validation?.loss ?? Infinity);
        const best = losses.indexOf(Math.min(...losses));
        expect([0, l2s.length - 1]).not.toContain(best);
        expect(model.l2).toBe(l2s[best]);
        expect((await model.evaluate(...validation)).loss).toBeCloseTo(losses[best], 6);
      });
    });

    test("batches that come in are visited in another order each time", async () => {
      const rows = 32;
      const data = Float32Array.from({ length: rows * rows }, (_, at) => (at % (rows + 1) === 0 ? 1 : 0));
      const labels = Array.from({ length: rows }, (_, i) => i % 2);
      // Row i is all that moves the weights of feature i, and only the first row of a batch has a rate.
      const learningRate = (step: number) => (step % rows === 0 ? 1 : 0);
      await withModel({ solver: "sgd", batchSize: 1, momentum: 0, l2: 0, learningRate }, async (model) => {
        const first = new Set<number>();
        for (let batch = 1; batch <= 4; batch++) {
          await model.partialFit({ data, rows, cols: rows }, labels);
          for (const [j, weight] of model.weights.subarray(0, rows).entries()) if (weight !== 0) first.add(j);
        }
        expect(first.size).toBeGreaterThan(1);
      });
    });

    test("batches that come in after a change of solver begin without what the other remembers", async () => {
      const solvers = ["sgd", "adamw"] as const;
      for (const [begun, other] of [solvers, solvers.toReversed()]) {
        const saved = await withModel({ solver: begun, batchSize: 32 }, async (model) => {
          await model.partialFit(x, y);
          return readModel(model.toSafetensors());
        });
        const after = (model: typeof saved) =>
          withLoaded(modelToSafetensors(model), { solver: other }, async (loaded) => {
            await loaded.partialFit(held.x, held.y);
            return loaded.weights;
          });
        expect(await after(saved), other).toEqual(await after({ ...saved, progress: null }));
      }
    });

    test("the weights of validation rows count", async () => {
      const sampleWeight = held.y.map((label) => [0, 1, 5][label]);
      for (const solver of ["lbfgs", "sgd"] as const)
        await withModel({ solver, l2: 0.01 }, async (model) => {
          const { epochs, iterations } = await model.fit(x, y, { validation: [...validation, sampleWeight] });
          const seen = [...epochs, ...iterations].at(-1)?.validation;
          const expected = await model.evaluate(...validation, { sampleWeight });
          const near = { absolute: 1e-6, relative: 1e-6 };
          expectClose(Object.values(seen ?? {}), Object.values(expected), near, solver);
          expect(Math.abs(expected.loss - (await model.evaluate(...validation)).loss)).toBeGreaterThan(1e-3);
        });
    });

    describe("a class that is added", () => {
      const ROWS = [
        [-9, -1],
        [-1, -1],
        [0, 0],
        [1, 3],
        [8, -8],
        [-8, 8],
      ];

      test("has its weights at its label's place", async () => {
        await withModel({ l2: 0.01 }, async (model) => {
          const labels = y.map((label) => [10, 20, 40][label]);
          await model.fit(x, labels);
          const [scores, weights] = [await model.logits(x), model.weights];
          model.addClass(30);
          expect(model.classes).toEqual([10, 20, 30, 40]);
          const after = await model.logits(x);
          expect(after.data.filter((_, at) => at % 4 !== 2)).toEqual(scores.data);
          expect(model.weights.slice(0, 2 * FEATURES)).toEqual(weights.slice(0, 2 * FEATURES));
          expect(model.weights.slice(3 * FEATURES)).toEqual(weights.slice(2 * FEATURES));
        });
      });

      test("is never the likeliest before it is trained, also where the rows of weights are not centred", async () => {
        const coef = [
          [5, 5],
          [6, 4],
          [7, 6],
        ];
        for (const intercept of [
          [0, 0, 0],
          [-3, 1, 8],
        ]) {
          const model = SoftmaxRegression.fromSklearn(
            { coef, intercept, classes: ["a", "c", "d"] },
            { device },
          );
          const before = await model.predict(ROWS);
          model.addClass("b");
          expect(await model.predict(ROWS)).toEqual(before);
          model.removeClass("c");
          const fewer = await model.predict(ROWS);
          model.addClass("e");
          expect(await model.predict(ROWS)).toEqual(fewer);
          model.dispose();
        }
      });
    });

    test("rows of weight 0 do not change where L-BFGS ends, nor how, however large they are", async () => {
      const isOut = (i: number) => i % 9 === 4;
      const labels = y.map((label, i) => (isOut(i) ? 9 : label));
      const outcomeOf = (rows: Rows["x"], standardize: boolean) =>
        withModel({ l2: 0.01, ignoreLabel: 9, standardize }, async (model) => {
          const { iterations } = await model.fit(rows, labels);
          return { weights: model.weights, passes: iterations[iterations.length - 1].passes };
        });
      for (const standardize of [false, true]) {
        const plain = await outcomeOf(x, standardize);
        for (const size of [1e4, 1e15]) {
          const data = x.data.map((value, at) => (isOut(Math.floor(at / FEATURES)) ? size * value : value));
          const { weights, passes } = await outcomeOf({ ...x, data }, standardize);
          expectClose(weights, plain.weights, { absolute: 1e-5, relative: 1e-5 }, `times ${size}`);
          expect(passes).toBe(plain.passes);
        }
      }
    });

    describe("a fit is resumed as it was begun, or refused", () => {
      /** What is left of a fit that was stopped after its second epoch or iteration. */
      const interrupted = (options: SoftmaxRegressionOptions) =>
        withModel({ epochs: 6, batchSize: 32, ...options }, async (model) => {
          const controller = new AbortController();
          const stop = ({ epoch = 0, iteration = 0 }) => {
            if (epoch === 2 || iteration === 2) controller.abort();
          };
          const { signal } = controller;
          await expect(model.fit(x, y, { signal, onEpoch: stop, onIteration: stop })).rejects.toMatchObject({
            name: "AbortError",
          });
          expect(model.isResumable).toBe(true);
          return model.toSafetensors();
        });

      const CASES: Record<
        string,
        readonly [begun: SoftmaxRegressionOptions, other: SoftmaxRegressionOptions]
      > = {
        batchSize: [{ solver: "sgd" }, { batchSize: 16 }],
        l2: [{ solver: "lbfgs" }, { l2: 0.3 }],
        bias: [{ solver: "lbfgs" }, { bias: false }],
        classWeight: [{ solver: "lbfgs" }, { classWeight: [1, 5, 1] }],
        learningRate: [{ solver: "sgd", learningRate: (step) => 0.1 / (1 + step) }, {}],
      };
      for (const [option, [begun, other]] of Object.entries(CASES))
        test(`not with another ${option}`, async () => {
          const source = await interrupted(begun);
          await withLoaded(source, other, async (model) => {
            const before = model.weights;
            const error = await model.fit(x, y, { resume: true }).catch((reason: unknown) => reason);
            expect(error).toMatchObject({ name: "StateError", message: expect.stringContaining(option) });
            expect(model.weights).toEqual(before);
          });
        });

      test("not where its arrays are longer than its own conditions say", async () => {
        const saved = readModel(await interrupted({ solver: "lbfgs" }));
        const { state, tensors } = saved.progress ?? { state: {}, tensors: {} };
        const { conditions } = state as { conditions: object };
        const progress = {
          state: { ...(state as object), conditions: { ...conditions, bias: false } },
          tensors,
        };
        const source = modelToSafetensors({ ...saved, progress });
        await expect(withLoaded(source, {}, async () => {})).rejects.toMatchObject({
          name: "FormatError",
          argument: "model.progress.s0",
        });
      });

      test("with the schedule given again it goes on", async () => {
        const [solver, learningRate] = ["sgd", (step: number) => 0.1 / (1 + step)] as const;
        await withLoaded(await interrupted({ solver, learningRate }), { learningRate }, async (model) => {
          expect((await model.fit(x, y, { resume: true })).epochs.length).toBe(6);
        });
      });

      test("a path of λ is not resumed", async () => {
        await withLoaded(await interrupted({ solver: "lbfgs" }), {}, async (model) => {
          const resume: FitOptions = { resume: true };
          await expect(model.fitPath(x, y, [0.1, 0.01], resume)).rejects.toMatchObject({
            argument: "resume",
          });
          expect(model.isResumable).toBe(true);
        });
      });
    });

    test("while a fit runs the model is not calibrated, and its classes stay", async () => {
      await withModel({ solver: "sgd", epochs: 2, batchSize: 30 }, async (model) => {
        await model.fit(x, y);
        let tried = 0;
        await model.fit(x, y, {
          onEpoch: async () => {
            tried++;
            const refusal = { name: "StateError" };
            await expect(model.calibrate(...validation)).rejects.toMatchObject(refusal);
            expect(() => model.addClass(7)).toThrow(expect.objectContaining(refusal));
            expect(() => model.removeClass(0)).toThrow(expect.objectContaining(refusal));
          },
        });
        expect([tried, model.temperature, model.classes]).toEqual([2, 1, [0, 1, 2]]);
        model.addClass(7);
        expect(model.classes).toEqual([0, 1, 2, 7]);
      });
    });

    test("validation rows without labels, or labels without rows, are refused", async () => {
      await withModel({}, async (model) => {
        for (const bad of [
          [held.x, undefined],
          [undefined, held.y],
          [held.x, null],
        ]) {
          const options = { validation: bad } as unknown as FitOptions;
          await expect(model.fit(x, y, options)).rejects.toMatchObject({
            argument: expect.stringMatching(/^validation/),
          });
        }
      });
    });

    test("a refit that is aborted before its first iteration or epoch ends leaves the old model", async () => {
      for (const solver of ["lbfgs", "sgd"] as const) {
        let controller = new AbortController();
        let phase: "none" | "upload" | "training" = "none";
        const stopIn = (now: typeof phase) => {
          if (now === phase) controller.abort();
        };
        const learningRate = () => {
          stopIn("training");
          return 0.1;
        };
        await withModel({ solver, epochs: 3, batchSize: 30, learningRate }, async (model) => {
          await model.fit(x, y);
          const [weights, bias] = [model.weights, model.bias];
          for (phase of ["upload", "training"] as const) {
            controller = new AbortController();
            const refit = model.fit(held.x, held.y, {
              signal: controller.signal,
              onProgress: (progress) => stopIn(progress.phase),
              onEpoch: () => expect.fail("an epoch ended"),
              onIteration: () => expect.fail("an iteration ended"),
            });
            await expect(refit).rejects.toMatchObject({ name: "AbortError" });
            expect(model.weights).toEqual(weights);
            expect(model.bias).toEqual(bias);
          }
        });
      }
    });

    test("a loaded model keeps its λ: as an option unless another is given, in evaluations always", async () => {
      await withModel({ l2: 0.25 }, async (fitted) => {
        await fitted.fit(x, y);
        const seen = await fitted.evaluate(...validation);
        const squares = fitted.weights.reduce((total, w) => total + w * w, 0);
        expect(seen.objective - seen.loss).toBeCloseTo(0.25 * squares, 6);
        const given = { l2: undefined } as unknown as SoftmaxRegressionOptions;
        await withLoaded(fitted.toSafetensors(), given, async (model) => expect(model.l2).toBe(0.25));
        await withLoaded(fitted.toSafetensors(), { l2: 9 }, async (model) => {
          expect(model.l2).toBe(9);
          expect(await model.evaluate(...validation)).toEqual(seen);
        });
      });
    });

    describe("passes", () => {
      /** The passes that were begun, told from the rows that they are to visit. */
      const CASES: Record<string, SoftmaxRegressionOptions> = {
        "of L-BFGS": { l2: 1e-3 },
        "with an L1 penalty": { l2: 1e-3, l1: 0.02 },
        "to the end of the device's precision": { l2: 1e-6, tolerance: 0 },
      };
      for (const [what, options] of Object.entries(CASES))
        test(`${what} are counted, every one`, async () => {
          await withModel(options, async (model) => {
            let begun = 0;
            const counted: number[] = [];
            const { iterations } = await model.fit(x, y, {
              onProgress: ({ phase, totalRows }) => {
                if (phase === "training") begun = totalRows / x.rows;
              },
              onIteration: ({ passes }) => {
                expect(passes).toBe(begun);
                counted.push(passes);
              },
            });
            // The start has a record and is no iteration.
            expect(iterations.map(({ passes }) => passes)).toEqual([1, ...counted]);
          });
        });
    });

    test("labels and the label to ignore may be of two types, in any order", async () => {
      const names = y.map((label) => ["ant", "bee", "cow"][label]);
      const cases: readonly (readonly [Label, readonly Label[]])[] = [
        [-1, names],
        ["", y],
      ];
      for (const [ignoreLabel, labels] of cases)
        await withModel({ ignoreLabel, l2: 0.01 }, async (model) => {
          const weights: Float32Array[] = [];
          for (const out of [(i: number) => i < 2, (i: number) => i === 1 || i === 88]) {
            const mixed = labels.map((label, i) => (out(i) ? ignoreLabel : label)) as unknown as Labels;
            await model.fit(x, mixed);
            expect(model.classes).toEqual([...new Set(labels)].sort());
            weights.push(model.weights);
          }
          expect(weights[0]).not.toEqual(weights[1]);
        });
    });

    test("what the model shows are copies", async () => {
      await withModel({ standardize: true }, async (model) => {
        await model.fit(x, y);
        const before = await model.predictProba(held.x);
        model.standardization?.mean.fill(7);
        model.standardization?.scale.fill(7);
        model.weights.fill(7);
        model.bias.fill(7);
        (model.classes as Label[]).reverse();
        expect(await model.predictProba(held.x)).toEqual(before);
        expect(model.classes).toEqual([0, 1, 2]);
        expect(model.standardization?.mean).not.toContain(7);
      });
    });

    describe("L-BFGS on badly scaled features as they come goes to the optimum of the reference", () => {
      const CASES: Record<string, readonly (readonly [number, number])[]> = {
        "288 ± 10, 2000 ± 8, 40000 ± 15000": [
          [288, 10],
          [2000, 8],
          [40_000, 15_000],
        ],
        "5000 ± 10": [
          [5000, 10],
          [5000, 10],
          [5000, 10],
        ],
        "deviations from 1e-4 to 1e6": [
          [0, 1e-4],
          [0, 1],
          [0, 1e6],
          [0, 1e-2],
          [0, 100],
          [0, 1e4],
        ],
      };
      for (const [what, columns] of Object.entries(CASES))
        test.skipIf(device === "reference")(what, async () => {
          const rows = scaledRows(columns);
          const source = {
            x: rows.x,
            targets: { kind: "labels", labels: Uint32Array.from(rows.y) },
          } as const;
          const reached = (on: SoftmaxRegressionOptions) =>
            withModel({ l2: 1e-4, ...on }, async (model) => {
              await model.fit(rows.x, rows.y);
              const { weights, bias } = JSON.parse(model.toJsonText());
              const parameters = {
                weights: Float64Array.from(weights.flat()),
                bias: Float64Array.from(bias),
              };
              return objective(source, parameters, 1e-4);
            });
          const best = await reached({ device: "reference", tolerance: 1e-10, maxIterations: 20_000 });
          const found = await reached({});
          expect(found).toBeLessThan((1 + 1e-5) * best);
          expect(found).toBeGreaterThan((1 - 1e-9) * best);
        });
    });
  });
}

test("evaluations of a search that failed are counted too", async () => {
  let evaluations = 0;
  const stiff = Float64Array.of(1, 40, 900);
  const objectiveOf = async (at: Float64Array) => {
    evaluations++;
    // From the seventh on, for a whole search, no step is any good.
    const isBroken = evaluations > 6 && evaluations <= 40;
    return {
      value: isBroken ? Infinity : sum(at.map((v, i) => 0.5 * stiff[i] * (v - 1) ** 2)),
      gradient: at.map((v, i) => stiff[i] * (v - 1)),
    };
  };
  const seen: (readonly [number, number])[] = [];
  await lbfgs(
    objectiveOf,
    new Float64Array(3),
    {
      ...{ memory: 10, tolerance: 1e-8, maxIterations: 50, maxSeconds: Infinity, precision: 2 ** -50 },
      ...{ precondition: async (vector) => vector.slice(), l1: { l1: 0, count: 3 } },
    },
    (state) => void seen.push([state.evaluations, evaluations]),
  );
  expect(evaluations).toBeGreaterThan(40);
  for (const [counted, made] of seen) expect(counted).toBe(made);
});

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
