/**
 * The basic kernels, each against its reference operation, on hostile shapes and values.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import softmaxShader from "../../shaders/softmax.wgsl";
import {
  countCorrect,
  crossEntropy,
  dLogits,
  gradient,
  matmul,
  softmax,
  weightedMean,
} from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { layoutOf, packParameters, unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { scaleOf } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Storage } from "../../src/data/storage.ts";
import type { Targets } from "../../src/data/targets.ts";
import { EXACT, expectClose, float32Tolerance } from "../support/expect-close.ts";
import {
  exactProblem,
  LABELS,
  plansOf,
  runOperation,
  SHAPES,
  shuffled,
  stored,
} from "../support/kernel-problems.ts";
import { type ProblemSpec, randomProblem } from "../support/problems.ts";
import { runKernel } from "../support/run-kernel.ts";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.open();
});
afterAll(() => backend.dispose());

/** Kernels of scores and gradients, by name of a plan. */
const SCORES = ["direct", "shared", "otherTiles"] as const;
const GRADIENTS = ["direct", "quad", "shared", "otherTiles"] as const;

function isShared(kernel: (typeof SCORES)[number] | (typeof GRADIENTS)[number]): boolean {
  return kernel === "shared" || kernel === "otherTiles";
}

async function runMatmul(
  kernel: (typeof SCORES)[number],
  spec: ProblemSpec,
  bias: boolean,
  storage: Storage = "f32",
  isScaled = false,
  problem = exactProblem(spec, storage, isScaled),
) {
  const { rows, features, classes } = spec;
  const shape = { features, classes, bias };
  const order = shuffled(rows);
  const buffers = {
    order,
    x: stored(problem.source.x, storage),
    weights: packParameters(problem.parameters, shape, layoutOf(shape).weights4),
    logits: new Float32Array(rows * classes),
  };
  const { results } = await runOperation(
    backend.gpu,
    isShared(kernel) ? "scoresShared" : "matmul",
    plansOf(backend.gpu, shape)[kernel],
    shape,
    { ...LABELS, storage, isScaled },
    { rows, shuffled: 1, unit: scaleOf(problem.source.x) },
    buffers,
  );
  const { logits } = results;
  const noBias = { ...problem.parameters, bias: new Float64Array(classes) };
  const expected = matmul(problem.source.x, order, bias ? problem.parameters : noBias);
  return { actual: logits.subarray(0, rows * classes), expected };
}

const STORED = [
  ["f32", false],
  ["f16", false],
  ["f16", true],
  ["u8", false],
  ["u8", true],
] as const;

/** Returns the shapes for a kernel: half of them for each size of tiles that software adapters compile for seconds. */
function shapesFor(kernel: (typeof SCORES)[number] | (typeof GRADIENTS)[number]) {
  if (!isShared(kernel)) return SHAPES;
  return SHAPES.filter((_, i) => (i % 2 === 0) === (kernel === "shared"));
}

describe.each(SCORES)("matmul, %s", (kernel) => {
  for (const [i, [rows, features, classes]] of shapesFor(kernel).entries()) {
    for (const [storage, isScaled] of kernel === "direct" ? STORED : [STORED[i % STORED.length]]) {
      test(`${rows}×${features}×${classes} ${isScaled ? "scaled " : ""}${storage}`, async () => {
        for (const bias of [true, false]) {
          const { actual, expected } = await runMatmul(
            kernel,
            { rows, features, classes },
            bias,
            storage,
            isScaled,
          );
          expectClose(actual, expected, float32Tolerance(features, 2));
        }
      });
    }
  }

  test("small integers exactly", async () => {
    const spec = { rows: 37, features: 61, classes: 13 };
    const problem = randomProblem(spec);
    problem.source.x.data.set(problem.source.x.data.map((v) => Math.round(8 * v)));
    problem.parameters.weights.set(problem.parameters.weights.map((v) => Math.round(30 * v)));
    problem.parameters.bias.set(problem.parameters.bias.map((v) => Math.round(3 * v)));
    const { actual, expected } = await runMatmul(kernel, spec, true, "f32", false, problem);
    expectClose(actual, expected, EXACT);
  });

  test("bytes and halves of scale 1 and 1/4 exactly", async () => {
    const spec = { rows: 37, features: 61, classes: 13 };
    const given = randomProblem(spec);
    given.parameters.weights.set(given.parameters.weights.map((v) => Math.round(30 * v)));
    given.parameters.bias.set(given.parameters.bias.map((v) => Math.round(3 * v)));
    for (const [storage, data] of [
      ["u8", Uint8Array.from(given.source.x.data, (_, i) => (i * 37) % 256)],
      ["f16", Float32Array.from(given.source.x.data, (_, i) => ((i * 37) % 512) - 256)],
    ] as const) {
      for (const scale of [1, 0.25]) {
        const x = { ...given.source.x, data, scale };
        const problem = { ...given, source: { ...given.source, x } };
        const { actual, expected } = await runMatmul(kernel, spec, true, storage, true, problem);
        expectClose(actual, expected, EXACT, `${storage} of ${scale}`);
      }
    }
  });
});

async function runSoftmax(
  logits: Float32Array,
  classes: number,
  targets: Targets,
  sampleWeights?: Float32Array,
  labelSmoothing = 0,
) {
  const rows = logits.length / classes;
  const order = shuffled(rows);
  const lanes = 2 ** Math.min(6, Math.max(0, Math.ceil(Math.log2(classes / 16))));
  const groups = Math.ceil((rows * lanes) / 64);
  const kind = { none: 0, labels: 1, distributions: 2 }[targets.kind];
  const total = sampleWeights?.reduce((sum, s) => sum + s, 0) ?? rows;
  const out = await runKernel(backend.gpu, {
    shader: softmaxShader,
    constants: {
      CLASSES: classes,
      TARGETS: kind,
      WEIGHTED: sampleWeights !== undefined,
      SMOOTHED: labelSmoothing > 0,
      LANES: lanes,
    },
    segment: {
      rows,
      shuffled: 1,
      lossSlot: 3,
      scale: targets.kind === "none" ? 1 : 1 / total,
      labelSmoothing,
    },
    buffers: {
      order,
      targets:
        targets.kind === "labels"
          ? targets.labels
          : targets.kind === "none"
            ? new Uint32Array(1)
            : Float32Array.from(targets.distributions.data),
      sampleWeights: sampleWeights ?? new Float32Array(1),
      logits,
      losses: new Float32Array(2 * (groups + 3)),
    },
    groups,
  });
  const pairs = out.losses.subarray(6, 6 + 2 * groups);
  const sum = (offset: number) =>
    pairs.reduce((total, value, i) => (i % 2 === offset ? total + value : total), 0);
  return { order, left: out.logits.subarray(0, logits.length), loss: 2 * sum(0), correct: sum(1) };
}

/** Compares all results of the kernel with the reference. */
async function checkSoftmax(
  logits: Float32Array,
  classes: number,
  targets: Targets,
  sampleWeights?: Float32Array,
  labelSmoothing = 0,
) {
  const { order, left, loss, correct } = await runSoftmax(
    logits,
    classes,
    targets,
    sampleWeights,
    labelSmoothing,
  );
  const exact = Float64Array.from(logits);
  const losses = crossEntropy(exact, targets, order, classes, labelSmoothing);
  const expectedLoss = weightedMean(losses, sampleWeights, order);
  const t = dLogits(softmax(exact, classes), targets, sampleWeights, order, classes, labelSmoothing);
  expectClose(left, t, { absolute: 1e-6 / order.length, relative: 1e-5 }, "dLogits");
  expectClose([loss], [expectedLoss], { absolute: 1e-6, relative: 1e-5 }, "loss");
  expect(correct).toBe(countCorrect(exact, targets, sampleWeights, order, classes));
}

describe("softmax", () => {
  for (const [rows, , classes] of SHAPES) {
    for (const targets of ["labels", "distributions"] as const) {
      for (const isWeighted of [false, true]) {
        test(`${rows}×${classes} ${targets}${isWeighted ? ", weighted" : ""}`, async () => {
          const { source } = randomProblem({ rows, features: 1, classes, targets, isWeighted });
          const random = createRandom(3);
          const logits = Float32Array.from({ length: rows * classes }, () => 4 * random.normal());
          await checkSoftmax(logits, classes, source.targets, source.sampleWeights);
        });
      }
    }
  }

  test.each([2, 97, 1031])("labels smoothed, %s classes", async (classes) => {
    const { source } = randomProblem({ rows: 33, features: 1, classes, isWeighted: true });
    const random = createRandom(3);
    const logits = Float32Array.from({ length: 33 * classes }, () => 4 * random.normal());
    for (const labelSmoothing of [0.1, 0.9])
      await checkSoftmax(logits, classes, source.targets, source.sampleWeights, labelSmoothing);
  });

  test("rows of weight 0 are not counted", async () => {
    const labels = Uint32Array.from({ length: 40 }, (_, row) => row % 3);
    const logits = Float32Array.from({ length: 120 }, (_, i) =>
      i % 3 === labels[Math.floor(i / 3)] ? 1 : 0,
    );
    const sampleWeights = Float32Array.from(labels, (_, row) => row % 2);
    await checkSoftmax(logits, 3, { kind: "labels", labels }, sampleWeights);
  });

  test("without targets it returns the probabilities", async () => {
    const classes = 11;
    const logits = Float32Array.from({ length: 29 * classes }, (_, i) => Math.sin(i) * 9);
    const { left } = await runSoftmax(logits, classes, { kind: "none" });
    expectClose(left, softmax(Float64Array.from(logits), classes), { absolute: 1e-7, relative: 1e-5 });
  });

  for (const classes of [2, 10, 33, 1031]) {
    test(`scores of ±1000, ${classes} classes: nothing overflows, the loss is not clipped`, async () => {
      const labels = Uint32Array.of(0, 1, classes - 1, 0, 1);
      const logits = Float32Array.from({ length: 5 * classes }, (_, i) => ((i * 7) % 3 === 0 ? 1000 : -1000));
      await checkSoftmax(logits, classes, { kind: "labels", labels });
    });

    test(`rows of equal scores, ${classes} classes: uniform probabilities, the lowest class wins`, async () => {
      const labels = Uint32Array.of(0, 0, 1, classes - 1);
      const logits = Float32Array.from(
        { length: 4 * classes },
        (_, i) => [0, 1000, -1000, 88.7][Math.floor(i / classes)],
      );
      await checkSoftmax(logits, classes, { kind: "labels", labels });
    });
  }

  test.each([2, 33, 1031])(
    "scores that are not finite leave NaN if their row has weight; %s classes",
    async (classes) => {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        for (const kind of ["labels", "none"] as const) {
          const random = createRandom(6);
          const logits = Float32Array.from({ length: 5 * classes }, () => random.normal());
          for (const i of [1, 3]) logits[i * classes + random.integer(classes)] = bad;
          const targets = kind === "none" ? ({ kind } as const) : { kind, labels: new Uint32Array(5) };
          const weights = kind === "none" ? undefined : Float32Array.of(1, 2, 1, 1, 1);
          const order = shuffled(5);
          if (weights) weights[order[1]] = 0;
          const { left, loss } = await runSoftmax(logits, classes, targets, weights);
          for (const [i, row] of order.entries()) {
            const values = left.subarray(i * classes, (i + 1) * classes);
            const expected = weights?.[row] === 0 ? (t: number) => t === 0 : Number.isFinite;
            expect(values.every(i === 3 || (i === 1 && !weights) ? Number.isNaN : expected)).toBe(true);
          }
          if (weights) expect(loss).toBeNaN();
        }
      }
    },
  );

  test("a row wrong by 2000 scores has that loss and a gradient of ±1", async () => {
    const { left, loss } = await runSoftmax(Float32Array.of(1000, -1000), 2, {
      kind: "labels",
      labels: Uint32Array.of(1),
    });
    expect(loss).toBe(2000);
    expectClose(left, [1, -1], EXACT);
  });
});

async function runGradient(
  spec: ProblemSpec,
  kernel: (typeof GRADIENTS)[number],
  bias: boolean,
  splits: number,
  scores: Float64Array,
  storage: Storage = "f32",
  isScaled = false,
  problem = exactProblem(spec, storage, isScaled),
) {
  const { rows, features, classes } = spec;
  const shape = { features, classes, bias };
  const { weights4 } = layoutOf(shape);
  const order = shuffled(rows);
  const size = classes * weights4 * 4;
  const earlier = Float32Array.from({ length: splits * size }, (_, i) => i % 5);
  const sums = async (accumulate: number) => {
    const buffers = {
      order,
      x: stored(problem.source.x, storage),
      sampleWeights: new Float32Array(1),
      dLogits: Float32Array.from(scores),
      partials: earlier,
    };
    const segment = { rows, shuffled: 1, splits, accumulate, unit: scaleOf(problem.source.x) };
    const kind = { ...LABELS, storage, isScaled };
    const { results } = await runOperation(
      backend.gpu,
      isShared(kernel) ? "gradientShared" : "gradient",
      plansOf(backend.gpu, shape)[kernel],
      shape,
      kind,
      segment,
      buffers,
    );
    const total = new Float32Array(size);
    for (const [i, value] of results.partials.subarray(0, splits * size).entries())
      total[i % size] += value - accumulate * earlier[i];
    return unpackParameters(total, shape, weights4);
  };
  const zero = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const expected = gradient(scores, problem.source.x, order, zero, 0);
  return { overwritten: await sums(0), accumulated: await sums(1), expected };
}

describe.each(GRADIENTS)("gradient, %s", (kernel) => {
  for (const [i, [rows, features, classes]] of shapesFor(kernel).entries()) {
    const [storage, isScaled] = STORED[i % STORED.length];
    test(`${rows}×${features}×${classes} ${isScaled ? "scaled " : ""}${storage}`, async () => {
      const random = createRandom(11);
      const scores = Float64Array.from({ length: rows * classes }, () => Math.fround(random.normal()));
      for (const [bias, splits] of [
        [true, 1],
        [false, 3],
        [true, 16],
      ] as const) {
        const spec = { rows, features, classes };
        const { overwritten, accumulated, expected } = await runGradient(
          spec,
          kernel,
          bias,
          splits,
          scores,
          storage,
          isScaled,
        );
        const tolerance = float32Tolerance(rows, 4);
        expectClose(overwritten.weights, expected.weights, tolerance, "dWeights");
        expectClose(overwritten.bias, bias ? expected.bias : new Float64Array(classes), tolerance, "dBias");
        expectClose(
          accumulated.weights,
          expected.weights,
          { ...tolerance, absolute: tolerance.absolute + 1e-4 },
          "accumulated",
        );
      }
    });
  }

  test("small integers exactly", async () => {
    const spec = { rows: 53, features: 37, classes: 7 };
    const problem = randomProblem(spec);
    problem.source.x.data.set(problem.source.x.data.map((v) => Math.round(8 * v)));
    const scores = Float64Array.from({ length: 53 * 7 }, (_, i) => (i % 11) - 5);
    const { overwritten, expected } = await runGradient(spec, kernel, true, 5, scores, "f32", false, problem);
    expectClose(overwritten.weights, expected.weights, EXACT);
    expectClose(overwritten.bias, expected.bias, EXACT);
  });
});
