/** The benchmark's pure parts: medians, errors, exponents of growth, shapes on the command line, tables. */
import { InvalidArgumentError } from "commander";
import { describe, expect, test } from "vitest";
import { parseArguments, parseShapes } from "../../bench/arguments.ts";
import { describeExponents, describeRecord } from "../../bench/describe-record.ts";
import { sampleOf } from "../../bench/kernels/kernel-inputs.ts";
import { fitExponents, sweepShapes } from "../../bench/measure/exponents.ts";
import { exponentOf, lineThrough } from "../../bench/measure/growth.ts";
import { largestError, problemOf, referenceWeights } from "../../bench/measure/problem.ts";
import { median, rateOf, spreadOf } from "../../bench/measure/statistics.ts";
import { type BenchProgress, Progress } from "../../bench/plan.ts";
import type { BenchRecord, BenchShape, StepRecord } from "../../bench/record.ts";
import { expectClose } from "../support/expect-close.ts";

describe("statistics", () => {
  test("the median is the middle value, or the mean of the two in the middle", () => {
    expect(median([7])).toBe(7);
    expect(median([30, 1, 2])).toBe(2);
    expect(median([4, 1, 30, 2])).toBe(3);
  });

  test("the median leaves the values in their order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  test("a spread has the median, the span and the number of values", () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5, count: 3 });
  });

  test("a rate is highest where the time is shortest", () => {
    expect(rateOf(6e6, { median: 2, min: 1, max: 3, count: 9 })).toEqual({
      median: 3,
      min: 2,
      max: 6,
      count: 9,
    });
  });
});

describe("errors", () => {
  test("are a share of the largest expected value", () => {
    expect(largestError([1, 2, -4], [1, 2.5, -5])).toBe(0.2);
    expect(largestError([0, 0], [0, 0])).toBe(0);
  });

  test("do not exist for what is no number or has another length", () => {
    expect(() => largestError([1, Number.NaN], [1, 2])).toThrow("gave NaN where 2 was expected");
    expect(() => largestError([Infinity], [1])).toThrow("gave Infinity");
    expect(() => largestError([1], [1, 2])).toThrow("gave 1 numbers, expected 2");
  });
});

describe("problems", () => {
  const shape = { rows: 37, features: 5, classes: 3 };

  test("hold values that their storage holds exactly", () => {
    expect(
      problemOf(shape, "u8").x.every((value) => Math.fround(Math.round(255 * value) / 255) === value),
    ).toBe(true);
    expect(problemOf(shape, "f16").x.every((value) => Number.isInteger(256 * value))).toBe(true);
    for (const storage of ["f32", "f16", "u8"] as const)
      expect(problemOf(shape, storage).x.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test("the reference moves the weights, and stops on an abort", async () => {
    const weights = await referenceWeights(problemOf(shape, "f32"));
    expect(weights).toHaveLength(15);
    expect(weights.some((w) => Math.abs(w) > 1e-4)).toBe(true);
    const reason = new Error("enough");
    await expect(referenceWeights(problemOf(shape, "f32"), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test("samples spread from the first to the last index", () => {
    expect([...sampleOf(3)]).toEqual([0, 1, 2]);
    const sample = sampleOf(1000);
    expect([sample.length, sample[0], sample[63], new Set(sample).size]).toEqual([64, 0, 999, 64]);
  });
});

describe("growth with one size", () => {
  const sizes = [25, 50, 100, 200];

  test("the exponent of a power law is found", () => {
    expect(
      exponentOf(
        sizes,
        sizes.map((size) => 3 * size ** 1.2),
      ),
    ).toBeCloseTo(1.2, 9);
  });

  test("a line is found, and makes the exponent smaller if it does not begin at 0", () => {
    const costs = sizes.map((size) => 40 + 2 * size);
    const { constant, slope } = lineThrough(sizes, costs);
    expectClose([constant, slope], [40, 2], { absolute: 1e-9, relative: 0 });
    expect(exponentOf(sizes, costs)).toBeLessThan(0.9);
  });
});

describe("exponents", () => {
  const base = { rows: 512, features: 64, classes: 8 };
  const power = ({ rows, features, classes }: BenchShape) =>
    3e-6 * rows ** 1.25 * features ** 0.5 * classes ** -1;

  test("a sweep doubles one dimension at a time", () => {
    expect(sweepShapes(base, 2)).toEqual([
      base,
      { ...base, rows: 1024 },
      { ...base, rows: 2048 },
      { ...base, features: 128 },
      { ...base, features: 256 },
      { ...base, classes: 16 },
      { ...base, classes: 32 },
    ]);
  });

  test("of a power law are found", () => {
    const fit = fitExponents(sweepShapes(base, 3).map((shape) => ({ shape, cost: power(shape) })));
    expectClose([fit.rows, fit.features, fit.classes], [1.25, 0.5, -1], { absolute: 1e-9, relative: 0 });
    expect(fit.largestFactor).toBeCloseTo(1, 9);
  });

  test("of a disturbed power law are near, and the disturbance is told", () => {
    const costs = sweepShapes(base, 4).map((shape, i) => ({ shape, cost: power(shape) * (i % 2 ? 1.1 : 1) }));
    const fit = fitExponents(costs);
    expectClose([fit.rows, fit.features, fit.classes], [1.25, 0.5, -1], { absolute: 0.1, relative: 0 });
    expect(fit.largestFactor).toBeGreaterThan(1.01);
    expect(fit.largestFactor).toBeLessThan(1.2);
  });

  test("need shapes that vary every dimension, and costs above 0", () => {
    const alike = [1, 2, 4, 8].map((factor) => ({
      shape: { ...base, rows: base.rows * factor },
      cost: factor,
    }));
    expect(() => fitExponents(alike)).toThrow("vary N, D and K independently");
    expect(() => fitExponents([])).toThrow("vary N, D and K independently");
    expect(() => fitExponents([{ shape: base, cost: 0 }])).toThrow("above 0");
  });
});

describe("the command line", () => {
  const parse = (...words: string[]) => parseArguments(["node", "bench", ...words]);

  test("shapes", () => {
    expect(parseShapes("1024x784x10, 3x2x2")).toEqual([
      { rows: 1024, features: 784, classes: 10 },
      { rows: 3, features: 2, classes: 2 },
    ]);
    for (const text of ["", "1024x784", "0x784x10", "1024x784x10,", "axbxc", "1x2x3x4"])
      expect(() => parseShapes(text)).toThrow(InvalidArgumentError);
  });

  test("kernels are measured unless it is to be quick, or as asked", () => {
    expect(parse().plan).toMatchObject({ kernels: true, ceilings: true, rounds: 9 });
    expect(parse("--quick").plan).toMatchObject({ kernels: false, ceilings: false, rounds: 3 });
    expect(parse("--quick", "--kernels").plan.kernels).toBe(true);
    expect(parse("--no-kernels").plan.kernels).toBe(false);
  });

  test("peers and storages", () => {
    expect(parse().plan.contenders.every((id) => id.startsWith("own-"))).toBe(true);
    expect(parse("--peers").plan.contenders).toEqual(expect.arrayContaining(["tfjs-webgpu", "jax-wasm"]));
    expect(parse("--storage", "u8,f16,u8").plan.storages).toEqual(["u8", "f16"]);
  });

  test("a sweep starts from the first shape", () => {
    const { plan, sweep } = parse("--sweep", "--shapes", "64x32x16");
    expect(sweep).toBe(true);
    expect(plan.shapes[0]).toEqual({ rows: 64, features: 32, classes: 16 });
    expect(plan.contenders).toEqual(["own-webgpu", "own-wasm"]);
  });
});

test("progress begins parts one after the other and ends with all", () => {
  const seen: BenchProgress[] = [];
  const progress = new Progress({ "first steps": 1, round: 2, kernels: 0 }, (state) => seen.push(state));
  progress.begin("first steps", "ours");
  progress.begin("round", "round 1");
  progress.begin("round", "round 2");
  progress.end();
  expect(seen).toEqual([
    { done: 0, total: 3, doing: "ours", kind: "first steps", left: { "first steps": 1, round: 2 } },
    { done: 1, total: 3, doing: "round 1", kind: "round", left: { round: 2 } },
    { done: 2, total: 3, doing: "round 2", kind: "round", left: { round: 1 } },
    { done: 3, total: 3, doing: "done", left: {} },
  ]);
});

describe("tables", () => {
  const shape = { rows: 8, features: 4, classes: 2 };
  const time = (value: number) => ({ median: value, min: value / 2, max: 2 * value, count: 3 });
  const step = (contender: string, ms: number, error = 1e-7): StepRecord => {
    return { contender, shape, storage: "f32", time: time(ms), error, tolerance: 1e-4 };
  };
  const record: BenchRecord = {
    version: 1,
    date: "2026-11-21T00:00:00.000Z",
    machine: {
      runtime: "browser",
      agent: "Mozilla/5.0 HeadlessChrome/156.0.0.0 Safari/537.36",
      cpu: "Intel Xeon",
      cores: 2,
      adapter: {
        vendor: "google",
        architecture: "swiftshader",
        device: "",
        description: "",
        software: true,
        features: [],
        limits: {},
      },
    },
    versions: {},
    ceilings: { fma: time(50), read: time(10), dispatch: time(5), submit: time(200) },
    kernels: [
      {
        kernel: "matmul",
        variant: "4 × 10 tile",
        shape,
        storage: "u8",
        time: time(2),
        flops: 5e7,
        bytes: 4e6,
        error: 1e-7,
        tolerance: 1e-4,
      },
    ],
    steps: [
      step("softmax-webgpu 0.1.0 webgpu", 2),
      step("TF.js 4 webgpu", 3),
      step("jax-js 0 webgpu", 1, 0.5),
    ],
    failures: [{ what: "TF.js wasm", message: "no such backend" }],
  };
  const text = describeRecord(record);

  test("name the machine and say that software is no GPU", () => {
    expect(text).toContain("Intel Xeon, 2 cores, HeadlessChrome/156.0.0.0");
    expect(text).toContain("WebGPU: google swiftshader\nA CPU imitates the GPU");
    expect(text).toContain(
      "50.0 GFLOP/s of multiply-adds, 10.0 GB/s read, 5.0 µs a dispatch, 200 µs a submit",
    );
  });

  test("give a step its time, span, speed beside our WebGPU and error", () => {
    expect(text).toMatch(
      /softmax-webgpu 0\.1\.0 webgpu +f32 +2\.000 +1\.000 … 4\.000 +compared with this +1\.0e-7/,
    );
    expect(text).toMatch(/TF\.js 4 webgpu +f32 +3\.000 +1\.500 … 6\.000 +1\.5 × slower +1\.0e-7/);
  });

  test("show a wrong result without a time", () => {
    expect(text).toMatch(/jax-js 0 webgpu +f32 +wrong +5\.0e-1\n/);
  });

  test("give a kernel its rates and its share of the ceiling", () => {
    expect(text).toMatch(/matmul +u8 +2\.0000 +25\.0 +50 % +2\.0 +1\.0e-7 +4 × 10 tile/);
  });

  test("say what was not measured", () => {
    expect(text).toContain("not measured: TF.js wasm: no such backend");
  });

  test("without a step of ours there is nothing to compare with", () => {
    const { steps, ...rest } = record;
    expect(describeRecord({ ...rest, steps: steps.slice(1) })).not.toMatch(/compared|slower|fast/);
  });

  test("exponents of a sweep, or why there are none", () => {
    const steps = sweepShapes(shape, 2).map((at) => ({
      ...step("ours", at.rows * at.features * at.classes),
      shape: at,
    }));
    expect(describeExponents({ ...record, steps })).toBe(
      "ours: a step's time grows as N^1.00 D^1.00 K^1.00, to within a factor of 1.00",
    );
    expect(describeExponents(record)).toContain(
      "no exponents: the shapes must vary N, D and K independently",
    );
  });
});
