/**
 * What the benchmark page makes of a record: reading one from a file that anybody may have written, and the
 * figures, rows, sweeps and names that follow from it. How it looks is not tested here.
 */
import { describe, expect, test } from "vitest";
import { intensity, isTunedWebgpu, ratioToTuned, roofAt, roofShare } from "../../bench/figures.ts";
import { align, groupBy } from "../../bench/page/align.ts";
import { logRange, logTicks, thinned } from "../../bench/page/charts/log-scale.ts";
import { rooflineSeries } from "../../bench/page/charts/roofline-series.ts";
import { drawable } from "../../bench/page/charts/series.ts";
import { sweepSeries } from "../../bench/page/charts/sweep-series.ts";
import { SHAPES, SWEEPS, toggled } from "../../bench/page/choices.ts";
import {
  formatBytes,
  formatDuration,
  formatError,
  formatNumber,
  formatPercent,
  formatSpan,
} from "../../bench/page/format.ts";
import { isChosen, obstacle, PRESETS, planOf } from "../../bench/page/plan-of.ts";
import { MAX_FILE_BYTES, RecordError, readRecord, readRecordFile } from "../../bench/page/read-record.ts";
import { fileName, recordNames } from "../../bench/page/record-names.ts";
import { findSweep, isInSweep } from "../../bench/page/sweeps.ts";
import type {
  AdapterRecord,
  BenchRecord,
  BenchShape,
  CeilingsRecord,
  KernelRecord,
  Spread,
  StepRecord,
} from "../../bench/record.ts";

const spread = (median: number): Spread => ({ median, min: 0.9 * median, max: 1.2 * median, count: 9 });
const shapeOf = (rows: number, features: number, classes: number): BenchShape => ({
  rows,
  features,
  classes,
});

const ADAPTER: AdapterRecord = {
  vendor: "apple",
  architecture: "metal-3",
  device: "",
  description: "",
  software: false,
  features: ["shader-f16"],
  limits: { maxBufferSize: 2 ** 32 },
};

/** 1000 GFLOP/s and 100 GB/s: the ridge lies at 10 operations per byte. */
const CEILINGS: CeilingsRecord = {
  fma: spread(1000),
  read: spread(100),
  dispatch: spread(4),
  submit: spread(120),
};

const SHAPE = shapeOf(1024, 784, 10);

function kernelOf(changes: Partial<KernelRecord> = {}): KernelRecord {
  return {
    kernel: "forward",
    variant: "4 × 10 tile",
    shape: SHAPE,
    storage: "f32",
    time: spread(2),
    flops: 1e9,
    bytes: 1e6,
    error: 1e-7,
    tolerance: 1e-5,
    ...changes,
  };
}

function stepOf(changes: Partial<StepRecord> = {}): StepRecord {
  return {
    contender: "softmax-webgpu 0.1.0 webgpu",
    shape: SHAPE,
    storage: "f32",
    time: spread(0.5),
    error: 1e-7,
    tolerance: 1e-4,
    note: "the fastest of six",
    ...changes,
  };
}

function recordOf(changes: Partial<BenchRecord> = {}): BenchRecord {
  return {
    version: 1,
    date: "2026-11-20T14:05:31.123Z",
    machine: { runtime: "browser", agent: "Chrome/156", cpu: "M2", cores: 8, adapter: ADAPTER },
    versions: { "softmax-webgpu": "0.1.0" },
    ceilings: CEILINGS,
    kernels: [kernelOf()],
    steps: [stepOf()],
    failures: [{ what: "jax-js", message: "out of memory" }],
    ...changes,
  };
}

/** The JSON of a record in which the value at `path` is another one, or is missing. */
function changed(path: string, value?: unknown): string {
  const record: unknown = JSON.parse(JSON.stringify(recordOf()));
  const keys = path.split(".");
  const last = keys.pop() as string;
  const owner = keys.reduce<object>((object, key) => Reflect.get(object, key) as object, record as object);
  if (!(last in owner)) throw new Error(`the record has no ${path}`);
  if (value === undefined) Reflect.deleteProperty(owner, last);
  else Reflect.set(owner, last, value);
  return JSON.stringify(record);
}

function refusal(json: string): string {
  try {
    readRecord(json);
  } catch (error) {
    expect(error).toBeInstanceOf(RecordError);
    return (error as Error).message;
  }
  return expect.unreachable("read, a refusal was expected");
}

describe("reading a record", () => {
  test("what was saved is read as it was", () => {
    for (const record of [
      recordOf(),
      recordOf({ ceilings: null, kernels: [], steps: [], failures: [] }),
      recordOf({ machine: { runtime: "node", agent: "Node 20", cores: 2, adapter: null } }),
    ]) {
      expect(readRecord(JSON.stringify(record))).toStrictEqual(record);
    }
  });

  test("JSON writes an error that is no number as null: it is read as one and stays wrong", () => {
    const json = JSON.stringify(recordOf({ steps: [stepOf({ error: Number.NaN })] }));
    expect(json).toContain('"error":null');
    expect(readRecord(json).steps[0].error).toBeNaN();
  });

  test("fields of no record are dropped", () => {
    const record = readRecord(JSON.stringify({ ...recordOf(), onclick: "alert(1)" }));
    expect(record).toStrictEqual(recordOf());
  });

  for (const [what, json] of [
    ["nothing", ""],
    ["no JSON", "<!doctype html>"],
    ["a cut-off record", JSON.stringify(recordOf()).slice(0, -20)],
    ["NaN, which JSON has not", JSON.stringify(recordOf()).replace('"flops":1000000000', '"flops":NaN')],
    ["brackets without end", "[".repeat(1e6)],
  ] as const) {
    test(`${what} is refused`, () => {
      expect(refusal(json)).toMatch(/not JSON, or it was cut off/);
    });
  }

  test.each(["null", "1", '"text"', "[]", "{}"])("%s is refused", (json) => {
    expect(refusal(json)).toMatch(/^(the record|version): /);
  });

  test("another version is refused before anything else", () => {
    expect(refusal(JSON.stringify({ version: 2, results: [] }))).toMatch(/^version: .*1.*2/);
  });

  const paths = [
    "date",
    "machine",
    "machine.runtime",
    "machine.agent",
    "machine.cores",
    "machine.adapter",
    "machine.adapter.vendor",
    "machine.adapter.software",
    "machine.adapter.features",
    "machine.adapter.limits",
    "versions",
    "ceilings",
    "ceilings.fma",
    "ceilings.submit.median",
    "kernels",
    "kernels.0.kernel",
    "kernels.0.variant",
    "kernels.0.shape.classes",
    "kernels.0.storage",
    "kernels.0.time",
    "kernels.0.flops",
    "kernels.0.bytes",
    "kernels.0.error",
    "kernels.0.tolerance",
    "steps",
    "steps.0.contender",
    "steps.0.shape",
    "steps.0.storage",
    "steps.0.time.count",
    "steps.0.error",
    "steps.0.tolerance",
    "failures",
    "failures.0.what",
    "failures.0.message",
  ];
  test.each(paths)("without %s it is refused, and the field named", (path) => {
    expect(refusal(changed(path))).toContain(`${path}: `);
  });
  test.each(paths)("with %s of another type it is refused, and the field named", (path) => {
    // No field may be true, so one value is wrong everywhere but where a yes or no belongs.
    const value = path.endsWith("software") ? "yes" : true;
    expect(refusal(changed(path, value))).toContain(path);
  });

  test.each([
    ["kernels.0.time.median", -1],
    ["steps.0.time.min", -0.001],
    ["steps.0.time.median", null],
    ["steps.0.time.median", "0.5"],
    ["steps.0.time.count", 0],
    ["steps.0.time.count", 1.5],
    ["steps.0.shape.rows", 0],
    ["kernels.0.bytes", 0],
    ["kernels.0.error", -1e-9],
    ["kernels.0.storage", "f64"],
    ["machine.runtime", "phone"],
    ["steps.0.note", 7],
    ["versions.softmax-webgpu", 1],
    ["version", "9".repeat(1000)],
    ["date", "yesterday"],
    ["date", "2026-13-40T25:61:00.000Z"],
    ["machine.agent", "x".repeat(100_001)],
    ["steps.0.contender", "x".repeat(301)],
  ])("%s of %j is refused, and the field named", (path, value) => {
    const message = refusal(changed(path, value));
    expect(message).toContain(`${path}: `);
    expect(message.length).toBeLessThanOrEqual(300);
  });

  test("a number too large for JSON's reader is refused", () => {
    expect(refusal(JSON.stringify(recordOf()).replace('"flops":1000000000', '"flops":1e999'))).toContain(
      "kernels.0.flops: ",
    );
  });

  test("a median outside its span is refused", () => {
    const outside = { median: 3, min: 1, max: 2, count: 9 };
    expect(refusal(changed("steps.0.time", outside))).toBe(
      "steps.0.time: the median lies outside min to max",
    );
  });

  test("more results than a page can show are refused", () => {
    expect(refusal(changed("steps", Array(2001).fill(stepOf())))).toContain("steps: ");
    expect(refusal(changed("kernels", Array(2001).fill(kernelOf())))).toContain("kernels: ");
  });

  test.each(["machine", "versions", "machine.adapter.limits"])("__proto__ in %s is refused", (path) => {
    const poisoned = changed(path, { marker: 0 }).replace('{"marker":0}', '{"__proto__":{"polluted":1}}');
    expect(refusal(poisoned)).toMatch(/^__proto__: /);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test("a file over 10 MB is refused unread", async () => {
    const file = {
      size: MAX_FILE_BYTES + 1,
      text: () => expect.unreachable("read"),
    };
    await expect(readRecordFile(file)).rejects.toThrow(RecordError);
    const blob = new Blob([JSON.stringify(recordOf())]);
    await expect(readRecordFile(blob)).resolves.toStrictEqual(recordOf());
  });
});

describe("the roofline", () => {
  test("left of the ridge reading is the limit, right of it arithmetic", () => {
    expect(roofAt(2, CEILINGS)).toBe(200);
    expect(roofAt(10, CEILINGS)).toBe(1000);
    expect(roofAt(500, CEILINGS)).toBe(1000);
  });

  test.each([
    [1e9, 1e6, 2, 0.5], // 500 GFLOP/s of 1000; intensity 1000
    [1e9, 1e9, 20, 0.5], // 50 GFLOP/s of 100, since reading is the limit; intensity 1
    [1e9, 1e9, 5, 2], // twice what memory gives: out of a cache
  ])("%d operations on %d bytes in %d ms", (flops, bytes, ms, share) => {
    const kernel = kernelOf({ flops, bytes, time: spread(ms) });
    expect(roofShare(kernel, CEILINGS)).toBeCloseTo(share, 12);
    const byDefinition = flops / ms / 1e6 / roofAt(intensity(kernel), CEILINGS);
    expect(roofShare(kernel, CEILINGS)).toBeCloseTo(byDefinition, 12);
  });

  test("a kernel that only moves data has the share of its bytes", () => {
    expect(roofShare(kernelOf({ flops: 0, bytes: 1e8, time: spread(2) }), CEILINGS)).toBeCloseTo(0.5, 12);
  });

  test("without ceilings there is none", () => {
    expect(roofShare(kernelOf(), null)).toBeNull();
  });
});

describe("ratios to our tuned WebGPU", () => {
  test.each([
    ["softmax-webgpu webgpu", true],
    ["softmax-webgpu 0.1.0 webgpu", true],
    ["softmax-webgpu 0.1.0 webgpu, untuned", false],
    ["softmax-webgpu 0.1.0 wasm, 1 thread", false],
    ["TF.js 4.22.0 webgpu", false],
    ["not-softmax-webgpu webgpu", false],
  ])("%s is what others are compared with: %s", (name, expected) => {
    expect(isTunedWebgpu(name)).toBe(expected);
  });

  const peer = stepOf({ contender: "TF.js 4.22.0 webgpu", time: spread(2) });
  const ours = stepOf({ time: spread(0.5) });

  test("the same shape is compared, f32 before other storages", () => {
    const others = [shapeOf(128, 784, 10), shapeOf(1024, 783, 10), shapeOf(1024, 784, 11)];
    const elsewhere = others.map((shape) => stepOf({ time: spread(9), shape }));
    const bytes = stepOf({ time: spread(0.25), storage: "u8" });
    expect(ratioToTuned(peer, [...elsewhere, bytes, ours, peer])).toBe(4);
    expect(ratioToTuned(bytes, [...elsewhere, bytes, ours, peer])).toBe(0.5);
    expect(ratioToTuned(peer, [bytes, peer])).toBe(8);
  });

  test("nothing is compared with a wrong or a missing result", () => {
    expect(ratioToTuned(peer, [peer])).toBeNull();
    expect(ratioToTuned(peer, [stepOf({ error: 1 }), peer])).toBeNull();
    expect(ratioToTuned(stepOf({ error: Number.NaN }), [ours])).toBeNull();
  });
});

describe("sweeps", () => {
  const shapes = [shapeOf(1024, 768, 100), ...[128, 256, 1024].map((rows) => shapeOf(rows, 784, 10))];

  test("the dimension with the most values makes the sweep", () => {
    const sweep = findSweep(shapes, "rows");
    expect(sweep).toEqual({ over: "rows", like: shapeOf(128, 784, 10) });
    expect(shapes.map((shape) => sweep && isInSweep(shape, sweep))).toEqual([false, true, true, true]);
  });

  test("one value, however often, makes none", () => {
    expect(findSweep(shapes, "features")).toBeNull();
    expect(findSweep([SHAPE, SHAPE], "rows")).toBeNull();
    expect(findSweep([], "classes")).toBeNull();
  });

  test("each of the page's sweeps is found again in what it measures", () => {
    const all = SWEEPS.flatMap((option) => option.shapes);
    for (const [i, over] of (["rows", "features", "classes"] as const).entries()) {
      const sweep = findSweep(all, over);
      const values = new Set(all.filter((shape) => sweep && isInSweep(shape, sweep)).map((s) => s[over]));
      for (const shape of SWEEPS[i].shapes) expect(values).toContain(shape[over]);
    }
  });
});

describe("charts", () => {
  const names = [{ machine: "a", date: "1" }];

  test("wrong results are in no chart", () => {
    const small = shapeOf(128, 784, 10);
    const steps = [stepOf(), stepOf({ shape: small }), stepOf({ contender: "peer", error: 1 })];
    const kernels = [kernelOf(), kernelOf({ kernel: "sgd", error: Number.NaN })];
    const records = [recordOf({ steps, kernels })];
    const sweep = { over: "rows", like: SHAPE } as const;
    expect(sweepSeries(records, names, sweep).map(({ label }) => label)).toEqual([
      "softmax-webgpu 0.1.0 webgpu, f32",
    ]);
    expect(rooflineSeries(records, names).map(({ label }) => label)).toEqual(["Roof", "forward"]);
  });

  test("a chart holds rows per second, and the roof bends at the ridge", () => {
    const [series] = sweepSeries([recordOf()], names, { over: "rows", like: SHAPE });
    expect(series.points).toMatchObject([{ x: 1024, y: 2_048_000 }]);
    const [roof, forward] = rooflineSeries([recordOf()], names);
    expect(roof.points.map(({ x, y }) => [x, y])).toEqual([
      [5, 500],
      [10, 1000],
      [2000, 1000],
    ]);
    expect(forward.points).toMatchObject([{ x: 1000, y: 500 }]);
  });

  test("what a logarithmic axis cannot show is left out", () => {
    const look = { group: "", colour: 0, marker: null, dash: null } as const;
    const point = (x: number, y: number) => ({ x, y, text: "" });
    const bad = [point(0, 1), point(1, 0), point(1, Infinity), point(Number.NaN, 1)];
    const drawn = drawable([
      { ...look, label: "some", points: [...bad, point(1, 1)] },
      { ...look, label: "none", points: bad },
    ]);
    expect(drawn).toEqual([{ ...look, label: "some", points: [point(1, 1)] }]);
  });

  test("ticks are powers of the base within the range, at least two of them", () => {
    expect(logTicks(50, 20_000, 2)).toEqual([64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384]);
    expect(logTicks(0.5, 5e6, 10)).toEqual([1, 10, 100, 1000, 1e4, 1e5, 1e6]);
    for (const value of [3e-7, 1, 4.3e5, 9.99e11]) {
      for (const base of [2, 10] as const) {
        const [min, max] = logRange(value, value, base === 10 ? 10 : 4);
        expect(min).toBeLessThan(value);
        expect(max).toBeGreaterThan(value);
        expect(logTicks(min, max, base).length).toBeGreaterThanOrEqual(2);
      }
    }
    expect(thinned([1, 2, 4, 8, 16], 3)).toEqual([1, null, 4, null, 16]);
    expect(thinned([1, 2, 4], 3)).toEqual([1, 2, 4]);
  });
});

test("the same things of several records come into a row, repeated ones in their order", () => {
  const rows = align([["a1", "b1", "a2"], ["c1"], ["a3"]], (entry) => entry[0]);
  expect(rows.map(({ entries }) => entries)).toEqual([
    ["a1", undefined, "a3"],
    ["b1", undefined, undefined],
    ["a2", undefined, undefined],
    [undefined, "c1", undefined],
  ]);
  expect(rows.map(({ sample }) => sample)).toEqual(["a1", "b1", "a2", "c1"]);
  expect(groupBy(["a1", "b1", "a2"], (entry) => entry[0])).toEqual([
    ["a", ["a1", "a2"]],
    ["b", ["b1"]],
  ]);
});

describe("names", () => {
  const named = (description: string) =>
    recordOf({ machine: { ...recordOf().machine, adapter: { ...ADAPTER, description } } });

  test("a record is named by machine and date, the second of a name by a number", () => {
    const software = recordOf({
      machine: { ...recordOf().machine, adapter: { ...ADAPTER, software: true } },
    });
    const cpu = recordOf({ machine: { runtime: "node", agent: "Node 20", cores: 2, adapter: null } });
    const date = "2026-11-20 14:05 UTC";
    expect(recordNames([named("Apple M2"), software, cpu, named("Apple M2")])).toEqual([
      { machine: "Apple M2", date },
      { machine: "apple metal-3 (software)", date },
      { machine: "CPU with 2 cores", date },
      { machine: "Apple M2 (2)", date },
    ]);
  });

  test.each([
    ["Apple M2", "softmax-webgpu-bench-apple-m2-2026-11-20t14-05.json"],
    ["../../etc/passwd", "softmax-webgpu-bench-etc-passwd-2026-11-20t14-05.json"],
    ["<b>\u202egpj.🔥", "softmax-webgpu-bench-b-gpj-2026-11-20t14-05.json"],
    ["显卡", "softmax-webgpu-bench-2026-11-20t14-05.json"],
  ])("a file of %s is called %s", (description, expected) => {
    expect(fileName(named(description))).toBe(expected);
  });

  test("a file name stays short and keeps the date", () => {
    const name = fileName(named("x ".repeat(150)));
    expect(name).toMatch(/^softmax-webgpu-bench-[a-z0-9-]+2026-11-20t14-05\.json$/);
    expect(name.length).toBeLessThan(100);
  });
});

describe("plans", () => {
  const [quick, full] = PRESETS.map(({ choices }) => choices);

  test("each shape is measured once, also where a sweep has it too", () => {
    const { shapes } = planOf(full, true);
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(shapes.length);
    for (const option of SHAPES) expect(shapes).toContainEqual(option.shapes[0]);
  });

  test("peers are off until they are asked for", () => {
    for (const { choices } of PRESETS) {
      expect(planOf(choices, true).contenders.every((id) => id.startsWith("own-"))).toBe(true);
    }
  });

  test("without a GPU the plan is WebAssembly alone, and can run", () => {
    const plan = planOf(full, false);
    expect(plan).toMatchObject({ contenders: ["own-wasm", "own-wasm-2"], ceilings: false, kernels: false });
    expect(obstacle(plan)).toBeNull();
  });

  test("a plan that measures nothing says what is missing", () => {
    expect(obstacle(planOf(quick, true))).toBeNull();
    expect(obstacle(planOf({ ...quick, shapes: [] }, true))).toMatch(/shape/);
    expect(obstacle(planOf({ ...quick, storages: [] }, true))).toMatch(/stored/);
    expect(obstacle(planOf({ ...quick, contenders: [], parts: [] }, true))).toMatch(/contender/);
    expect(obstacle(planOf({ ...quick, shapes: [], contenders: [], parts: ["ceilings"] }, true))).toBeNull();
    expect(
      obstacle(planOf({ ...quick, storages: [], contenders: ["own-wasm"], parts: [] }, true)),
    ).toBeNull();
  });

  test("a preset is recognised in any order, and not after a change", () => {
    const reordered = { ...full, contenders: toggled(full.contenders, "own-webgpu", true) };
    expect(reordered.contenders[0]).not.toBe(full.contenders[0]);
    expect(isChosen(full, reordered)).toBe(true);
    expect(isChosen(full, { ...full, contenders: toggled(full.contenders, "own-wasm", false) })).toBe(false);
    expect(isChosen(quick, { ...quick, contenders: toggled(quick.contenders, "own-wasm-2", true) })).toBe(
      false,
    );
    expect(isChosen(full, { ...full, rounds: 8 })).toBe(false);
  });
});

test("figures are written with three digits and a unit", () => {
  expect([1234567, 0.0123456, 88].map(formatNumber)).toEqual(["1,230,000", "0.0123", "88.0"]);
  expect([Infinity, Number.NaN].map(formatNumber)).toEqual(["–", "–"]);
  expect([0.0042, 12.5, 2500].map(formatDuration)).toEqual(["4.20 µs", "12.5 ms", "2.50 s"]);
  expect([0.634, null, Infinity].map(formatPercent)).toEqual(["63 %", "–", "–"]);
  expect(formatSpan(spread(10), formatNumber)).toBe("9.00 to 12.0");
  expect(formatSpan({ ...spread(10), count: 1 }, formatNumber)).toBe("measured once");
  expect([3e-7, 0, Number.NaN].map(formatError)).toEqual(["3.0e-7", "0", "not a number"]);
  expect([0, 32_768, 2 ** 32].map(formatBytes)).toEqual(["0 bytes", "32 KiB", "4 GiB"]);
});
