/** Rows in a caller's buffers that exceed a binding, beside the same rows uploaded in chunks. */
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { openGpuRows } from "../../src/data/open-gpu-rows.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { asHalves, callersDevice, type Layout, onGpu } from "../support/gpu-rows.ts";
import { countLiveBuffers } from "../support/live-buffers.ts";
import { randomProblem, sgdSteps } from "../support/problems.ts";
import { trainerFor } from "../support/with-trainer.ts";

const device = await callersDevice();
/** Small bindings, so that rows are cut. */
const backend = await WebGpuBackend.open({ device, maxChunkBytes: 4096, tuning: "off" });
const onDevice = await backend.rowsOnDevice();
afterAll(() => backend.dispose());
afterEach(() => vi.restoreAllMocks());

const CASES: readonly (readonly [what: string, features: number, layout: Layout])[] = [
  ["in place", 12, { after: 16 }],
  ["in place, from an offset", 4, { offset: 512 }],
  ["odd columns", 7, {}],
  ["a stride and an offset", 9, { offset: 12, stride: 52 }],
  ["wide rows", 260, { offset: 4 }],
  ["halves in place", 8, { dtype: "f16" }],
  ["halves with a stride", 5, { dtype: "f16", offset: 6, stride: 18 }],
];

describe.each(CASES)("%s", (_what, features, layout) => {
  const problem = randomProblem({ rows: 600, features, classes: 3, isWeighted: true });
  const { x, ...ofRows } = problem.source;
  const stored = layout.dtype === "f16" ? asHalves(x) : x;
  const rows = openGpuRows(onGpu(device, x, layout), "x");
  const valueAt = (i: number, j: number) => Number(stored.data[i * features + j]);

  test("norms are those of the formula", async () => {
    const columns = {
      mean: Float64Array.from({ length: features }, (_, j) => j / features),
      scale: Float64Array.from({ length: features }, (_, j) =>
        j === 1 ? 0 : j === 2 ? Infinity : 0.5 + j / 9,
      ),
    };
    for (const given of [undefined, columns]) {
      const norms = await onDevice.squaredNorms(rows, given);
      expect(norms).toHaveLength(600);
      for (const i of norms.keys()) {
        let sum = 0;
        for (let j = 0; j < features; j++) {
          if (given && (j === 1 || j === 2)) continue;
          sum += ((valueAt(i, j) - (given?.mean[j] ?? 0)) / (given?.scale[j] ?? 1)) ** 2;
        }
        expect(Math.abs(norms[i] - sum)).toBeLessThan(1e-5 * (1 + sum));
      }
    }
  });

  test("rows that are read are those listed, exactly", async () => {
    const indices = Uint32Array.of(0, 3, 3, 254, 255, 256, 340, 599);
    const read = await onDevice.read(rows, indices);
    const expected = Array.from(indices, (i) =>
      Array.from({ length: features }, (_, j) => valueAt(i, j)),
    ).flat();
    expect(read).toEqual({ data: Float32Array.from(expected), rows: 8, cols: features });
  });

  test("scores, losses and steps are those of the rows uploaded", async () => {
    const { trainer, data } = await trainerFor(backend, { ...problem, source: { ...ofRows, x: stored } });
    const live = countLiveBuffers();
    const there = await onDevice.createDataset({ ...ofRows, x: rows });
    await trainer.outcomes(there);
    there.dispose();
    expect(live.created).toBeGreaterThan(2);
    expect(live.size).toBe(0);
    vi.restoreAllMocks();

    const again = disposeLater(await onDevice.createDataset({ ...ofRows, x: rows }));
    trainer.write(problem.parameters);
    expect(await trainer.logits(again)).toEqual(await trainer.logits(data));
    const order = problem.rows.toReversed();
    const states = [];
    for (const one of [data, again]) {
      trainer.write(problem.parameters);
      const results = await trainer.sgd(one, sgdSteps([order], 600));
      states.push({ losses: results.losses[0], ...(await trainer.read()) });
    }
    // Rows are cut at other places, so that sums are made in another order.
    expect(states[1].losses).toBeCloseTo(states[0].losses, 5);
    for (const [at, weight] of states[0].weights.entries())
      expect(states[1].weights[at]).toBeCloseTo(weight, 5);
  });

  test("copies of listed rows, as they are and scaled", async () => {
    const indices = Uint32Array.from({ length: 300 }, (_, i) => 2 * i);
    const { trainer } = await trainerFor(backend, { ...problem, source: { ...ofRows, x: stored } });
    trainer.write(problem.parameters);
    const uploaded = async (x: Matrix) =>
      disposeLater(await backend.createDataset({ x, targets: { kind: "none" } }));
    const all = await trainer.logits(await uploaded(stored));
    const copied = disposeLater(await onDevice.copyRows(rows, indices));
    const scores = await trainer.logits(copied);
    for (const [at, i] of indices.entries())
      expect(scores.subarray(3 * at, 3 * at + 3)).toEqual(all.subarray(3 * i, 3 * i + 3));

    const mean = new Float64Array(features).fill(0.25);
    const scaling = { mean, scale: mean.map(() => 0.5), limit: 1 };
    const scaled = disposeLater(await onDevice.copyRows(rows, indices, scaling));
    const limited = Float32Array.from({ length: 300 * features }, (_, at) => {
      const value = 2 * (valueAt(2 * Math.floor(at / features), at % features) - 0.25);
      return Math.max(-1, Math.min(1, value));
    });
    const expected = await trainer.logits(await uploaded({ data: limited, rows: 300, cols: features }));
    for (const [at, score] of (await trainer.logits(scaled)).entries())
      expect(score).toBeCloseTo(expected[at], 5);
  });
});
