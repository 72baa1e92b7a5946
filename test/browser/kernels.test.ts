/** Each kernel alone against the reference operation it computes, on hostile shapes and values. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import softmaxShader from "../../shaders/softmax.wgsl";
import type { ModelShape } from "../../src/backends/backend.ts";
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
import {
  type DataKind,
  dispatchOf,
  type Operation,
  statisticsPerRow,
} from "../../src/backends/webgpu/dispatches.ts";
import { geometryOf } from "../../src/backends/webgpu/geometry.ts";
import { packParameters, unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { defaultPlan, directForward, type StepPlan } from "../../src/backends/webgpu/plan.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { createRandom, shuffle } from "../../src/data/random.ts";
import { emptyRows, packRows, type Storage } from "../../src/data/storage.ts";
import type { Targets } from "../../src/data/targets.ts";
import { expectClose, float32Tolerance } from "../support/expect-close.ts";
import { type Problem, type ProblemSpec, randomProblem } from "../support/problems.ts";
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

/** X as it lies on the device. */
function stored(x: Matrix, storage: Storage): Uint32Array {
  const stride = Math.ceil(x.cols / 4) * 4;
  const packed = emptyRows(storage, x.rows * stride);
  packRows(x, storage, 0, x.rows, packed, stride);
  return new Uint32Array(packed.buffer);
}

/** A problem whose values the storage holds exactly. */
function exactProblem(spec: Omit<ProblemSpec, "storage">, storage: Storage) {
  const problem = randomProblem({ ...spec, storage: storage === "u8" ? "u8" : "f32" });
  const { data } = problem.source.x;
  if (storage === "f16") data.set(data.map((value) => Math.round(value * 256) / 256));
  return problem;
}

const LABELS: DataKind = { storage: "f32", targetKind: "labels", isWeighted: false };

/** How steps can be computed: every kernel there is, whatever the default here would be. */
function plansOf(shape: ModelShape): Record<"direct" | "sliced" | "quad", StepPlan> {
  const { traits } = backend.gpu;
  const direct = defaultPlan(shape, { ...traits, subgroupSize: 0, software: true });
  const forward = directForward(shape.classes, 4, 2);
  return {
    direct,
    sliced: { ...direct, forward },
    quad: defaultPlan(shape, { ...traits, subgroupSize: 4, software: true }),
  };
}

/** Runs one operation as a trainer would, on arrays. */
function runOperation(
  operation: Operation,
  plan: StepPlan,
  shape: ModelShape,
  kind: DataKind,
  segment: Record<string, number>,
  buffers: Record<string, Float32Array | Uint32Array>,
) {
  const { shader, constants, groups } = dispatchOf(operation, plan, shape, kind);
  const count = groups(segment.rows, segment.splits ?? 1);
  return runKernel(backend.gpu, { shader, constants, segment, buffers, groups: count }).then((results) => ({
    results,
    groups: count,
  }));
}

function shuffled(rows: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  shuffle(order, createRandom(7));
  return order;
}

async function runMatmul(
  spec: ProblemSpec,
  bias: boolean,
  storage: Storage = "f32",
  problem = exactProblem(spec, storage),
) {
  const { rows, features, classes } = spec;
  const shape = { features, classes, bias };
  const order = shuffled(rows);
  const buffers = {
    order,
    x: stored(problem.source.x, storage),
    weights: packParameters(problem.parameters, shape, geometryOf(shape).weights4),
    logits: new Float32Array(rows * classes),
  };
  const { results } = await runOperation(
    "matmul",
    plansOf(shape).direct,
    shape,
    { ...LABELS, storage },
    { rows, shuffled: 1 },
    buffers,
  );
  const { logits } = results;
  const noBias = { ...problem.parameters, bias: new Float64Array(classes) };
  const expected = matmul(problem.source.x, order, bias ? problem.parameters : noBias);
  return { actual: logits.subarray(0, rows * classes), expected };
}

describe("matmul", () => {
  for (const [rows, features, classes] of SHAPES) {
    for (const storage of ["f32", "f16", "u8"] as const) {
      test(`${rows}×${features}×${classes} ${storage}`, async () => {
        for (const bias of [true, false]) {
          const { actual, expected } = await runMatmul({ rows, features, classes }, bias, storage);
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
    const { actual, expected } = await runMatmul(spec, true, "f32", problem);
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
      LANES: lanes,
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
  kernel: "direct" | "quad",
  bias: boolean,
  splits: number,
  scores: Float64Array,
  storage: Storage = "f32",
  problem = exactProblem(spec, storage),
) {
  const { rows, features, classes } = spec;
  const shape = { features, classes, bias };
  const { weights4 } = geometryOf(shape);
  const order = shuffled(rows);
  const size = classes * weights4 * 4;
  const earlier = Float32Array.from({ length: splits * size }, (_, i) => i % 5);
  const sums = async (accumulate: number) => {
    const buffers = {
      order,
      x: stored(problem.source.x, storage),
      dLogits: Float32Array.from(scores),
      partials: earlier,
    };
    const segment = { rows, shuffled: 1, splits, accumulate };
    const kind = { ...LABELS, storage };
    const { results } = await runOperation("gradient", plansOf(shape)[kernel], shape, kind, segment, buffers);
    const total = new Float32Array(size);
    for (const [i, value] of results.partials.subarray(0, splits * size).entries())
      total[i % size] += value - accumulate * earlier[i];
    return unpackParameters(total, shape, weights4);
  };
  const zero = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const expected = gradient(scores, problem.source.x, order, zero, 0);
  return { overwritten: await sums(0), accumulated: await sums(1), expected };
}

describe.each(["direct", "quad"] as const)("gradient, %s", (kernel) => {
  for (const [i, [rows, features, classes]] of SHAPES.entries()) {
    const storage = (["f32", "f16", "u8"] as const)[i % 3];
    test(`${rows}×${features}×${classes} ${storage}`, async () => {
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
    const { overwritten, expected } = await runGradient(spec, kernel, true, 5, scores, "f32", problem);
    expectClose(overwritten.weights, expected.weights, EXACT);
    expectClose(overwritten.bias, expected.bias, EXACT);
  });
});

/** Parameters, X, targets and weights of a problem, as the kernels read them. */
function buffersOf({ source, parameters }: Problem, shape: ModelShape, storage: Storage) {
  const { targets, sampleWeights } = source;
  const rows = source.x.rows;
  return {
    order: shuffled(rows),
    x: stored(source.x, storage),
    weights: packParameters(parameters, shape, geometryOf(shape).weights4),
    targets:
      targets.kind === "labels"
        ? targets.labels
        : Float32Array.from(targets.kind === "distributions" ? targets.distributions.data : []),
    sampleWeights: sampleWeights ?? new Float32Array(1),
  };
}

/** What the reference makes of a problem: dLogits in `order`, Σ s·CE, rows right, and the gradient. */
function expectedOf(
  { source, parameters }: Problem,
  { classes, features, bias }: ModelShape,
  order: Uint32Array,
) {
  const { x, targets, sampleWeights } = source;
  const zero = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const scores = matmul(x, order, bias ? parameters : { ...parameters, bias: zero.bias });
  const t = dLogits(softmax(scores, classes), targets, sampleWeights, order, classes);
  const losses = crossEntropy(scores, targets, order, classes);
  return {
    t,
    gradient: gradient(t, x, order, zero, 0),
    loss: losses.reduce((sum, ce, i) => sum + (sampleWeights?.[order[i]] ?? 1) * ce, 0),
    correct: countCorrect(scores, targets, order, classes),
    weight: sampleWeights?.reduce((sum, s) => sum + s, 0) ?? order.length,
  };
}

/** Checks the pairs that a kernel left from slot 3 on. */
function expectLosses(pairs: Float32Array, expected: { loss: number; correct: number }, rows: number) {
  const sum = (offset: number) =>
    pairs.reduce((total, value, i) => (i % 2 === offset ? total + value : total), 0);
  expectClose([sum(0)], [expected.loss], { absolute: 2e-6 * rows, relative: 1e-5 }, "loss");
  expect(sum(1)).toBe(expected.correct);
}

/** Storage, targets and weights vary with the shape, so that all meet all kernels. */
const CASES = SHAPES.map(([rows, features, classes], i) => ({
  shape: { features, classes, bias: i % 4 !== 3 },
  kind: {
    storage: (["f32", "u8", "f16"] as const)[i % 3],
    targetKind: (["labels", "distributions"] as const)[(i >> 1) % 2],
    isWeighted: i % 5 === 2,
  },
  rows,
}));

describe.each(["direct", "sliced", "quad"] as const)("forward, %s", (kernel) => {
  for (const { rows, shape, kind } of CASES) {
    const { storage, targetKind: targets, isWeighted } = kind;
    const { features, classes } = shape;
    test(`${rows}×${features}×${classes} ${storage}, ${targets}${isWeighted ? ", weighted" : ""}`, async () => {
      const problem = exactProblem({ rows, features, classes, targets, isWeighted }, storage);
      const buffers = buffersOf(problem, shape, storage);
      const expected = expectedOf(problem, shape, buffers.order);
      const room = { logits: new Float32Array(rows * classes), losses: new Float32Array(2 * (rows + 3)) };
      const segment = { rows, shuffled: 1, lossSlot: 3, scale: 1 / expected.weight };
      const plan = plansOf(shape)[kernel];
      const run = await runOperation("forward", plan, shape, kind, segment, { ...buffers, ...room });
      const { logits, losses } = run.results;
      expectClose(logits.subarray(0, rows * classes), expected.t, { absolute: 2e-6 / rows, relative: 1e-4 });
      expectLosses(losses.subarray(6, 6 + 2 * run.groups), expected, rows);
    });
  }
});

describe.each(["shared", "one-read"] as const)("%s kernels", (route) => {
  for (const { rows, shape, kind } of CASES.filter(
    ({ shape }) => route === "shared" || shape.classes <= 21,
  )) {
    const { storage, targetKind: targets, isWeighted } = kind;
    const { features, classes } = shape;
    test(`${rows}×${features}×${classes} ${storage}, ${targets}${isWeighted ? ", weighted" : ""}`, async () => {
      const problem = exactProblem({ rows, features, classes, targets, isWeighted }, storage);
      const { weights4 } = geometryOf(shape);
      const given = buffersOf(problem, shape, storage);
      const expected = expectedOf(problem, shape, given.order);
      const plan = { ...plansOf(shape).direct, route };
      for (const splits of [1, 3]) {
        const size = classes * weights4 * 4;
        const segment = { rows, shuffled: 1, lossSlot: 3, scale: 1 / expected.weight, splits };
        const room = {
          logits: new Float32Array(rows * classes),
          statistics: new Float32Array(rows * statisticsPerRow(plan, shape) * 4),
          partials: new Float32Array(splits * size),
          losses: new Float32Array(2 * (splits + 3)),
        };
        const buffers = { ...given, ...room };
        if (route === "shared") {
          const { results } = await runOperation("scoresShared", plan, shape, kind, segment, buffers);
          Object.assign(buffers, {
            logits: results.logits.slice(0, rows * classes),
            statistics: results.statistics.slice(0, room.statistics.length),
          });
        }
        const last = route === "shared" ? "gradientShared" : "step";
        const { results } = await runOperation(last, plan, shape, kind, segment, buffers);
        const total = new Float32Array(size);
        for (const [i, value] of results.partials.subarray(0, splits * size).entries())
          total[i % size] += value;
        const actual = unpackParameters(total, shape, weights4);
        const tolerance = { absolute: 4e-6 / Math.sqrt(rows), relative: 1e-4 };
        expectClose(actual.weights, expected.gradient.weights, tolerance, "dWeights");
        if (shape.bias) expectClose(actual.bias, expected.gradient.bias, tolerance, "dBias");
        expectLosses(results.losses.subarray(6, 6 + 2 * splits), expected, rows);
      }
    });
  }
});

describe("sgd", () => {
  for (const [splits, features, classes] of SHAPES.slice(0, 12)) {
    for (const nesterov of [false, true]) {
      test(`${splits} partials of ${classes}×${features}${nesterov ? ", Nesterov" : ""}`, async () => {
        const shape = { features, classes, bias: true };
        const { weights4 } = geometryOf(shape);
        const random = createRandom(5);
        const draw = () =>
          packParameters(
            randomProblem({ rows: 1, features, classes, seed: random.bits() }).parameters,
            shape,
            weights4,
          );
        const [weights, velocity] = [draw(), draw()];
        const partials = Array.from({ length: splits }, draw);
        const [l2, learningRate, momentum] = [0.25, 0.125, 0.5];
        const { results: out } = await runOperation(
          "sgd",
          plansOf(shape).direct,
          shape,
          LABELS,
          { rows: 1, splits, l2, learningRate, momentum, nesterov: Number(nesterov) },
          { weights, velocity, partials: Float32Array.from(partials.flatMap((partial) => [...partial])) },
        );
        const w = Float64Array.from(weights);
        const v = Float64Array.from(velocity);
        const g = Float64Array.from(w, (value, i) => {
          const isBias = Math.floor(i / 4) % weights4 === weights4 - 1;
          return partials.reduce((sum, partial) => sum + partial[i], isBias ? 0 : 2 * l2 * value);
        });
        sgdUpdate(w, v, g, { learningRate, momentum, nesterov });
        expectClose(out.weights.subarray(0, w.length), w, float32Tolerance(splits, 4), "W");
        expectClose(out.velocity.subarray(0, v.length), v, float32Tolerance(splits, 4), "v");
      });
    }
  }
});
