/** The softmax kernel against its reference operations, on hostile shapes and values. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import softmaxShader from "../../shaders/softmax.wgsl";
import {
  countCorrect,
  crossEntropy,
  dLogits,
  softmax,
  weightedMean,
} from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Targets } from "../../src/data/targets.ts";
import { EXACT, expectClose } from "../support/expect-close.ts";
import { heldTargets, SHAPES, shuffled } from "../support/kernel-problems.ts";
import { randomProblem } from "../support/problems.ts";
import { runKernel } from "../support/run-kernel.ts";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.open();
});
afterAll(() => backend.dispose());

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
      ...{ CLASSES: classes, TARGETS: kind, LANES: lanes },
      ...{ WEIGHTED: sampleWeights !== undefined, SMOOTHED: labelSmoothing > 0 },
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
      targets: heldTargets(targets),
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
  const run = await runSoftmax(logits, classes, targets, sampleWeights, labelSmoothing);
  const { order, left, loss, correct } = run;
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
      const values = [0, 1000, -1000, 88.7];
      const logits = Float32Array.from({ length: 4 * classes }, (_, i) => values[Math.floor(i / classes)]);
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
    const targets = { kind: "labels", labels: Uint32Array.of(1) } as const;
    const { left, loss } = await runSoftmax(Float32Array.of(1000, -1000), 2, targets);
    expect(loss).toBe(2000);
    expectClose(left, [1, -1], EXACT);
  });
});
