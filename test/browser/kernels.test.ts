/** Each kernel alone against the reference operation it computes, on hostile shapes and values. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import gradientShader from "../../shaders/gradient.wgsl";
import matmulShader from "../../shaders/matmul.wgsl";
import sgdShader from "../../shaders/sgd.wgsl";
import softmaxShader from "../../shaders/softmax.wgsl";
import {
  countCorrect,
  crossEntropy,
  dLogits,
  gradient,
  matmul,
  sgdUpdate,
  softmax,
} from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { packParameters, unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { groupsFor, tile, WORKGROUP_SIZES } from "../../src/backends/webgpu/tiling.ts";
import { createRandom, shuffle } from "../../src/data/random.ts";
import type { Targets } from "../../src/data/targets.ts";
import { expectClose, float32Tolerance } from "../support/expect-close.ts";
import { type ProblemSpec, randomProblem } from "../support/problems.ts";
import { runKernel } from "../support/run-kernel.ts";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.open();
});
afterAll(() => backend.dispose());

/** Sizes 1, primes, tiles ± 1, D on both sides of multiples of four, K up to more than a thousand. */
const SHAPES = [
  [1, 1, 2],
  [1, 3, 3],
  [3, 4, 2],
  [4, 5, 10],
  [5, 7, 9],
  [31, 8, 11],
  [32, 31, 10],
  [33, 64, 20],
  [63, 9, 21],
  [64, 13, 19],
  [65, 785, 10],
  [127, 16, 16],
  [67, 33, 97],
  [129, 12, 128],
  [17, 5, 1031],
] as const;

const EXACT = { absolute: 0, relative: 0 };

function x32(data: ArrayLike<number>, rows: number, cols: number, isBytes: boolean): Uint32Array {
  const stride = Math.ceil(cols / 4) * 4;
  const padded = isBytes ? new Uint8Array(rows * stride) : new Float32Array(rows * stride);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) padded[i * stride + j] = data[i * cols + j];
  return new Uint32Array(padded.buffer);
}

function shuffled(rows: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  shuffle(order, createRandom(7));
  return order;
}

async function runMatmul(spec: ProblemSpec, bias: boolean, problem = randomProblem(spec)) {
  const { rows, features, classes, storage } = spec;
  const tiling = tile({ features, classes, bias });
  const order = shuffled(rows);
  const { logits } = await runKernel(backend.gpu, {
    shader: matmulShader,
    constants: {
      CLASSES: classes,
      FEATURES4: tiling.features4,
      BIAS: bias,
      STORAGE: storage === "u8" ? 1 : 0,
      TILE_ROWS: tiling.tileRows,
      TILE_CLASSES: tiling.tileClasses,
      WORKGROUP_SIZE: WORKGROUP_SIZES.matmul,
    },
    segment: { rows, shuffled: 1 },
    buffers: {
      order,
      x: x32(problem.source.x.data, rows, features, storage === "u8"),
      weights: packParameters(problem.parameters, { features, classes, bias }, tiling.weights4),
      logits: new Float32Array(rows * classes),
    },
    groups: groupsFor(rows, 1, classes, tiling).matmul,
  });
  const noBias = { ...problem.parameters, bias: new Float64Array(classes) };
  const expected = matmul(problem.source.x, order, bias ? problem.parameters : noBias);
  return { actual: logits.subarray(0, rows * classes), expected };
}

describe("matmul", () => {
  for (const [rows, features, classes] of SHAPES) {
    for (const storage of ["f32", "u8"] as const) {
      test(`${rows}×${features}×${classes} ${storage}`, async () => {
        for (const bias of [true, false]) {
          const { actual, expected } = await runMatmul({ rows, features, classes, storage }, bias);
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
    const { actual, expected } = await runMatmul(spec, true, problem);
    expectClose(actual, expected, EXACT);
  });
});

async function runSoftmax(
  logits: Float32Array,
  classes: number,
  targets: Targets,
  sampleWeights?: Float32Array,
) {
  const rows = logits.length / classes;
  const tiling = tile({ features: 1, classes, bias: true });
  const order = shuffled(rows);
  const groups = groupsFor(rows, 1, classes, tiling).softmax;
  const kind = { none: 0, labels: 1, distributions: 2 }[targets.kind];
  const total = sampleWeights?.reduce((sum, s) => sum + s, 0) ?? rows;
  const out = await runKernel(backend.gpu, {
    shader: softmaxShader,
    constants: {
      CLASSES: classes,
      TARGETS: kind,
      WEIGHTED: sampleWeights !== undefined,
      LANES: tiling.lanes,
    },
    segment: { rows, shuffled: 1, lossSlot: 3, scale: targets.kind === "none" ? 1 : 1 / total },
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
  return { order, left: out.logits.subarray(0, logits.length), loss: sum(0), correct: sum(1) };
}

/** Everything the kernel leaves, against the reference. */
async function checkSoftmax(
  logits: Float32Array,
  classes: number,
  targets: Targets,
  sampleWeights?: Float32Array,
) {
  const { order, left, loss, correct } = await runSoftmax(logits, classes, targets, sampleWeights);
  const exact = Float64Array.from(logits);
  const losses = crossEntropy(exact, targets, order, classes);
  const expectedLoss = losses.reduce((sum, ce, i) => sum + (sampleWeights?.[order[i]] ?? 1) * ce, 0);
  const t = dLogits(softmax(exact, classes), targets, sampleWeights, order, classes);
  expectClose(left, t, { absolute: 1e-6 / order.length, relative: 1e-5 }, "dLogits");
  expectClose([loss], [expectedLoss], { absolute: 1e-6 * order.length, relative: 1e-5 }, "loss");
  expect(correct).toBe(countCorrect(exact, targets, order, classes));
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

  test("without targets it leaves the probabilities", async () => {
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
  bias: boolean,
  splits: number,
  scores: Float64Array,
  problem = randomProblem(spec),
) {
  const { rows, features, classes, storage } = spec;
  const tiling = tile({ features, classes, bias });
  const order = shuffled(rows);
  const size = classes * tiling.weights4 * 4;
  const earlier = Float32Array.from({ length: splits * size }, (_, i) => i % 5);
  const sums = async (accumulate: number) => {
    const { partials } = await runKernel(backend.gpu, {
      shader: gradientShader,
      constants: {
        CLASSES: classes,
        FEATURES4: tiling.features4,
        BIAS: bias,
        STORAGE: storage === "u8" ? 1 : 0,
        TILE_CLASSES: tiling.tileClasses,
        TILE_FEATURES4: tiling.tileFeatures4,
        WORKGROUP_SIZE: WORKGROUP_SIZES.gradient,
      },
      segment: { rows, shuffled: 1, splits, accumulate },
      buffers: {
        order,
        x: x32(problem.source.x.data, rows, features, storage === "u8"),
        dLogits: Float32Array.from(scores),
        partials: earlier,
      },
      groups: groupsFor(rows, splits, classes, tiling).gradient,
    });
    const total = new Float32Array(size);
    for (const [i, value] of partials.subarray(0, splits * size).entries())
      total[i % size] += value - accumulate * earlier[i];
    return unpackParameters(total, { features, classes, bias }, tiling.weights4);
  };
  const zero = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const expected = gradient(scores, problem.source.x, order, zero, 0);
  return { overwritten: await sums(0), accumulated: await sums(1), expected };
}

describe("gradient", () => {
  for (const [rows, features, classes] of SHAPES) {
    for (const storage of ["f32", "u8"] as const) {
      test(`${rows}×${features}×${classes} ${storage}`, async () => {
        const random = createRandom(11);
        const scores = Float64Array.from({ length: rows * classes }, () => Math.fround(random.normal()));
        for (const [bias, splits] of [
          [true, 1],
          [false, 3],
          [true, 16],
        ] as const) {
          const { overwritten, accumulated, expected } = await runGradient(
            { rows, features, classes, storage },
            bias,
            splits,
            scores,
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
  }

  test("small integers exactly", async () => {
    const spec = { rows: 53, features: 37, classes: 7 };
    const problem = randomProblem(spec);
    problem.source.x.data.set(problem.source.x.data.map((v) => Math.round(8 * v)));
    const scores = Float64Array.from({ length: 53 * 7 }, (_, i) => (i % 11) - 5);
    const { overwritten, expected } = await runGradient(spec, true, 5, scores, problem);
    expectClose(overwritten.weights, expected.weights, EXACT);
    expectClose(overwritten.bias, expected.bias, EXACT);
  });
});

describe("sgd", () => {
  for (const [splits, features, classes] of SHAPES.slice(0, 12)) {
    for (const nesterov of [false, true]) {
      test(`${splits} partials of ${classes}×${features}${nesterov ? ", Nesterov" : ""}`, async () => {
        const shape = { features, classes, bias: true };
        const tiling = tile(shape);
        const random = createRandom(5);
        const draw = () =>
          packParameters(
            randomProblem({ rows: 1, features, classes, seed: random.bits() }).parameters,
            shape,
            tiling.weights4,
          );
        const [weights, velocity] = [draw(), draw()];
        const partials = Array.from({ length: splits }, draw);
        const [l2, learningRate, momentum] = [0.25, 0.125, 0.5];
        const out = await runKernel(backend.gpu, {
          shader: sgdShader,
          constants: { CLASSES: classes, FEATURES4: tiling.features4, BIAS: true },
          segment: { splits, l2, learningRate, momentum, nesterov: Number(nesterov) },
          buffers: {
            weights,
            velocity,
            partials: Float32Array.from(partials.flatMap((partial) => [...partial])),
          },
          groups: groupsFor(1, splits, classes, tiling).sgd,
        });
        const w = Float64Array.from(weights);
        const v = Float64Array.from(velocity);
        const g = Float64Array.from(w, (value, i) => {
          const isBias = Math.floor(i / 4) % tiling.weights4 === tiling.features4;
          return partials.reduce((sum, partial) => sum + partial[i], isBias ? 0 : 2 * l2 * value);
        });
        sgdUpdate(w, v, g, { learningRate, momentum, nesterov });
        expectClose(out.weights.subarray(0, w.length), w, float32Tolerance(splits, 4), "W");
        expectClose(out.velocity.subarray(0, v.length), v, float32Tolerance(splits, 4), "v");
      });
    }
  }
});
