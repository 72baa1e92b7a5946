/** The sentence, the bars and the time left that the benchmark page shows. */
import { describe, expect, test } from "vitest";
import { barsOf } from "../../bench/page/bars.ts";
import { headlineOf } from "../../bench/page/headline.ts";
import { TimeLeft, timeLeftText } from "../../bench/page/time-left.ts";
import { type BenchProgress, Progress } from "../../bench/plan.ts";
import { type BenchRecord, LOST_GPU, type StepRecord } from "../../bench/record.ts";
import { ADAPTER, recordOf, shapeOf, spread, stepOf } from "../support/bench-records.ts";

const step = (contender: string, ms: number, changes: Partial<StepRecord> = {}) =>
  stepOf({ contender, time: spread(ms), ...changes });
const WEBGPU = step("softmax-webgpu 0.1.0 webgpu", 2);
const WASM = step("softmax-webgpu 0.1.0 wasm, 1 thread", 10);
const TWO = step("softmax-webgpu 0.1.0 wasm, 2 threads", 8);
const TFJS = [step("TF.js 4.22.0 webgpu", 20), step("TF.js 4.22.0 wasm", 80)];
const JAX = [step("jax-js 0.1.25 webgpu", 6), step("jax-js 0.1.25 wasm", 90)];
const ALL = [WEBGPU, WASM, TWO, ...TFJS, ...JAX];
const SOFTWARE = { ...ADAPTER, vendor: "google", architecture: "swiftshader", software: true };

function record(steps: readonly StepRecord[], changes: Partial<BenchRecord> = {}): BenchRecord {
  return recordOf({ steps, failures: [], ...changes });
}

const machine = (adapter: BenchRecord["machine"]["adapter"]) => ({ ...recordOf().machine, adapter });

describe("the headline", () => {
  test("on a GPU: rows a second, beside the fastest of each other library and the CPU", () => {
    expect(headlineOf(record(ALL), true)).toEqual({
      figure: "512,000 rows a second",
      rest: "on the GPU: 10 × as fast as TF.js, 3 × as fast as jax-js, 4 × as fast as this computer’s CPU (2 threads).",
      notes: [],
    });
    expect(headlineOf(record(ALL), false).rest).toContain("that computer’s CPU (2 threads)");
    expect(headlineOf(record([WEBGPU, WASM]), true).rest).toContain("this computer’s CPU (1 thread)");
  });

  test("compares f32 with f32 and tuned kernels, and says when it cannot", () => {
    const untuned = step("softmax-webgpu 0.1.0 webgpu, untuned", 1);
    const bytes = { ...WEBGPU, storage: "u8", time: spread(1) } as const;
    const restOf = (...steps: StepRecord[]) => headlineOf(record([...steps, TFJS[0], WASM]), true).rest;
    expect(restOf(untuned, bytes, WEBGPU)).toMatch(/^on the GPU: 10 × as fast as TF\.js, 5 × /);
    expect(restOf(untuned, bytes)).toMatch(/^on the GPU \(u8\): 20 × as fast as TF\.js/);
    expect(restOf(untuned)).toMatch(/^on the GPU \(untuned\): 20 × as fast as TF\.js/);
    const slow = { ...bytes, time: spread(20) };
    expect(restOf(slow)).toMatch(/^on the CPU: .* 2 × as fast as this computer’s GPU \(u8\)\.$/);
    // A tuned result that is wrong is not replaced by another.
    expect(restOf({ ...WEBGPU, error: 1 }, untuned, bytes)).toBe("on the CPU: 2 × as fast as TF.js.");
  });

  test("on the CPU says how many threads ours has beside libraries with one", () => {
    const { rest, notes } = headlineOf(
      record([WASM, TWO, TFJS[1], JAX[0]], { machine: machine(null) }),
      true,
    );
    expect(rest).toMatch(/^on the CPU: 10 × as fast as TF\.js/);
    // jax-js was faster on WebGPU, so that threads are not compared.
    expect(notes[0]).toBe("softmax-webgpu uses 2 CPU threads here, TF.js one.");
    expect(headlineOf(record([TWO, TFJS[1], JAX[1]]), true).notes).toEqual([
      "softmax-webgpu uses 2 CPU threads here, TF.js and jax-js one.",
    ]);
    expect(headlineOf(record([WASM, TFJS[1], JAX[1]]), true).notes).toEqual([]);
  });

  test("a CPU that is faster than its GPU, and a library that is faster than ours, are said as such", () => {
    const slowGpu = step("softmax-webgpu 0.1.0 webgpu", 40);
    const { figure, rest } = headlineOf(record([slowGpu, WASM, ...TFJS, step("jax-js 1 wasm", 5)]), true);
    expect(figure).toBe("102,000 rows a second");
    expect(rest).toBe(
      "on the CPU: 2 × as fast as TF.js, 2 × slower than jax-js, 4 × as fast as this computer’s GPU.",
    );
  });

  test("on a software adapter: the CPU, and no word of a GPU", () => {
    const slow = step("softmax-webgpu 0.1.0 webgpu", 4);
    const headline = headlineOf(record([slow, TWO, ...TFJS, ...JAX], { machine: machine(SOFTWARE) }), true);
    expect(headline).toEqual({
      figure: "128,000 rows a second",
      rest: "on the CPU: 2.5 × as fast as TF.js, 1.3 × slower than jax-js.",
      notes: ["WebGPU runs on a software adapter here (google swiftshader), 2 × as fast as WebAssembly."],
    });
    expect(JSON.stringify(headline)).not.toMatch(/\bGPU\b/);
  });

  test("without WebGPU: WebAssembly beside that of the others", () => {
    const { rest, notes } = headlineOf(record([WASM, TFJS[1], JAX[1]], { machine: machine(null) }), true);
    expect(rest).toBe("on the CPU: 8 × as fast as TF.js, 9 × as fast as jax-js.");
    expect(notes).toEqual(["There was no WebGPU, so that only the CPU was measured."]);
  });

  test("wrong results are in no figure, and named", () => {
    const wrong = (one: StepRecord) => ({ ...one, error: Number.NaN });
    const { rest, notes } = headlineOf(record([WEBGPU, wrong(WASM), ...TFJS.map(wrong), JAX[0]]), true);
    expect(rest).toBe("on the GPU: 3 × as fast as jax-js.");
    expect(notes).toEqual(["TF.js gave wrong results and is not compared."]);
    // One device of a library being wrong, the other counts.
    expect(headlineOf(record([WEBGPU, wrong(TFJS[0]), TFJS[1], ...JAX]), true).rest).toContain(
      "40 × as fast as TF.js",
    );
  });

  test("without a correct result of ours there is no figure", () => {
    const wrong = headlineOf(record([{ ...WEBGPU, error: 1 }, ...TFJS, ...JAX]), true);
    expect(wrong.figure).toBe("");
    expect(wrong.rest).toBe("There is no figure: softmax-webgpu gave wrong results and is not compared.");
    const failures = [
      { what: "softmax-webgpu 0.1.0 wasm, 1 thread, f32, at 1024 × 784 × 10", message: "no memory" },
    ];
    expect(headlineOf(record([...TFJS, ...JAX], { failures }), true).rest).toBe(
      "There is no figure: softmax-webgpu could not be measured: no memory.",
    );
  });

  test("a library that failed or was not asked for is named, and the loss of the GPU with what to do", () => {
    const failures = [
      { what: "jax-wasm", message: "Failed to fetch\nat https://…" },
      { what: LOST_GPU, message: "it was lost" },
    ];
    const { notes } = headlineOf(record([WEBGPU, WASM], { failures }), true);
    expect(notes).toHaveLength(3);
    expect(notes[0]).toMatch(/^The GPU was lost .* is kept\. Reload the page and measure again/);
    expect(notes.slice(1)).toEqual([
      "TF.js was not measured.",
      "jax-js could not be measured: Failed to fetch.",
    ]);
  });

  test("is about the usual shape, else the first one", () => {
    const shape = shapeOf(128, 784, 10);
    const small = step("softmax-webgpu 0.1.0 webgpu", 1, { shape });
    expect(headlineOf(record([small, WEBGPU]), true).figure).toBe("512,000 rows a second");
    expect(headlineOf(record([small]), true).figure).toBe("128,000 rows a second");
  });
});

test("bars: the longest first, then what is wrong, then what could not be measured", () => {
  const wrong = { ...TFJS[0], error: 1 };
  const failures = [
    { what: "jax-webgpu", message: "no" },
    { what: "TF.js 4.22.0 wasm, f32, at 1024 × 784 × 10", message: "no" },
    { what: "ceilings", message: "no" },
    { what: "jax-js 0.1.25 wasm, f32, at 9 × 9 × 9", message: "no" },
  ];
  expect(barsOf(record([wrong, WASM, WEBGPU], { failures }))).toEqual([
    { label: "softmax-webgpu, WebGPU", rate: 512_000, isOwn: true },
    { label: "softmax-webgpu, WebAssembly, 1 thread", rate: 102_400, isOwn: true },
    { label: "TF.js, WebGPU", rate: null, reason: "wrong", isOwn: false },
    { label: "jax-js, WebGPU", rate: null, reason: "not measured", isOwn: false },
    { label: "TF.js, WebAssembly", rate: null, reason: "not measured", isOwn: false },
  ]);
});

test("bars: with several storages each is named, once", () => {
  const at = "at 1024 × 784 × 10";
  const failures = [
    { what: `softmax-webgpu 0.1.0 webgpu, u8, ${at}`, message: "no" },
    { what: `softmax-webgpu 0.1.0 webgpu, u8, ${at}`, message: "again" },
    { what: `softmax-webgpu 0.1.0 webgpu, f16, ${at}`, message: "no" },
    { what: `softmax-webgpu 0.1.0 wasm, 1 thread, f32, ${at}`, message: "lost in a late round" },
    { what: "jax-webgpu", message: "no" },
  ];
  expect(barsOf(record([WEBGPU, WASM], { failures })).map(({ label, reason }) => [label, reason])).toEqual([
    ["softmax-webgpu, WebGPU, f32", undefined],
    ["softmax-webgpu, WebAssembly, 1 thread, f32", undefined],
    ["softmax-webgpu, WebGPU, u8", "not measured"],
    ["softmax-webgpu, WebGPU, f16", "not measured"],
    ["jax-js, WebGPU", "not measured"],
  ]);
});

describe("the time left", () => {
  /** Estimates at the begin of every part, which take so long each. */
  function estimates(parts: ConstructorParameters<typeof Progress>[0], took: readonly number[]) {
    const timeLeft = new TimeLeft();
    const seen: (number | null)[] = [];
    let now = 1000;
    const report = (progress: BenchProgress) => {
      timeLeft.begin(progress, now);
      seen.push(timeLeft.estimate(now));
    };
    const progress = new Progress(parts, report);
    const kinds = Object.entries(parts).flatMap(([kind, count]) => Array<string>(count).fill(kind));
    for (const [i, kind] of kinds.entries()) {
      progress.begin(kind as "round", `part ${i}`);
      now += took[i];
    }
    progress.end();
    return { seen, timeLeft, now };
  }

  test("is unknown until three parts are done, and then goes by parts of the same sort", () => {
    const { seen } = estimates({ "first steps": 4, round: 3 }, [9000, 100, 200, 300, 900, 1100, 1300]);
    // The median of all parts for those of a sort of which none is done.
    expect(seen).toEqual([null, null, null, 200 + 3 * 200, 3 * 250, 2 * 900, 1000, 0]);
  });

  test("shrinks while a part runs, and never below what the other parts take", () => {
    const timeLeft = new TimeLeft();
    const part = (round: number) =>
      ({ done: 0, total: 5, doing: "", kind: "round", left: { round } }) as const;
    for (const left of [5, 4, 3, 2]) timeLeft.begin(part(left), 1000 * (5 - left));
    expect([3000, 3400, 4000, 9000].map((now) => timeLeft.estimate(now))).toEqual([2000, 1600, 1000, 1000]);
  });

  test("is written in words that change seldom", () => {
    expect([null, 900, 12_000, 61_000, 200_000].map(timeLeftText)).toEqual([
      "",
      "a few seconds left",
      "about 15 seconds left",
      "about 65 seconds left",
      "about 3 minutes left",
    ]);
  });
});
