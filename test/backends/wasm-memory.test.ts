/** WebAssembly memory: many data sets share it without touching each other's values, and released pieces are reused. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DatasetSource } from "../../src/backends/backend.ts";
import { WasmBackend } from "../../src/backends/wasm/backend.ts";
import { Heap } from "../../src/backends/wasm/heap.ts";
import { createRandom } from "../../src/data/random.ts";
import { strokeDigits } from "../../src/digits.ts";
import { LimitError, SoftmaxRegression } from "../../src/index.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { countMemories, type Memories } from "../support/memories.ts";
import { randomProblem } from "../support/problems.ts";

const MIB = 2 ** 20;

let memories: Memories;

beforeEach(() => {
  memories = countMemories();
});

afterEach(() => memories.restore());

describe("a heap", () => {
  test("pieces never overlap, are zero when taken, and all memory is free in the end", () => {
    const heap = new Heap();
    const random = createRandom(5);
    const taken: { start: number; bytes: number; mark: number }[] = [];
    const view = (start: number, bytes: number) => new Uint8Array(heap.memory.buffer, start, bytes);
    for (let i = 0; i < 3000; i++) {
      if (taken.length > 0 && (taken.length > 60 || random.uniform() < 0.45)) {
        const [{ start, bytes, mark }] = taken.splice(Math.floor(random.uniform() * taken.length), 1);
        expect(view(start, bytes).every((value) => value === mark)).toBe(true);
        heap.release(start, bytes);
      } else {
        const bytes = Math.floor(random.uniform() ** 4 * 50_000);
        const start = heap.take(bytes, "test");
        expect(start % 64).toBe(0);
        expect(start).toBeGreaterThan(0);
        expect(view(start, bytes).every((value) => value === 0)).toBe(true);
        const mark = 1 + (i % 255);
        view(start, bytes).fill(mark);
        taken.push({ start, bytes, mark });
      }
    }
    // Sixty pieces of at most 50 KB, with gaps between them.
    expect(heap.size).toBeLessThan(4 * MIB);
    for (const { start, bytes } of taken) heap.release(start, bytes);
    expect(heap.isEmpty).toBe(true);
    const { size } = heap;
    heap.take(size - 64, "test");
    expect(heap.size).toBe(size);
  });

  test("a piece that is too large is a LimitError that names its purpose, and takes nothing", () => {
    const heap = new Heap();
    expect(() => heap.take(2 ** 33, "x")).toThrow(LimitError);
    expect(() => heap.take(2 ** 33, "x")).toThrow(/^x: needs 8589934592 bytes/);
    expect(heap.isEmpty).toBe(true);
  });
});

describe("many data sets at once", () => {
  /** Rows of one data set, told apart from those of all others. */
  const problem = (seed: number, rows = 5) => randomProblem({ rows, features: 7, classes: 3, seed });

  async function lossOf(backend: WasmBackend, { source, parameters }: ReturnType<typeof problem>) {
    const data = await backend.createDataset(source);
    const trainer = await backend.createTrainer({ features: 7, classes: 3, bias: true });
    trainer.write(parameters);
    return {
      loss: async () => (await trainer.evaluate(data)).loss,
      dispose: () => {
        trainer.dispose();
        data.dispose();
      },
    };
  }

  test("300 data sets share one memory, and each keeps its values", async () => {
    const backend = disposeLater(await WasmBackend.open());
    const expected: number[] = [];
    for (let seed = 0; seed < 300; seed++) {
      const alone = await lossOf(backend, problem(seed));
      expected.push(await alone.loss());
      alone.dispose();
    }
    const { made } = memories;
    const together = await Promise.all(expected.map((_, seed) => lossOf(backend, problem(seed))));
    const losses = await Promise.all(together.map(({ loss }) => loss()));
    expect(losses).toEqual(expected);
    for (const { dispose } of together.filter((_, i) => i % 2 === 0)) dispose();
    const more = await Promise.all(expected.map((_, seed) => lossOf(backend, problem(seed, 9))));
    expect(await Promise.all(more.map(({ loss }) => loss()))).not.toContain(NaN);
    for (const [i, { loss }] of together.entries()) if (i % 2 === 1) expect(await loss()).toBe(expected[i]);
    expect(memories.made).toBe(made);
    for (const { dispose } of more) dispose();
  });

  test("200 concurrent predictions of one row are right", async () => {
    const { x, y } = strokeDigits({ rows: 400, seed: 1 });
    const model = disposeLater(new SoftmaxRegression({ device: "wasm", l2: 0.01 }));
    await model.fit(x, y);
    const together = await model.predict(x);
    const one = (i: number) => ({
      ...x,
      data: x.data.subarray(i * x.cols, (i + 1) * x.cols),
      rows: 1,
      cols: x.cols,
    });
    const { made } = memories;
    const single = await Promise.all(Array.from({ length: 200 }, (_, i) => model.predict(one(i))));
    expect(single.flat()).toEqual(together.slice(0, 200));
    expect(memories.made).toBe(made);
  });

  test("70 models fitted concurrently, with validation and predictions, equal those fitted one by one", async () => {
    const { x, y } = strokeDigits({ rows: 60, seed: 2 });
    const validation = [x, y] as const;
    const trained = async (seed: number) => {
      const model = new SoftmaxRegression({ device: "wasm", solver: "sgd", epochs: 3, batchSize: 16, seed });
      const predicted: unknown[] = [];
      const onEpoch = async () => void predicted.push(await model.predict(x));
      await model.fit(x, y, { validation, onEpoch });
      const { weights } = model;
      model.dispose();
      return { weights, predicted };
    };
    const together = await Promise.all(Array.from({ length: 70 }, (_, seed) => trained(seed)));
    for (const seed of [0, 35, 69]) expect(together[seed]).toEqual(await trained(seed));
  });

  test("a data set that is packed while others let the memory grow is complete", async () => {
    const backend = disposeLater(await WasmBackend.open());
    const shape = { rows: 3000, features: 900, classes: 3, storage: "f64" } as const;
    const problems = [1, 2, 3].map((seed) => randomProblem({ ...shape, seed }));
    const lossesOf = async (create: (source: DatasetSource) => Promise<unknown>) => {
      const losses = [];
      const all = await Promise.all(problems.map(({ source }) => create(source)));
      for (const [i, data] of all.entries()) {
        const trainer = await backend.createTrainer({ ...shape, bias: true });
        trainer.write(problems[i].parameters);
        losses.push((await trainer.evaluate(data as never)).loss);
      }
      for (const data of all) (data as { dispose(): void }).dispose();
      return losses;
    };
    const together = await lossesOf((source) => backend.createDataset(source));
    let last: Promise<unknown> = Promise.resolve();
    const oneByOne = await lossesOf((source) => {
      const data = last.then(() => backend.createDataset(source));
      last = data;
      return data;
    });
    expect(together).toEqual(oneByOne);
  });
});

describe("large data sets", () => {
  const large = (): DatasetSource => ({
    x: { data: new Uint8Array(20 * MIB).fill(51), rows: 20 * 1024, cols: 1024 },
    targets: { kind: "none" },
  });
  const shape = { features: 1024, classes: 2, bias: true };

  test("each has a memory of its own, which no other data set reuses", async () => {
    const backend = await WasmBackend.open();
    const { made } = memories;
    for (let i = 1; i <= 3; i++) {
      const data = await backend.createDataset(large());
      expect(memories.made).toBe(made + i);
      data.dispose();
    }
  });

  test("share one if the engine gives no further memory, and are right", async () => {
    const backend = await WasmBackend.open();
    memories.restore();
    memories = countMemories(0);
    const all = await Promise.all([backend.createDataset(large()), backend.createDataset(large())]);
    const trainer = disposeLater(await backend.createTrainer(shape));
    trainer.write({ weights: new Float64Array(2048).fill(1), bias: Float64Array.of(0, 1) });
    for (const data of all) {
      const logits = await trainer.logits(data);
      expect(logits.length).toBe(2 * 20 * 1024);
      expect(logits[0]).toBeCloseTo(1024 * 51, 2);
      expect(logits.at(-1)).toBeCloseTo(1024 * 51 + 1, 2);
    }
    for (const data of all) data.dispose();
  });

  test("a common memory that a large model has enlarged accepts no further data sets", async () => {
    const backend = await WasmBackend.open();
    const source = randomProblem({ rows: 2, features: 2 ** 15, classes: 2 }).source;
    const data = await backend.createDataset(source);
    const trainer = await backend.createTrainer({ features: 2 ** 15, classes: 600, bias: true });
    await trainer.evaluate(data);
    const { made } = memories;
    const next = await backend.createDataset(source);
    expect(memories.made).toBe(made + 1);
    expect(next.arena.memory.buffer.byteLength).toBeLessThan(2 * MIB);
    for (const each of [data, next]) each.dispose();
    trainer.dispose();
  });
});

describe("releasing", () => {
  test("a data set that is disposed of at work keeps its rows until the work ends", async () => {
    const backend = await WasmBackend.open();
    const spec = { rows: 4000, features: 200, classes: 10 };
    const { source, parameters } = randomProblem(spec);
    const lossWhile = async (disturb: (data: { dispose(): void }) => Promise<unknown>) => {
      const data = await backend.createDataset(source);
      const trainer = await backend.createTrainer({ ...spec, bias: true });
      trainer.write(parameters);
      const running = trainer.evaluate(data);
      await disturb(data);
      const { loss } = await running;
      data.dispose();
      return loss;
    };
    const undisturbed = await lossWhile(async () => {});
    const disturbed = await lossWhile(async (data) => {
      data.dispose();
      const others = [2, 3, 4].map((seed) => backend.createDataset(randomProblem({ ...spec, seed }).source));
      for (const other of await Promise.all(others)) other.dispose();
    });
    expect(disturbed).toBe(undisturbed);
  });

  test("an aborted upload releases its memory", async () => {
    const backend = await WasmBackend.open();
    const probe = await backend.createDataset(randomProblem({ rows: 2, features: 3, classes: 2 }).source);
    const before = probe.arena.memory.buffer.byteLength;
    const { source } = randomProblem({ rows: 3000, features: 900, classes: 2, storage: "f64" });
    for (let i = 0; i < 8; i++) {
      const controller = new AbortController();
      const upload = backend.createDataset(source, { signal: controller.signal });
      controller.abort();
      await expect(upload).rejects.toMatchObject({ name: "AbortError" });
    }
    expect(probe.arena.memory.buffer.byteLength - before).toBeLessThan(12 * MIB);
    probe.dispose();
  });
});
