/** The kernels that do several operations in one, against the reference operations in a row. */
import { afterAll, beforeAll, describe, test } from "vitest";
import type { ModelShape } from "../../src/backends/backend.ts";
import { matmul, outcomes } from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { type DataKind, statisticsPerRow } from "../../src/backends/webgpu/dispatches.ts";
import { geometryOf } from "../../src/backends/webgpu/geometry.ts";
import { unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { scaleOf } from "../../src/data/matrix.ts";
import { expectClose } from "../support/expect-close.ts";
import {
  buffersOf,
  CASES,
  exactProblem,
  expectedOf,
  expectLosses,
  LABELS,
  plansOf,
  runOperation,
} from "../support/kernel-problems.ts";
import { type Problem, randomProblem } from "../support/problems.ts";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.open();
});
afterAll(() => backend.dispose());

type Forward = keyof ReturnType<typeof plansOf>;
type Route = "shared" | "one-read";

/** The forward kernel of a plan against the reference: dLogits, loss and rows right. */
async function checkForward(kernel: Forward, problem: Problem, shape: ModelShape, kind: DataKind) {
  const { rows } = problem.source.x;
  const { labelSmoothing = 0 } = problem.source;
  const buffers = buffersOf(problem, shape, kind.storage);
  const expected = expectedOf(problem, shape, buffers.order);
  const room = { logits: new Float32Array(rows * shape.classes), losses: new Float32Array(2 * (rows + 3)) };
  const unit = scaleOf(problem.source.x);
  const segment = { rows, shuffled: 1, lossSlot: 3, scale: 1 / expected.weight, labelSmoothing, unit };
  const plan = plansOf(backend.gpu, shape)[kernel];
  const run = await runOperation(backend.gpu, "forward", plan, shape, kind, segment, { ...buffers, ...room });
  const { logits, losses } = run.results;
  const left = logits.subarray(0, rows * shape.classes);
  expectClose(left, expected.t, { absolute: 2e-6 / rows, relative: 1e-4 });
  expectLosses(losses.subarray(6, 6 + 2 * run.groups), expected);
}

/** The kernels of a route against the reference: partial gradients in `splits` parts, loss and rows right. */
async function checkRoute(route: Route, problem: Problem, shape: ModelShape, kind: DataKind, splits: number) {
  const { rows } = problem.source.x;
  const { labelSmoothing = 0 } = problem.source;
  const { weights4 } = geometryOf(shape);
  const given = buffersOf(problem, shape, kind.storage);
  const expected = expectedOf(problem, shape, given.order);
  const plan = { ...plansOf(backend.gpu, shape).direct, route };
  const size = shape.classes * weights4 * 4;
  const unit = scaleOf(problem.source.x);
  const segment = {
    rows,
    shuffled: 1,
    lossSlot: 3,
    scale: 1 / expected.weight,
    splits,
    labelSmoothing,
    unit,
  };
  const room = {
    logits: new Float32Array(rows * shape.classes),
    statistics: new Float32Array(rows * statisticsPerRow(plan, shape) * 4),
    partials: new Float32Array(splits * size),
    losses: new Float32Array(2 * (splits + 3)),
  };
  const buffers = { ...given, ...room };
  if (route === "shared") {
    const { results } = await runOperation(backend.gpu, "scoresShared", plan, shape, kind, segment, buffers);
    Object.assign(buffers, {
      logits: results.logits.slice(0, room.logits.length),
      statistics: results.statistics.slice(0, room.statistics.length),
    });
  }
  const last = route === "shared" ? "gradientShared" : "step";
  const { results } = await runOperation(backend.gpu, last, plan, shape, kind, segment, buffers);
  const total = new Float32Array(size);
  for (const [i, value] of results.partials.subarray(0, splits * size).entries()) total[i % size] += value;
  const actual = unpackParameters(total, shape, weights4);
  const tolerance = { absolute: 4e-6 / Math.sqrt(rows), relative: 1e-4 };
  expectClose(actual.weights, expected.gradient.weights, tolerance, "dWeights");
  if (shape.bias) expectClose(actual.bias, expected.gradient.bias, tolerance, "dBias");
  expectLosses(results.losses.subarray(6, 6 + 2 * splits), expected);
}

function nameOf({ rows, shape, kind }: (typeof CASES)[number]): string {
  const { storage, isScaled, targetKind, isWeighted, isSmoothed } = kind;
  const more = [isScaled && "scaled", isWeighted && "weighted", isSmoothed && "smoothed"].filter(Boolean);
  return [`${rows}×${shape.features}×${shape.classes} ${storage}`, targetKind, ...more].join(", ");
}

function problemOf({ rows, shape, kind, labelSmoothing }: (typeof CASES)[number]): Problem {
  const { storage, isScaled, targetKind: targets, isWeighted } = kind;
  const problem = exactProblem({ rows, ...shape, targets, isWeighted }, storage, isScaled);
  return { ...problem, source: { ...problem.source, labelSmoothing } };
}

/** Every row right, every other one without weight. */
function halfSilent(): { problem: Problem; shape: ModelShape; kind: DataKind } {
  const shape = { features: 5, classes: 9, bias: true };
  const { source, parameters, rows } = randomProblem({ rows: 37, ...shape });
  const { predicted } = outcomes(matmul(source.x, rows, parameters), { kind: "none" }, rows, shape.classes);
  const sampleWeights = Float32Array.from(rows, (row) => row % 2);
  const silent = { ...source, sampleWeights, targets: { kind: "labels", labels: predicted } } as const;
  const kind = { ...LABELS, isWeighted: true };
  return { problem: { source: silent, parameters, rows }, shape, kind };
}

describe.each(["direct", "sliced", "quad"] as const)("forward, %s", (kernel) => {
  for (const each of CASES)
    test(nameOf(each), () => checkForward(kernel, problemOf(each), each.shape, each.kind));

  test("rows of weight 0 are not counted", async () => {
    const { problem, shape, kind } = halfSilent();
    await checkForward(kernel, problem, shape, kind);
  });
});

describe.each(["shared", "one-read"] as const)("%s kernels", (route) => {
  for (const each of CASES.filter(({ shape }) => route === "shared" || shape.classes <= 21)) {
    test(nameOf(each), async () => {
      for (const splits of [1, 3]) await checkRoute(route, problemOf(each), each.shape, each.kind, splits);
    });
  }

  test("rows of weight 0 are not counted", async () => {
    const { problem, shape, kind } = halfSilent();
    await checkRoute(route, problem, shape, kind, 3);
  });
});
