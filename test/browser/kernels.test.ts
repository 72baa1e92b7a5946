/**
 * The basic kernels, each against its reference operation, on hostile shapes and values.
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import { gradient, matmul } from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { layoutOf, packParameters, unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { scaleOf } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Storage } from "../../src/data/storage.ts";
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
          const spec = { rows, features, classes };
          const { actual, expected } = await runMatmul(kernel, spec, bias, storage, isScaled);
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
