/** The figures that follow from a record of the benchmark, and how they are written and put into rows. */
import { describe, expect, test } from "vitest";
import {
  comparedStep,
  comparison,
  intensity,
  isTunedWebgpu,
  roofAt,
  roofShare,
  speedText,
} from "../../bench/figures.ts";
import { align, groupBy } from "../../bench/page/align.ts";
import {
  formatBytes,
  formatDuration,
  formatError,
  formatNumber,
  formatPercent,
  formatSpan,
} from "../../demo/ui/format.ts";
import { CEILINGS, kernelOf, SHAPE, shapeOf, spread, stepOf } from "../support/bench-records.ts";

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

describe("speeds beside ours", () => {
  test.each([
    ["softmax-webgpu webgpu", true],
    ["softmax-webgpu 0.1.0 webgpu", true],
    ["softmax-webgpu 0.1.0 webgpu, untuned", false],
    ["softmax-webgpu 0.1.0 wasm, 1 thread", false],
    ["TF.js 4.22.0 webgpu", false],
    ["not-softmax-webgpu webgpu", false],
  ])("%s is our tuned WebGPU: %s", (name, expected) => {
    expect(isTunedWebgpu(name)).toBe(expected);
  });

  const peer = stepOf({ contender: "TF.js 4.22.0 webgpu", time: spread(2) });
  const ours = stepOf({ time: spread(0.5) });
  const oneThread = stepOf({ contender: "softmax-webgpu 0.1.0 wasm, 1 thread", time: spread(0.1) });

  test("faster is said as faster, slower as slower, with two digits", () => {
    expect(comparison(oneThread, [ours, oneThread, peer])).toBe("5 × as fast");
    expect(comparison(peer, [ours, oneThread, peer])).toBe("4 × slower");
    expect(comparison(ours, [ours, oneThread, peer])).toBe("compared with this");
    expect([5.14, 41.2, 1 / 3.2, 1.04, 0.97].map((speed) => speedText(speed))).toEqual([
      "5.1 × as fast",
      "41 × as fast",
      "3.2 × slower",
      "as fast",
      "as fast",
    ]);
    expect([41.2, 0.5, 1].map((speed) => speedText(speed, "TF.js"))).toEqual([
      "41 × as fast as TF.js",
      "2 × slower than TF.js",
      "as fast as TF.js",
    ]);
    expect([null, 0, Number.NaN, Infinity].map((speed) => speedText(speed))).toEqual(["–", "–", "–", "–"]);
  });

  test("the same shape is compared, f32 before other storages", () => {
    const others = [shapeOf(128, 784, 10), shapeOf(1024, 783, 10), shapeOf(1024, 784, 11)];
    const elsewhere = others.map((shape) => stepOf({ time: spread(9), shape }));
    const bytes = stepOf({ time: spread(0.25), storage: "u8" });
    expect(comparison(peer, [...elsewhere, bytes, ours, peer])).toBe("4 × slower");
    expect(comparison(bytes, [...elsewhere, bytes, ours, peer])).toBe("2 × as fast");
    expect(comparison(peer, [bytes, peer])).toBe("8 × slower");
  });

  test("without WebGPU, one thread of WebAssembly is what others are compared with", () => {
    expect(comparison(peer, [peer, oneThread])).toBe("20 × slower");
    expect(comparedStep(SHAPE, [peer, oneThread])).toBe(oneThread);
  });

  test("nothing is compared with a wrong or a missing result", () => {
    expect(comparison(peer, [peer])).toBe("–");
    expect(comparison(peer, [stepOf({ error: 1 }), peer, oneThread])).toBe("–");
    expect(comparison(stepOf({ error: Number.NaN, contender: "TF.js" }), [ours])).toBe("–");
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
