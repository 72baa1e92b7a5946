/** Sparse rows on WebGPU: shapes that need several segments, limits, refusals, aborts, lost devices and freed memory. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { sparseCountsOf } from "../../src/backends/webgpu/sparse-segments.ts";
import { createRandom } from "../../src/data/random.ts";
import type { SparseMatrix } from "../../src/data/sparse-matrix.ts";
import { DataError, DeviceError, LimitError, StateError } from "../../src/errors.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { countLiveBuffers } from "../support/live-buffers.ts";
import { randomProblem, sgdSteps } from "../support/problems.ts";
import { randomPattern, sparseProblem } from "../support/sparse-cases.ts";

afterEach(() => vi.restoreAllMocks());

const SPEC = { pattern: randomPattern(200, 50, 0.2), classes: 4, isWeighted: true };
const PROBLEM = sparseProblem(SPEC);
const SHAPE = { features: 50, classes: 4, bias: true, sparse: true };

/** Opens a backend, a trainer and a data set on it. */
async function open(problem = PROBLEM, options = {}) {
  const backend = disposeLater(await WebGpuBackend.open(options));
  const data = disposeLater(await backend.createDataset(problem.source));
  const { parameters, source } = problem;
  const shape = { features: source.x.cols, classes: parameters.bias.length, bias: true, sparse: true };
  const trainer = disposeLater(await backend.createTrainer(shape));
  trainer.write(parameters);
  return { backend, data, trainer };
}

/** Returns rows whose columns lie far apart, `length` in each row, and one in the last column. */
function wideRows(rows: number, cols: number, length: number): SparseMatrix {
  const random = createRandom(2);
  const indptr = [0];
  const indices: number[] = [];
  for (let i = 0; i < rows; i++) {
    const own = new Set([cols - 1]);
    while (own.size < length) own.add(random.integer(cols));
    indices.push(...[...own].sort((a, b) => a - b));
    indptr.push(indices.length);
  }
  const data = Float32Array.from(indices, () => random.uniform() - 0.5);
  return { indptr: Uint32Array.from(indptr), indices: Uint32Array.from(indices), data, rows, cols };
}

describe("shapes", () => {
  test.each([
    ["70,000 rows: more than one segment, and one column in all rows", wideRows(70_000, 90, 2), 2, 1 << 20],
    ["2²⁰ columns", wideRows(40, 2 ** 20, 30), 3, 1 << 24],
    ["3,000 classes", wideRows(20, 40, 5), 3000, 1 << 20],
    ["rows of 30,000 values, each a segment of its own", wideRows(4, 200_000, 30_000), 300, 1 << 20],
    ["many chunks", wideRows(500, 300, 20), 5, 4096],
  ] as const)(
    "%s",
    async (_name, x, classes, maxChunkBytes) => {
      const labels = Uint32Array.from({ length: x.rows }, (_, i) => i % classes);
      const { parameters } = randomProblem({ rows: 1, features: x.cols, classes });
      const scale = Math.sqrt(x.cols / (x.indptr[1] + 1)) / 2;
      const problem = {
        source: { x, targets: { kind: "labels" as const, labels } },
        parameters: { ...parameters, weights: parameters.weights.map((w) => w * scale) },
      };
      const { data, trainer } = await open(problem, { maxChunkBytes });
      const reference = new ReferenceBackend();
      const truth = await reference.createTrainer({ features: x.cols, classes, bias: true, sparse: true });
      const trueData = await reference.createDataset(problem.source);
      truth.write({ ...problem.parameters, weights: problem.parameters.weights.map(Math.fround) });
      const near = { absolute: 2e-6, relative: 2e-5 };
      const [seen, expected] = [
        await trainer.lossAndGradient(data, 0.01),
        await truth.lossAndGradient(trueData, 0.01),
      ];
      expectClose([seen.loss], [expected.loss], near, "loss");
      expect(seen.correct).toBe(expected.correct);
      expectClose(seen.dWeights, expected.dWeights, near, "dWeights");
      expectClose(seen.dBias, expected.dBias, near, "dBias");
      const order = Uint32Array.from({ length: x.rows }, (_, i) => (7 * i + 3) % x.rows);
      const steps = sgdSteps([order], Math.ceil(x.rows / 2), { momentum: 0.9, l2: 0.01 });
      const [taken, truly] = [await trainer.sgd(data, steps), await truth.sgd(trueData, steps)];
      expectClose(taken.losses, truly.losses, near, "losses");
      const [after, trulyAfter] = [await trainer.read(), await truth.read()];
      expectClose(after.weights, trulyAfter.weights, near, "W");
      expectClose(after.bias, trulyAfter.bias, near, "b");
      // 60 million weights take a while on a CPU that other tests share.
    },
    300_000,
  );

  test("rows of 30,000 values and 300 classes are each a segment of their own", () => {
    const { segmentEntries } = sparseCountsOf(300, true);
    expect(segmentEntries).toBeLessThan(30_000);
  });

  test("rows of infinite scaled values that have no weight affect nothing", async () => {
    const scale = new Float64Array(50).fill(1);
    const weights = Float32Array.from(PROBLEM.source.sampleWeights ?? []);
    weights[3] = 0;
    const { x } = PROBLEM.source;
    const values = Float64Array.from(x.data ?? []);
    values.fill(3e38, x.indptr[3], x.indptr[4]);
    scale.fill(1e-3, 0, 50);
    const source = {
      ...PROBLEM.source,
      x: { ...x, data: values.map((value) => (value === 3e38 ? value : value / 1000)) },
      sampleWeights: weights,
      standardization: { mean: new Float64Array(50), scale },
    };
    const { data, trainer } = await open({ ...PROBLEM, source });
    const { loss, dWeights } = await trainer.lossAndGradient(data, 0);
    expect(Number.isFinite(loss)).toBe(true);
    expect(dWeights.every(Number.isFinite)).toBe(true);
    const order = Uint32Array.from({ length: 200 }, (_, i) => i);
    const { losses } = await trainer.sgd(data, sgdSteps([order], 50));
    expect(losses.every(Number.isFinite)).toBe(true);
    weights[3] = 1;
    data.setWeights(weights);
    expect((await trainer.evaluate(data)).loss).toBeNaN();
  });
});

describe("refusals", () => {
  test("a row larger than a buffer, before anything stays allocated", async () => {
    const backend = disposeLater(await WebGpuBackend.open());
    const live = countLiveBuffers();
    const limits = { maxStorageBufferBindingSize: 64, maxBufferSize: 128 };
    vi.spyOn(GPUDevice.prototype, "limits", "get").mockReturnValue(limits as GPUSupportedLimits);
    await expect(backend.createDataset(PROBLEM.source)).rejects.toThrow(/^.*row 0 takes \d+ bytes.* 64 /);
    await expect(backend.createDataset(PROBLEM.source)).rejects.toThrow(LimitError);
    expect(live.size).toBe(0);
  });

  test("a model larger than a buffer, before anything is allocated", async () => {
    const backend = disposeLater(await WebGpuBackend.open());
    const live = countLiveBuffers();
    const created = backend.createTrainer({ ...SHAPE, features: 2 ** 20, classes: 60_000 });
    await expect(created).rejects.toThrow(LimitError);
    expect(live.created).toBe(0);
  });

  test("dense rows, rows of a trainer for dense ones, and second moments", async () => {
    const { backend, data, trainer } = await open();
    const { source } = randomProblem({ rows: 200, features: 50, classes: 4 });
    const dense = disposeLater(await backend.createDataset(source));
    const ofDense = disposeLater(await backend.createTrainer({ ...SHAPE, sparse: false }));
    for (const [refused, error] of [
      [trainer.logits(dense), StateError],
      [trainer.lossAndGradient(dense, 0), StateError],
      [ofDense.logits(data), StateError],
      [ofDense.evaluate(data), StateError],
      [trainer.secondMoments(data, new Float32Array(200)), DataError],
      [trainer.secondMoments(dense, new Float32Array(200)), StateError],
    ] as const)
      await expect(refused).rejects.toThrow(error);
    data.dispose();
    await expect(trainer.logits(data)).rejects.toThrow(StateError);
  });
});

describe("interruptions", () => {
  const order = Uint32Array.from({ length: 200 }, (_, i) => i);
  const long = sgdSteps(
    Array.from({ length: 2000 }, () => order),
    50,
  );

  test("an abort of steps, of a pass and of an upload rejects with the signal's reason", async () => {
    const { backend, data, trainer } = await open();
    const reason = new Error("enough");
    const controller = new AbortController();
    let rows = 0;
    const onRows = (done: number) => {
      rows = done;
      controller.abort(reason);
    };
    await expect(trainer.sgd(data, long, { signal: controller.signal, onRows })).rejects.toBe(reason);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(400_000);
    const options = { signal: AbortSignal.abort(reason) };
    await expect(trainer.lossAndGradient(data, 0, options)).rejects.toBe(reason);
    await expect(trainer.logits(data, options)).rejects.toBe(reason);
    const { dWeights, dBias } = await trainer.lossAndGradient(data, 0.1);
    const newton = { gradient: { weights: dWeights, bias: dBias }, l2: 0.1, accuracy: 1e-6 };
    await expect(trainer.newtonStep?.(data, newton, options)).rejects.toBe(reason);
    const live = countLiveBuffers();
    await expect(backend.createDataset(PROBLEM.source, options)).rejects.toBe(reason);
    expect(live.size).toBe(0);
    // The trainer still works.
    expect((await trainer.lossAndGradient(data, 0)).loss).toBeGreaterThan(0);
  });

  test("every call says how many rows it has done", async () => {
    const { backend, data, trainer } = await open();
    const last = async (work: (onRows: (rows: number) => void) => Promise<unknown>) => {
      let rows = 0;
      await work((done) => {
        rows = done;
      });
      return rows;
    };
    expect(await last((onRows) => trainer.lossAndGradient(data, 0, { onRows }))).toBe(200);
    expect(await last((onRows) => trainer.evaluate(data, { onRows }))).toBe(200);
    expect(await last((onRows) => trainer.outcomes(data, { onRows }))).toBe(200);
    expect(await last((onRows) => trainer.sgd(data, sgdSteps([order], 50), { onRows }))).toBe(200);
    const upload = (onRows: (rows: number) => void) => backend.createDataset(PROBLEM.source, { onRows });
    expect(await last(async (onRows) => disposeLater(await upload(onRows)))).toBe(200);
  });

  test("a device that is lost is a DeviceError", async () => {
    for (const work of ["sgd", "lossAndGradient", "newtonStep", "logits", "upload"] as const) {
      const { backend, data, trainer } = await open();
      backend.gpu.device.destroy();
      const call = {
        sgd: () => trainer.sgd(data, long),
        lossAndGradient: () => trainer.lossAndGradient(data, 0),
        newtonStep: () =>
          trainer.newtonStep?.(data, { gradient: PROBLEM.parameters, l2: 0.1, accuracy: 0.1 }),
        logits: () => trainer.logits(data),
        upload: () => backend.createDataset(PROBLEM.source),
      }[work];
      await expect(call(), work).rejects.toThrow(DeviceError);
    }
    const { backend, data, trainer } = await open();
    const onRows = () => backend.gpu.device.destroy();
    await expect(trainer.sgd(data, long, { onRows })).rejects.toThrow(DeviceError);
  });

  test("no buffer stays after either is disposed of", async () => {
    const live = countLiveBuffers();
    for (const first of ["data", "trainer"] as const) {
      const backend = await WebGpuBackend.open({ maxChunkBytes: 4096 });
      const data = await backend.createDataset(PROBLEM.source);
      const trainer = await backend.createTrainer(SHAPE);
      await trainer.sgd(data, { ...sgdSteps([order], 50), averageFrom: 0 });
      await trainer.sgd(data, { ...sgdSteps([order], 50), adamw: { beta1: 0.9, beta2: 0.9, epsilon: 1e-8 } });
      const { dWeights, dBias } = await trainer.lossAndGradient(data, 0.1);
      const newton = { gradient: { weights: dWeights, bias: dBias }, l2: 0.1, accuracy: 0.1 };
      expect((await trainer.newtonStep?.(data, newton))?.products).toBeGreaterThan(0);
      await trainer.outcomes(data);
      const all = { data, trainer };
      all[first].dispose();
      all[first === "data" ? "trainer" : "data"].dispose();
      expect(live.size).toBe(0);
      backend.dispose();
    }
    expect(live.created).toBeGreaterThan(50);
  });

  test("a data set disposed of while its workspace is made leaves none, and no harm to the device", async () => {
    const { data, trainer } = await open();
    const live = countLiveBuffers();
    const run = trainer.lossAndGradient(data, 0);
    data.dispose();
    await expect(run).rejects.toThrow(StateError);
    trainer.dispose();
    expect(live.size).toBe(0);
  });
});
