/** The kernels that update parameters, against the reference's updates. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adamwUpdate, averageUpdate, l1Update, sgdUpdate } from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { layoutOf, packParameters } from "../../src/backends/webgpu/parameters.ts";
import { createRandom } from "../../src/data/random.ts";
import { expectClose, float32Tolerance } from "../support/expect-close.ts";
import { LABELS, plansOf, runOperation } from "../support/kernel-problems.ts";
import { randomProblem } from "../support/problems.ts";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.open();
});
afterAll(() => backend.dispose());

/** Partial gradients, D and K. */
const SHAPES = [
  [1, 1, 2],
  [3, 3, 3],
  [4, 785, 10],
  [5, 8, 97],
  [33, 64, 20],
  [129, 12, 128],
  [17, 5, 1031],
] as const;

/** Packs parameters, and everything of their shape, as on the device. */
function setUp([splits, features, classes]: (typeof SHAPES)[number], sum: "direct" | "lanes" = "direct") {
  const shape = { features, classes, bias: true };
  const { weights4 } = layoutOf(shape);
  const random = createRandom(5);
  const draw = () => {
    const { parameters } = randomProblem({ rows: 1, features, classes, seed: random.bits() });
    return packParameters(parameters, shape, weights4);
  };
  const [weights, velocity, secondMoment] = [draw(), draw(), draw().map(Math.abs)];
  const partials = Array.from({ length: splits }, draw);
  const isBias = (i: number) => Math.floor(i / 4) % weights4 === weights4 - 1;
  /** Σ partial + 2λW */
  const gradientOf = (l2: number) =>
    Float64Array.from(weights, (w, i) =>
      partials.reduce((sum, partial) => sum + partial[i], isBias(i) ? 0 : 2 * l2 * w),
    );
  const run = (operation: "sgd" | "adamw" | "average", segment: object, more: object = {}) => {
    const all = Float32Array.from(partials.flatMap((partial) => [...partial]));
    const buffers = { weights, velocity, secondMoment, partials: all, ...more };
    const plan = plansOf(backend.gpu, shape)[sum];
    const whole = { rows: 1, splits, ...segment };
    return runOperation(backend.gpu, operation, plan, shape, LABELS, whole, buffers);
  };
  return { weights, velocity, secondMoment, isBias, gradientOf, run };
}

function nameOf([splits, features, classes]: (typeof SHAPES)[number]): string {
  return `${splits} partials of ${classes}×${features}`;
}

/** Copies parameters in double precision. */
function exact(values: Float32Array): Float64Array {
  return Float64Array.from(values);
}

describe.each(["direct", "lanes"] as const)("sgd, %s", (sum) => {
  for (const spec of SHAPES) {
    for (const [nesterov, l1] of [
      [false, 0],
      [true, 0],
      [false, 0.5],
      [true, 4],
    ] as const) {
      test(`${nameOf(spec)}${nesterov ? ", Nesterov" : ""}${l1 > 0 ? `, l1 ${l1}` : ""}`, async () => {
        const { weights, velocity, isBias, gradientOf, run } = setUp(spec, sum);
        const [l2, learningRate, momentum] = [0.25, 0.125, 0.5];
        const segment = { l2, l1, learningRate, momentum, nesterov: Number(nesterov) };
        const { results: out } = await run("sgd", segment);
        const [w, v] = [exact(weights), exact(velocity)];
        sgdUpdate(w, v, gradientOf(l2), { learningRate, momentum, nesterov });
        const drawn = w.slice();
        l1Update(drawn, { learningRate, l1 });
        const expected = l1 > 0 ? w.map((value, i) => (isBias(i) ? value : drawn[i])) : w;
        expectClose(out.weights.subarray(0, w.length), expected, float32Tolerance(spec[0], 4), "W");
        expectClose(out.velocity.subarray(0, v.length), v, float32Tolerance(spec[0], 4), "v");
      });
    }
  }
});

describe.each(["direct", "lanes"] as const)("adamw, %s", (sum) => {
  for (const spec of SHAPES) {
    test(nameOf(spec), async () => {
      for (const t of [1, 3, 1000]) {
        const { weights, velocity, secondMoment, isBias, gradientOf, run } = setUp(spec, sum);
        const [l2, learningRate, beta1, beta2, epsilon] = [0.25, 0.125, 0.9, 0.999, 1e-8];
        const root = Math.sqrt(1 - beta2 ** t);
        const { results: out } = await run("adamw", {
          learningRate: (learningRate * root) / (1 - beta1 ** t),
          gain1: 1 - beta1,
          gain2: 1 - beta2,
          epsilon: epsilon * root,
          decay: 2 * learningRate * l2,
        });
        const [w, m, v] = [exact(weights), exact(velocity), exact(secondMoment)];
        const decayed = w.map((value, i) => value * (isBias(i) ? 1 : 1 - 2 * learningRate * l2));
        const step = { beta1, beta2, epsilon, learningRate, l2: 0, t };
        adamwUpdate(decayed, m, v, gradientOf(0), step);
        // Rounding errors are magnified if a moment is nearly 0.
        const size = decayed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const tolerance = { absolute: 1e-5 * size, relative: 1e-5 };
        expectClose(out.weights.subarray(0, w.length), decayed, tolerance, `W at t = ${t}`);
        expectClose(out.velocity.subarray(0, w.length), m, float32Tolerance(spec[0], 4), "m");
        expectClose(out.secondMoment.subarray(0, w.length), v, float32Tolerance(spec[0], 4), "v");
      }
    });
  }

  test("parameters whose gradient has always been 0 do not change", async () => {
    const { weights, run } = setUp(SHAPES[0], sum);
    const zero = new Float32Array(weights.length);
    const segment = { learningRate: 0.5, gain1: 0.1, gain2: 0.001, epsilon: 1e-8 };
    const { results } = await run("adamw", segment, { velocity: zero, secondMoment: zero, partials: zero });
    expect(results.weights.subarray(0, weights.length)).toEqual(weights);
  });
});

describe("average", () => {
  for (const spec of SHAPES) {
    test(nameOf(spec), async () => {
      const { weights, velocity, run } = setUp(spec);
      const meanAfter = async (averaged: number, mean: Float32Array) => {
        const { results } = await run("average", { averaged }, { mean });
        return results.mean.subarray(0, mean.length);
      };
      expect(await meanAfter(0, velocity), "n = 0").toEqual(velocity);
      expect(await meanAfter(1, velocity), "n = 1").toEqual(weights);
      const noNumbers = new Float32Array(weights.length).fill(Number.NaN);
      expect(await meanAfter(1, noNumbers), "n = 1, whatever was there").toEqual(weights);
      for (const n of [2, 3, 1000]) {
        const expected = exact(velocity);
        averageUpdate(expected, exact(weights), n);
        expectClose(await meanAfter(n, velocity), expected, { absolute: 1e-7, relative: 1e-6 }, `n = ${n}`);
      }
    });
  }
});
