/** The kernels from rows to dLogits in one dispatch, against the sequence of reference operations. */
import { afterAll, beforeAll, describe, test } from "vitest";
import type { ModelShape } from "../../src/backends/backend.ts";
import { matmul, outcomes } from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import type { DataKind } from "../../src/backends/webgpu/dispatches.ts";
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

type Forward = "direct" | "sliced" | "quad";

/** Compares the forward kernel of a plan with the reference: dLogits, loss and correct rows. */
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

/** A problem whose rows are all correct, and every other one without weight. */
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
