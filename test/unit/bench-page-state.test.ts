/** The benchmark page's state: runs, what the address asks for, a tab in the background, and the plan of one click. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Contender } from "../../bench/contenders/contender.ts";
import { measureSteps } from "../../bench/measure/training-steps.ts";
import { undisturbed } from "../../bench/measure/undisturbed.ts";
import { readQuery } from "../../bench/page/asked-plan.ts";
import { oneClickPlan } from "../../bench/page/one-click.ts";
import { fragmentOf } from "../../bench/page/record-link.ts";
import { startWords } from "../../bench/page/start-words.ts";
import { BenchState } from "../../bench/page/state.ts";
import type { BenchHooks, BenchPlan } from "../../bench/plan.ts";
import { ADAPTER, recordOf, stepOf } from "../support/bench-records.ts";
import { makeTab } from "../support/fake-tab.ts";

/** Steps of a round of a contender that takes no time. */
const LONGEST = 2 ** 16;

const PLAN: BenchPlan = oneClickPlan({ adapter: null, cores: 1 });

afterEach(() => vi.unstubAllGlobals());

describe("runs", () => {
  /** A run that ends when the test says. */
  function makeState() {
    const runs: { hooks: BenchHooks; finish: (record: ReturnType<typeof recordOf>) => void }[] = [];
    const state = new BenchState(
      (_, hooks = {}) =>
        new Promise((resolve, reject) => {
          runs.push({ hooks, finish: resolve });
          hooks.signal?.addEventListener("abort", () => reject(hooks.signal?.reason));
        }),
      makeTab().attention,
    );
    return { state, runs };
  }

  test("one at a time: a second start does nothing", async () => {
    const { state, runs } = makeState();
    const first = state.start(PLAN);
    await state.start(PLAN);
    expect(runs).toHaveLength(1);
    runs[0].finish(recordOf());
    await first;
    expect(state.run.value.status).toBe("done");
    void state.start(PLAN);
    expect(runs).toHaveLength(2);
  });

  test("a stopped run keeps its results so far", async () => {
    const { state, runs } = makeState();
    const run = state.start(PLAN);
    runs[0].hooks.onRecord?.(recordOf({ steps: [stepOf()] }));
    state.cancel();
    await run;
    expect(state.run.value.status).toBe("stopped");
    expect(state.shown.value?.record.steps).toEqual([stepOf()]);
  });

  test("the record of a link is shown until something is measured here", async () => {
    const { state, runs } = makeState();
    await state.openLink(`#${(await fragmentOf(recordOf())).fragment}`);
    expect(state.shown.value?.origin).toBe("link");
    void state.start(PLAN);
    runs[0].hooks.onRecord?.(recordOf());
    expect(state.shown.value?.origin).toBe("here");
    await state.openLink("#nonsense");
    expect(state.problems.value).toEqual([expect.stringContaining("“#nonsense”, which is no record")]);
    expect(state.records.value).toHaveLength(2);
  });

  test("the result of a run without steps is not the outcome", async () => {
    const { state, runs } = makeState();
    const first = state.start(PLAN);
    runs[0].finish(recordOf());
    await first;
    const { id } = state.shown.value ?? {};
    const second = state.start(PLAN);
    runs[1].hooks.onRecord?.(recordOf({ steps: [] }));
    expect(state.shown.value?.id).toBe(id);
    runs[1].finish(recordOf({ steps: [] }));
    await second;
    expect(state.records.value).toHaveLength(2);
    expect(state.shown.value?.id).toBe(id);
    state.remove(id ?? 0);
    expect(state.shown.value).toBeNull();
  });

  test("other computers are those of links and files, not earlier runs of this one", async () => {
    const { state, runs } = makeState();
    await state.openLink((await fragmentOf(recordOf())).fragment);
    expect(state.others.value).toEqual([]);
    for (const run of [0, 1]) {
      const running = state.start(PLAN);
      runs[run].finish(recordOf());
      await running;
    }
    expect(state.others.value.map(({ origin }) => origin)).toEqual(["link"]);
  });

  test("at most eight records", async () => {
    const { state } = makeState();
    const { fragment } = await fragmentOf(recordOf());
    for (let i = 0; i < 9; i++) await state.openLink(fragment);
    expect(state.records.value).toHaveLength(8);
    expect(state.problems.value).toEqual([expect.stringMatching(/at most 8/)]);
  });
});

describe("a tab in the background", () => {
  test("work waits for the front, and is done again if the tab was hidden meanwhile", async () => {
    let now = 0;
    const { tab, attention } = makeTab(() => now);
    tab.show(false);
    const results: number[] = [];
    const work = undisturbed(
      async () => {
        results.push(results.length);
        // Hidden during the first time.
        if (results.length === 1) {
          tab.show(false);
          tab.show(true);
        }
        return results.length;
      },
      attention,
      undefined,
    );
    await Promise.resolve();
    expect(results).toEqual([]);
    expect(attention.isPaused.value).toBe(true);
    now = 5000;
    tab.show(true);
    expect(await work).toBe(2);
    expect(attention.isPaused.value).toBe(false);
    // The pause does not count.
    expect(attention.clock()).toBe(0);
  });

  test("a round during which it was hidden is taken again and not recorded", async () => {
    const { tab, attention } = makeTab();
    const counts: number[] = [];
    const contender: Contender = {
      name: "a",
      library: { name: "a", version: "1" },
      storage: "f32",
      device: "wasm",
      open: async ({ features, classes }) => ({
        run: async (count) => {
          counts.push(count);
          // The first long run is that of the first round.
          if (count === LONGEST && counts.filter((one) => one === LONGEST).length === 1) {
            tab.show(false);
            setTimeout(() => tab.show(true));
          }
        },
        weights: async () => new Float32Array(features * classes),
        dispose: () => {},
      }),
    };
    const shape = { rows: 4, features: 2, classes: 2 };
    const { steps } = await measureSteps(shape, [contender], { rounds: 2, attention });
    expect(steps[0].time.count).toBe(2);
    expect(counts.filter((count) => count === LONGEST)).toHaveLength(3);
  });

  test("an abort ends the wait with its reason", async () => {
    const { tab, attention } = makeTab();
    tab.show(false);
    const controller = new AbortController();
    const wait = attention.ready(controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(wait).rejects.toBe(reason);
    await expect(attention.ready(controller.signal)).rejects.toBe(reason);
    expect(attention.isPaused.value).toBe(false);
  });
});

describe("the plan of one click", () => {
  test("has ours and others on a GPU, then the GPU itself", () => {
    const plan = oneClickPlan({ adapter: ADAPTER, cores: 8 });
    expect(plan.contenders).toHaveLength(7);
    expect(plan).toMatchObject({
      ceilings: true,
      kernels: true,
      shapes: [{ rows: 1024, features: 784, classes: 10 }],
    });
  });

  test("says nothing about a GPU of a software adapter, and without WebGPU only of WebAssembly", () => {
    expect(oneClickPlan({ adapter: { ...ADAPTER, software: true }, cores: 2 })).toMatchObject({
      ceilings: false,
      kernels: false,
    });
    expect(oneClickPlan({ adapter: null, cores: 1 }).contenders).toEqual([
      "own-wasm",
      "tfjs-wasm",
      "jax-wasm",
    ]);
  });
});

test("the words beside the button say a time only for the usual plan, and load what is chosen", () => {
  const usual = oneClickPlan({ adapter: ADAPTER, cores: 8 });
  expect(startWords(usual, true)).toBe(
    "Less than a minute. Loads TF.js and jax-js, from where this page is. Keep the tab in front meanwhile.",
  );
  const { changes } = readQuery("?rounds=99&contenders=own-wasm,jax-wasm");
  expect(startWords({ ...usual, ...changes }, false)).toBe(
    "1 shape, 2 contenders, 99 rounds, as the address asks. Loads jax-js, from where this page is. Keep the tab in front meanwhile.",
  );
  expect(startWords({ ...usual, contenders: ["own-wasm"] }, false)).not.toContain("Loads");
});

describe("the address", () => {
  test("may ask for another shape, rounds and contenders", () => {
    expect(readQuery("?shape=128x64x8&rounds=2&contenders=tfjs-wasm,own-wasm&theme=dark")).toEqual({
      changes: {
        shapes: [{ rows: 128, features: 64, classes: 8 }],
        rounds: 2,
        contenders: ["own-wasm", "tfjs-wasm"],
      },
      problem: "",
    });
  });

  test.each([
    "shape=128x64",
    "shape=128x64x1",
    "shape=0x64x8",
    "shape=1000000x1000000x10",
    "shape=2x1000000x1000000",
    "rounds=0",
    "rounds=1e9",
    "contenders=__proto__",
    "contenders=",
  ])("%s is ignored, with a sentence", (query) => {
    const { changes, problem } = readQuery(`?${query}`);
    expect(changes).toEqual({});
    expect(problem).toContain(`“${query}”; write it like`);
  });
});
