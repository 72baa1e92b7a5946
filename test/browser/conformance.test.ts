/**
 * The conformance check finds what it is for: as the kernels are, nothing differs; with one token of a kernel changed,
 * the operations that run it do.
 */
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { checkConformance } from "../../bench/conformance/check.ts";
import { GROUP } from "../../bench/conformance/draw-case.ts";
import type { ConformanceReport } from "../../bench/conformance/report.ts";
import { SHADERS } from "../../bench/conformance/watched-kernels.ts";
import { GpuDevice, KernelCache } from "../../src/backends/webgpu/index.ts";
import { countLiveBuffers } from "../support/live-buffers.ts";

/** One token of each kernel that is changed: the text before and after. */
const BREAKS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  adamw: ["segment.gain1 * (g -", "segment.gain2 * (g -"],
  average: ["let w = weights[at];", "let w = weights[0];"],
  "clear-gradient": ["vec4f();", "vec4f(1.0);"],
  curvature: ["s * p * u", "s * p * p"],
  forward: ["s * segment.scale", "s + segment.scale"],
  "forward-quad": ["s * segment.scale", "s + segment.scale"],
  gradient: ["+= t * xTile[f]", "+= t + xTile[f]"],
  "gradient-quad": ["t1 * xTile[", "t1 + xTile["],
  "gradient-shared": ["t[j] * xTile[f]", "t[j] + xTile[f]"],
  matmul: ["dot(xTile[r], w)", "dot(w, w)"],
  outcomes: ["score > m)", "score < m)"],
  "pack-rows": ["index % WORDS", "index % 1u"],
  "row-norms": ["value * value", "value + value"],
  "scores-shared": ["xTile[r].y * w.y", "xTile[r].x * w.y"],
  sgd: ["moved = w -", "moved = w +"],
  softmax: ["- m) / sum", "- m) * sum"],
  "sparse-gradient": ["select(vec4f(), g, isClass)", "select(g, vec4f(), isClass)"],
  "sparse-scores": ["= z[c]", "= z[0]"],
  "weighted-rows": ["sampleWeights[row] *", "sampleWeights[row] +"],
};

/** First cases of as many plans as it takes to run every kernel; each with a few cases of the same kernels. */
const STARTS = Array.from({ length: 16 }, (_, i) => (i * GROUP) / 2);
const CASES = 3;

/** For each kernel a start whose cases run it. */
const startOf = new Map<string, number>();
const whole: ConformanceReport[] = [];

beforeAll(async () => {
  for (const first of STARTS) {
    const report = await checkConformance({ first, cases: CASES });
    whole.push(report);
    for (const [name, { dispatches }] of Object.entries(report.kernels))
      if (dispatches > 0 && !startOf.has(name)) startOf.set(name, first);
    if (startOf.size === SHADERS.length) break;
  }
}, 300_000);

afterEach(() => vi.restoreAllMocks());

describe("as the kernels are", () => {
  test("nothing differs", () => {
    expect(whole.flatMap(({ differences }) => differences)).toEqual([]);
    expect(whole.every(({ ending, cases, comparisons }) => ending === "done" && comparisons > cases)).toBe(
      true,
    );
  });

  test("every kernel has run, and every kernel is broken below", () => {
    expect([...startOf.keys()].sort()).toEqual([...SHADERS].sort());
    expect(Object.keys(BREAKS).sort()).toEqual([...SHADERS].sort());
  });
});

/** Changes a token of one shader, whoever compiles it. */
function breakShader(name: string): void {
  const [from, to] = BREAKS[name];
  const { get } = KernelCache.prototype;
  vi.spyOn(KernelCache.prototype, "get").mockImplementation(function (this: KernelCache, shader, constants) {
    if (shader.name !== name) return get.call(this, shader, constants);
    expect(shader.code).toContain(from);
    return get.call(this, { ...shader, code: shader.code.replace(from, to) }, constants);
  });
}

test.each(SHADERS)("%s with one token changed differs", async (name) => {
  breakShader(name);
  const { differing, differences } = await checkConformance({ first: startOf.get(name) ?? 0, cases: CASES });
  expect(differing).toBeGreaterThan(0);
  expect(differences.every(({ kernels }) => kernels.includes(name))).toBe(true);
  expect(differences.some(({ mismatches }) => mismatches.length > 0)).toBe(true);
});

test("a kernel that does not compile is a difference with the compiler's message", async () => {
  const { get } = KernelCache.prototype;
  vi.spyOn(KernelCache.prototype, "get").mockImplementation(function (this: KernelCache, shader, constants) {
    const code = shader.name === "sparse-scores" ? `${shader.code}\nnonsense` : shader.code;
    return get.call(this, { ...shader, code }, constants);
  });
  const { ending, differences } = await checkConformance({ first: GROUP, cases: 1 });
  expect(ending).toBe("done");
  expect(differences[0].message).toMatch(/sparse-scores\.wgsl/);
});

test("a device that is lost ends the check with the counts until then", async () => {
  const acquired = vi.spyOn(GpuDevice, "acquire");
  const onProgress = () => void acquired.mock.results[0].value.then((gpu: GpuDevice) => gpu.device.destroy());
  const report = await checkConformance({ first: GROUP, cases: 9, onProgress });
  expect(report).toMatchObject({ ending: "device lost", differences: [] });
  expect(report.cases).toBeGreaterThan(0);
  expect(report.cases).toBeLessThan(9);
  expect(report.loss).toMatch(/destroyed/);
});

test("an abort stops it within a case, and nothing stays allocated", async () => {
  const live = countLiveBuffers();
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  const report = await checkConformance({ first: GROUP, cases: 9, signal: controller.signal, onProgress });
  expect(report).toMatchObject({ ending: "stopped", cases: 1, differences: [] });
  expect(live.created).toBeGreaterThan(0);
  expect(live.size).toBe(0);
  await expect(checkConformance({ signal: controller.signal })).rejects.toBe(controller.signal.reason);
});
