/** Interrupted fits in files: the whole state reads back, and a state that no fit can leave is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packProgress, unpackProgress } from "../../../src/fit/progress-file.ts";
import type { LbfgsProgress, PartialProgress, Progress, SgdProgress } from "../../../src/fit/resume.ts";
import { modelToJson } from "../../../src/formats/model-json.ts";
import { modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import type { SavedProgress } from "../../../src/formats/saved-model.ts";
import { FormatError } from "../../../src/index.ts";
import { expectFormatError, plainModel } from "./support.ts";

const vector = (...values: number[]) => Float64Array.of(...values);
const parameters = (first: number) => ({
  weights: vector(first, -0, 0.1, 2, 3, 4),
  bias: vector(-first, 1 / 3),
});

/** Makes a model whose loss on the validation rows is about to overflow. */
const overflown = { objective: Number.NaN, loss: Infinity, accuracy: 0.5 };

const sgd: SgdProgress = {
  solver: "sgd",
  conditions: { solver: "sgd", bias: true, rows: 9 },
  devices: ["reference"],
  state: {
    epoch: 2,
    optimiser: { parameters: parameters(1), velocity: parameters(2), average: parameters(3) },
    best: { epoch: 1, loss: Infinity, parameters: parameters(4) },
  },
  epochs: [
    { epoch: 1, loss: 0.7, accuracy: 0.5, learningRate: 0.1, validation: overflown },
    { epoch: 2, loss: 0.6, accuracy: 1, learningRate: 0, validation: { ...overflown, loss: Number.NaN } },
  ],
};

const adamw: SgdProgress = {
  ...sgd,
  solver: "adamw",
  state: {
    epoch: 2,
    optimiser: {
      parameters: parameters(1),
      velocity: parameters(2),
      secondMoment: { weights: vector(Infinity, 0, 1, 2, 3, 4), bias: vector(0, 0) },
    },
    best: null,
  },
};

const lbfgs: LbfgsProgress = {
  solver: "lbfgs",
  conditions: { solver: "lbfgs", bias: true, rows: 9 },
  devices: ["wasm", "webgpu"],
  state: {
    iteration: 2,
    evaluations: 4,
    value: 0.5,
    lowered: { value: 0.5, norm: 0.1, iteration: 1 },
    x: vector(1, 2, 3, 4, 5, 6, 7, 8),
    gradient: vector(-0, 2, 3, 4, 5, 6, 7, 1e300),
    pairs: [{ s: vector(1, 1, 1, 1, 1, 1, 1, 1), y: vector(2, 2, 2, 2, 2, 2, 2, -1) }],
    anchor: { x: vector(8, 7, 6, 5, 4, 3, 2, 1), evaluations: 3, round: 1 },
    samplingWork: 1.5,
  },
  iterations: [0, 1, 2].map((iteration) => ({
    ...{ iteration, objective: 1, loss: 1, accuracy: 0.5, gradientNorm: 1, passes: iteration + 2, work: 2.5 },
    validation: { objective: -Infinity, loss: Number.NaN, accuracy: 0.5 },
  })),
};

const partial: PartialProgress = {
  solver: "partial",
  state: { optimiser: { parameters: parameters(1), velocity: parameters(2) }, steps: 12, rate: 0.25 },
};

const ALL: readonly (readonly [string, Progress])[] = [
  ["SGD", sgd],
  ["AdamW", adamw],
  ["L-BFGS", lbfgs],
  ["batches that came in", partial],
  ["batches at a rate of their own", { ...partial, state: { ...partial.state, rate: null } }],
];

const unpack = (saved: SavedProgress | null) => unpackProgress(saved as SavedProgress, 6, 2);

describe.each(ALL)("%s", (_, progress) => {
  test("reads back from both formats, with values that have overflowed", async () => {
    const model = { ...plainModel, progress: await packProgress(progress) };
    for (const file of [await modelToJson(model), await modelToSafetensors(model)])
      expect(await unpack((await readModel(file)).progress)).toEqual(progress);
  });

  test("a damaged file is refused or sound", async () => {
    const { state, tensors } = await packProgress(progress);
    const text = JSON.stringify(state);
    const numbers = [...text.matchAll(/-?\d[\d.e+-]*|"[^"]*"/g)].map(
      ({ index, 0: found }) => [index, found] as const,
    );
    const values = fc.constantFrom(...'-1 1e9 0.5 null "NaN" "x" [] {} true 3 4294967295'.split(" "));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...numbers), values, async ([at, found], value) => {
        const damaged = text.slice(0, at) + value + text.slice(at + found.length);
        let said: SavedProgress["state"];
        try {
          said = JSON.parse(damaged);
        } catch {
          return;
        }
        try {
          expectSound(await unpack({ state: said, tensors }));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          refused++;
        }
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

/** Checks what a fit relies on when it resumes. */
function expectSound(progress: Progress): void {
  if (progress.solver === "partial") {
    expect(Number.isInteger(progress.state.steps) && progress.state.steps >= 0).toBe(true);
    expect(progress.state.rate === null || progress.state.rate >= 0).toBe(true);
    return;
  }
  const records = progress.solver === "lbfgs" ? progress.iterations : progress.epochs;
  for (const { validation, ...figures } of records)
    for (const figure of [...Object.values(figures), ...Object.values(validation ?? {})])
      expect(typeof figure).toBe("number");
  if (progress.solver === "lbfgs") {
    const { iteration, lowered, pairs, value } = progress.state;
    expect(records.map((record) => "iteration" in record && record.iteration)).toEqual([0, 1, 2]);
    expect(iteration).toBe(2);
    expect(lowered.iteration).toBeLessThanOrEqual(iteration);
    expect(Number.isFinite(value) && Number.isFinite(lowered.value)).toBe(true);
    expect(pairs).toHaveLength(1);
  } else {
    expect(progress.state.epoch).toBe(2);
    expect(progress.state.best?.epoch ?? 0).toBeLessThanOrEqual(2);
    expect(progress.state.best?.loss).not.toBeNaN();
  }
}

describe("refused", () => {
  /** Returns the saved state of a fit with some fields and arrays replaced. */
  async function changed(progress: Progress, state: object, tensors: Record<string, Float64Array> = {}) {
    const saved = await packProgress(progress);
    const said = saved.state as { readonly state: object };
    const { inner = {}, ...outer } = state as { inner?: object };
    return {
      state: { ...said, ...outer, state: { ...said.state, ...inner } },
      tensors: { ...saved.tensors, ...tensors },
    } as SavedProgress;
  }
  const record = { epoch: 1, loss: 1, accuracy: 1, learningRate: 1 };
  const evaluated = (validation: object) => ({ epochs: [{ ...record, validation }, record] });
  const six = (value: number) => new Float64Array(6).fill(value);

  test.each<readonly [string, Progress, object, string, RegExp]>([
    ["another solver", sgd, { solver: "newton" }, "solver", /got newton/],
    ["records too few", sgd, { epochs: [record] }, "history", /not 2 records/],
    ["a record twice", sgd, { epochs: [record, record] }, "history.epoch", /got 1/],
    ["text to be shown", sgd, { epochs: [{ ...record, loss: "<img>" }, record] }, "history.loss", /"<img>"/],
    ["more in a record", sgd, { epochs: [{ ...record, html: 1 }, record] }, "history.html", /unknown/],
    ["text in an evaluation", sgd, evaluated({ ...overflown, loss: "1" }), "history.loss", /"1"/],
    ["half an evaluation", sgd, evaluated({ loss: 1 }), "history.objective", /got undefined/],
    ["half an epoch", sgd, { inner: { epoch: 1.5 } }, "epoch", /got 1.5/],
    ["a best epoch to come", sgd, { inner: { best: { epoch: 3, loss: 1 } } }, "epoch", /got 3/],
    ["no best parameters", adamw, { inner: { best: { epoch: 1, loss: 1 } } }, "best.weights", /got nothing/],
    ["AdamW without its mean of squares", sgd, { solver: "adamw" }, "secondMoment.weights", /got nothing/],
    ["more pairs than arrays", lbfgs, { inner: { pairs: 1e9 } }, "pairs", /got 1000000000/],
    ["a pair too few", lbfgs, { inner: { pairs: 0 } }, "s0", /does not have/],
    [
      "an iteration to come",
      lbfgs,
      { inner: { lowered: { value: 1, norm: 1, iteration: 3 } } },
      "iteration",
      /got 3/,
    ],
    ["an infinite objective", lbfgs, { inner: { value: "Infinity" } }, "value", /got Infinity/],
    [
      "half a pass",
      lbfgs,
      { iterations: lbfgs.iterations.map((one) => ({ ...one, passes: 0.5 })) },
      "passes",
      /got 0.5/,
    ],
    ["conditions that are none", lbfgs, { conditions: [] }, "state", /an array/],
    [
      "conditions of any length",
      lbfgs,
      { conditions: { l2: "x".repeat(1e5) } },
      "conditions",
      /got 100009 characters/,
    ],
    ["a rate below 0", partial, { inner: { rate: -1 } }, "rate", /got -1/],
    ["steps beyond a count", partial, { inner: { steps: 2 ** 32 } }, "steps", /got 4294967296/],
  ])("%s", async (_, progress, state, field, reason) => {
    const saved = await changed(progress, state);
    await expectFormatError(() => unpack(saved), `model.progress.${field}`, reason);
  });

  test.each<readonly [string, Progress, string, Float64Array, RegExp]>([
    ["parameters of another model", sgd, "parameters.weights", vector(1), /got 1 numbers/],
    ["infinite parameters", sgd, "parameters.weights", six(Infinity), /got Infinity/],
    ["a mean of squares below 0", adamw, "secondMoment.weights", six(-1), /got -1/],
    ["a mean of squares of SGD", sgd, "secondMoment.weights", six(1), /does not have/],
    ["an array of nothing", lbfgs, "s7", six(1), /does not have/],
    ["no curvature", lbfgs, "y0", new Float64Array(8), /no positive curvature/],
  ])("%s", async (_, progress, name, values, reason) => {
    const saved = await changed(progress, {}, { [name]: values });
    await expectFormatError(() => unpack(saved), `model.progress.${name}`, reason);
  });
});

test("an older file, in which overflowed values are null, resumes", async () => {
  const saved = await packProgress(sgd);
  const state = JSON.parse(JSON.stringify(saved.state).replaceAll(/"(NaN|-?Infinity)"/g, "null"));
  const read = (await unpack({ ...saved, state })) as SgdProgress;
  expect(read.epochs[0].validation).toEqual({ objective: Number.NaN, loss: Number.NaN, accuracy: 0.5 });
  expect(read.state.best?.loss).toBe(Infinity);
});
