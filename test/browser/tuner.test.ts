/**
 * The tuner on a real device: reports, cached plans and refusals. No test depends on which plan wins.
 */
import { describe, expect, test } from "vitest";
import { WebGpuBackend, type WebGpuOptions } from "../../src/backends/webgpu/backend.ts";
import { defaultPlan, type StepPlan } from "../../src/backends/webgpu/plan.ts";
import { planCandidates } from "../../src/backends/webgpu/tuner.ts";
import { OptionError } from "../../src/errors.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { randomProblem, sgdSteps } from "../support/problems.ts";

const SHAPE = { features: 12, classes: 5, bias: true };
const { source, rows, parameters } = randomProblem({ rows: 150, ...SHAPE });
const STEPS = sgdSteps([rows, rows], 50, { momentum: 0.9, l2: 1e-3 });

async function run(options: WebGpuOptions) {
  const backend = disposeLater(await WebGpuBackend.open(options));
  const data = await backend.createDataset(source);
  const trainer = await backend.createTrainer(SHAPE);
  trainer.write(parameters);
  const { losses } = await trainer.sgd(data, STEPS);
  return { backend, data, trainer, losses, weights: (await trainer.read()).weights };
}

function cacheOf(entries: [string, string][] = []) {
  const items = new Map(entries);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

describe("the tuner", () => {
  test("takes the default plan if it is off, or if there is too little work", async () => {
    for (const tuning of ["off", "auto"] as const) {
      const { backend, trainer } = await run({ tuning });
      expect(trainer.tuning?.choice).toEqual(defaultPlan(SHAPE, backend.gpu.traits));
      expect(trainer.tuning?.reason).toMatch(tuning === "off" ? /tuning is off/ : /too little work/);
    }
  });

  test('measures every plan with "full", stores the choice, and finds it again', async () => {
    const cache = cacheOf();
    const first = await run({ tuning: "full", tuningCache: cache });
    const { traits } = first.backend.gpu;
    const plan = defaultPlan(SHAPE, traits);
    const count = planCandidates(plan, SHAPE, traits).length + 1;
    expect(first.trainer.tuning?.reason).toMatch(
      new RegExp(`^${count} of ${count} plans measured in \\d+ ms: `),
    );
    expect(cache.items.size).toBe(1);
    const [[key, kept]] = cache.items;
    expect(key).toContain("64x12x5");
    expect(JSON.parse(kept)).toEqual({ choice: first.trainer.tuning?.choice, isComplete: true });
    const second = await run({ tuning: "quick", tuningCache: cache });
    expect(second.trainer.tuning).toEqual({
      choice: first.trainer.tuning?.choice,
      reason: "measured before on this adapter for this shape",
    });
    expect(second.weights).toEqual(first.weights);
  });

  test("changes no parameter and no velocity: a tuned run equals a pinned one, bit by bit", async () => {
    const tuned = await run({ tuning: "full" });
    const choice = tuned.trainer.tuning?.choice as StepPlan;
    const pinned = await run({ tuning: choice });
    expect(pinned.trainer.tuning).toEqual({ choice, reason: "pinned by the caller" });
    expect(pinned.weights).toEqual(tuned.weights);
    expect(pinned.losses).toEqual(tuned.losses);
  });

  test("all plans give the same steps to float32 rounding", async () => {
    const off = await run({ tuning: "off" });
    const { traits } = off.backend.gpu;
    const plan = defaultPlan(SHAPE, traits);
    const others = [
      ...planCandidates(plan, SHAPE, traits),
      ...planCandidates(plan, SHAPE, { ...traits, software: false }),
    ];
    for (const candidate of others) {
      const { weights, losses } = await run({ tuning: candidate });
      expectClose(weights, off.weights, { absolute: 2e-6, relative: 1e-5 }, JSON.stringify(candidate));
      expectClose(losses, off.losses, { absolute: 2e-6, relative: 1e-5 }, JSON.stringify(candidate));
    }
  });

  test.each(["", "null", "{}", "[1]", '{"route":"rows"}', "not JSON"])(
    "measures anew where the cache holds %j",
    async (text) => {
      const broken = { getItem: () => text, setItem: () => {} };
      const { trainer } = await run({ tuning: "quick", tuningCache: broken });
      expect(trainer.tuning?.reason).toMatch(/plans measured/);
    },
  );

  test("trains if the cache is forbidden or full, and says so", async () => {
    const refuse = () => {
      throw new DOMException("the quota is used up", "QuotaExceededError");
    };
    const { trainer, weights } = await run({
      tuning: "quick",
      tuningCache: { getItem: refuse, setItem: refuse },
    });
    expect(trainer.tuning?.reason).toMatch(/plans measured.*; not kept: the quota is used up$/);
    expect(weights.every(Number.isFinite)).toBe(true);
  });

  test("refuses a pinned plan that cannot run, before anything is allocated", async () => {
    const backend = disposeLater(await WebGpuBackend.open({ tuning: { route: "rows" } as StepPlan }));
    await expect(backend.createTrainer(SHAPE)).rejects.toThrow(OptionError);
  });

  test("stops when it is aborted, with the signal's reason", async () => {
    const backend = disposeLater(await WebGpuBackend.open({ tuning: "full" }));
    const data = await backend.createDataset(source);
    const trainer = await backend.createTrainer(SHAPE);
    const reason = new Error("enough");
    await expect(trainer.sgd(data, STEPS, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test("is reported by a fit, and its choice pins the next one's bits", async () => {
    const x = { data: source.x.data, rows: 150, cols: 12 };
    const y = Array.from(rows, (i) => i % 5);
    const train = async (tuning: "full" | StepPlan) => {
      const options = { device: "webgpu", solver: "sgd", epochs: 3, tuning } as const;
      const model = disposeLater(new SoftmaxRegression(options));
      return { history: await model.fit(x, y), weights: model.weights };
    };
    const first = await train("full");
    expect(first.history.tuning?.reason).toMatch(/plans measured/);
    const second = await train(first.history.tuning?.choice as StepPlan);
    expect(second.history.tuning?.reason).toBe("pinned by the caller");
    expect(second.weights).toEqual(first.weights);
  });
});
