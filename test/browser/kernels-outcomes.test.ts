/** The kernel of predictions for each row, against the reference. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outcomes } from "../../src/backends/reference/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Targets } from "../../src/data/targets.ts";
import { expectClose } from "../support/expect-close.ts";
import { heldTargets, LABELS, plansOf, runOperation, SHAPES } from "../support/kernel-problems.ts";
import { randomProblem } from "../support/problems.ts";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.open();
});
afterAll(() => backend.dispose());

/** Compares the kernel's results for rows `first` … of a data set with the reference. */
async function check(logits: Float32Array, classes: number, targets: Targets, first = 0) {
  const rows = logits.length / classes;
  const shape = { features: 1, classes, bias: true };
  const kind = { ...LABELS, targetKind: targets.kind };
  const buffers = { logits, targets: heldTargets(targets), ofRows: new Uint32Array(3 * rows) };
  const plan = plansOf(backend.gpu, shape).direct;
  const segment = { first, rows };
  const { results } = await runOperation(backend.gpu, "outcomes", plan, shape, kind, segment, buffers);
  const words = new Uint32Array(results.ofRows.buffer, 0, 3 * rows);
  const order = Uint32Array.from({ length: rows }, (_, i) => first + i);
  const expected = outcomes(Float64Array.from(logits), targets, order, classes);
  const every = <T>(values: ArrayLike<T>, at: number) => Array.from(order, (_, i) => values[3 * i + at]);
  expect(every(words, 0), "predicted").toEqual([...expected.predicted]);
  const confidence = every(results.ofRows, 1);
  expect(confidence.map(Number.isNaN), "lost").toEqual(Array.from(expected.confidence, Number.isNaN));
  const known = (value: number) => (Number.isNaN(value) ? 0 : value);
  const tolerance = { absolute: 1e-7, relative: 1e-5 };
  expectClose(confidence.map(known), expected.confidence.map(known), tolerance, "confidence");
  expect(every(words, 2), "rank").toEqual([...expected.rank]);
}

describe("outcomes", () => {
  for (const [rows, , classes] of SHAPES) {
    for (const targets of ["none", "labels", "distributions"] as const) {
      test(`${rows}×${classes} ${targets}`, async () => {
        const { source } = randomProblem({ rows: rows + 5, features: 1, classes, targets });
        const random = createRandom(3);
        const logits = Float32Array.from({ length: rows * classes }, () => 4 * random.normal());
        await check(logits, classes, source.targets);
        await check(logits, classes, source.targets, 5);
        // Only three values, so that most scores tie.
        const tied = Float32Array.from(logits, () => random.integer(3) - 1);
        await check(tied, classes, source.targets);
      });
    }
  }

  for (const classes of [2, 97, 1031]) {
    test(`scores of ±1000 and equal ones, ${classes} classes`, async () => {
      const labels = Uint32Array.of(0, 1, classes - 1, 0, classes - 1);
      const values = [1000, -1000, 88.7, 0];
      const equal = Float32Array.from({ length: 5 * classes }, (_, i) => values[Math.floor(i / classes) % 4]);
      await check(equal, classes, { kind: "labels", labels });
      const far = Float32Array.from({ length: 5 * classes }, (_, i) => ((i * 7) % 3 === 0 ? 1000 : -1000));
      await check(far, classes, { kind: "labels", labels });
    });

    test(`scores that are not finite, and finite ones at the ends of float32, ${classes} classes`, async () => {
      const random = createRandom(5);
      const ends = [3.4028234663852886e38, -3.4028234663852886e38];
      const values = [Number.NaN, Infinity, -Infinity, ...ends];
      const logits = Float32Array.from({ length: 8 * classes }, () => random.normal());
      for (const [i, value] of values.entries()) logits[i * classes + random.integer(classes)] = value;
      logits.fill(ends[1], 5 * classes, 6 * classes);
      logits.fill(Number.NaN, 6 * classes, 7 * classes);
      const labels = Uint32Array.from({ length: 8 }, () => random.integer(classes));
      await check(logits, classes, { kind: "labels", labels });
      await check(logits, classes, { kind: "none" });
    });

    test(`soft labels that tie, ${classes} classes`, async () => {
      const random = createRandom(4);
      const data = new Float32Array(6 * classes);
      for (let i = 0; i < 6; i++)
        data.fill(0.5, i * classes + (i % (classes - 1)), i * classes + (i % (classes - 1)) + 2);
      const logits = Float32Array.from({ length: 6 * classes }, () => random.normal());
      const distributions = { data, rows: 6, cols: classes };
      await check(logits, classes, { kind: "distributions", distributions });
    });
  }
});
