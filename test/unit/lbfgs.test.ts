/** L-BFGS on functions whose minimum is known, and the parts they are made of. */
import { describe, expect, test } from "vitest";
import { type CurvaturePair, descentDirection, remember } from "../../src/solvers/curvature.ts";
import { type LbfgsOptions, type LbfgsState, lbfgs, type Objective } from "../../src/solvers/lbfgs.ts";
import { wolfeSearch } from "../../src/solvers/line-search.ts";
import { IDENTITY, NO_PRECONDITIONING, type Preconditioning } from "../../src/solvers/preconditioner.ts";
import { pseudoGradient } from "../../src/solvers/proximal-newton.ts";
import { expectClose } from "../support/expect-close.ts";

const OPTIONS: LbfgsOptions = {
  memory: 10,
  tolerance: 1e-9,
  maxIterations: 500,
  maxSeconds: Infinity,
  precision: 2 ** -50,
  rounding: (_, value) => 2 ** -50 * Math.abs(value),
  preconditioning: NO_PRECONDITIONING,
  l1: null,
};

/** Σ c_i (x_i − a_i)² / 2 with curvatures over four orders of magnitude. */
function quadratic(centre: Float64Array): { objective: Objective; curvatures: Float64Array } {
  const curvatures = centre.map((_, i) => 10 ** ((4 * i) / centre.length - 2));
  const objective: Objective = async (x) => ({
    value: x.reduce((sum, value, i) => sum + (curvatures[i] * (value - centre[i]) ** 2) / 2, 0),
    gradient: x.map((value, i) => curvatures[i] * (value - centre[i])),
  });
  return { objective, curvatures };
}

const rosenbrock: Objective = async ([a, b]) => ({
  value: (1 - a) ** 2 + 100 * (b - a * a) ** 2,
  gradient: Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)),
});

/** Runs from `start` and gives the last state and why it stopped. */
async function minimise(
  objective: Objective,
  start: Float64Array | LbfgsState,
  options: Partial<LbfgsOptions> = {},
) {
  const states: LbfgsState[] = [];
  const stop = await lbfgs(objective, start, { ...OPTIONS, ...options }, (state) => void states.push(state));
  return { stop, states, last: states[states.length - 1] };
}

const CENTRE = Float64Array.of(3, -1, 0.5, 2, -4, 1e-3, 7, 0);

describe("L-BFGS", () => {
  test("finds the minimum of a badly scaled quadratic", async () => {
    const { stop, last } = await minimise(quadratic(CENTRE).objective, new Float64Array(8));
    expect(stop).toBe("tolerance");
    expectClose(last.x, CENTRE, { absolute: 1e-6, relative: 0 });
  });

  test("finds the end of Rosenbrock's valley", async () => {
    const { stop, last } = await minimise(rosenbrock, Float64Array.of(-1.2, 1));
    expect(stop).toBe("tolerance");
    expectClose(last.x, [1, 1], { absolute: 1e-8, relative: 0 });
    expect(last.evaluations).toBeLessThan(80);
  });

  test("goes on from any state with the same bits", async () => {
    const whole = await minimise(rosenbrock, Float64Array.of(-1.2, 1));
    for (const state of whole.states.slice(0, -1)) {
      const rest = await minimise(rosenbrock, structuredClone(state));
      expect(rest.states).toEqual(whole.states.slice(state.iteration));
    }
  });

  test("asks for a preconditioner before each iteration, and counts its work", async () => {
    const { objective, curvatures } = quadratic(CENTRE);
    const seen: (number | undefined)[] = [];
    const exact = {
      apply: async (vector: Float64Array) => vector.map((v, i) => v / curvatures[i]),
      work: 0.25,
    };
    const preconditioning: Preconditioning = {
      at: async ({ x, evaluations, anchor }) => {
        seen.push(anchor?.round);
        const isNew = anchor === null;
        return { preconditioner: exact, anchor: anchor ?? { x, evaluations, round: 0 }, work: isNew ? 2 : 0 };
      },
    };
    const { stop, states, last } = await minimise(objective, new Float64Array(8), { preconditioning });
    expect(stop).toBe("tolerance");
    // A few steps reach the end, since the direction is Newton's.
    expect(last.iteration).toBeLessThan(6);
    expect(seen).toEqual([undefined, ...new Array(last.iteration - 1).fill(0)]);
    expect(states[1].samplingWork).toBe(2.25);
    expect(last.samplingWork).toBe(2.25 + 0.5 * (last.iteration - 1));
    expect(last.anchor).toEqual({ x: new Float64Array(8), evaluations: 1, round: 0 });
  });

  test("goes on along the gradient if the preconditioner leads uphill", async () => {
    const uphill = { apply: async (vector: Float64Array) => vector.map((v) => -v), work: 0 };
    const preconditioning: Preconditioning = {
      at: async () => ({ preconditioner: uphill, anchor: null, work: 0 }),
    };
    const { stop, last } = await minimise(quadratic(CENTRE).objective, new Float64Array(8), {
      preconditioning,
    });
    expect(stop).toBe("tolerance");
    expectClose(last.x, CENTRE, { absolute: 1e-6, relative: 0 });
  });

  test("stops at its limits and says so", async () => {
    const { objective } = quadratic(CENTRE);
    const few = await minimise(objective, new Float64Array(8), { maxIterations: 3 });
    expect([few.stop, few.last.iteration]).toEqual(["iterations", 3]);
    expect((await minimise(objective, new Float64Array(8), { maxSeconds: 0 })).stop).toBe("time");
    expect((await minimise(objective, CENTRE)).states).toHaveLength(1);
  });

  test("stops by itself where rounding hides the rest, near the minimum", async () => {
    // Values in steps of 1e-7 and gradients off by as much, as float32 would give.
    const { objective } = quadratic(CENTRE);
    const rough: Objective = async (x) => {
      const { value, gradient } = await objective(x);
      const noisy = gradient.map((g, i) => g + 1e-7 * Math.sin(1e15 * x[i] + i));
      return { value: Math.fround(value + 1), gradient: noisy };
    };
    const float32 = { precision: 2 ** -22, rounding: () => 2 ** -22 };
    const { stop, last } = await minimise(rough, new Float64Array(8), float32);
    expect(stop).toBe("precision");
    expect((await objective(last.x)).value).toBeLessThan(1e-5);
  });

  test("comes back from steps where the objective is not finite", async () => {
    const steep: Objective = async ([x]) =>
      x > 2
        ? { value: Number.NaN, gradient: Float64Array.of(Number.NaN) }
        : { value: -Math.log(2 - x) * -1 + x * x, gradient: Float64Array.of(-1 / (2 - x) + 2 * x) };
    const { stop, last } = await minimise(steep, Float64Array.of(1.2));
    expect(stop).toBe("tolerance");
    expect(last.x[0]).toBeLessThan(2);
  });

  test("what a hook throws ends it", async () => {
    const mine = new Error("mine");
    const run = lbfgs(rosenbrock, new Float64Array(2), OPTIONS, () => {
      throw mine;
    });
    await expect(run).rejects.toBe(mine);
  });
});

describe("with an L1 penalty", () => {
  test("soft-thresholds a quadratic: exactly 0 where the curvature's pull is below λ₁", async () => {
    const { objective, curvatures } = quadratic(CENTRE);
    const l1 = 0.5;
    const options = { l1: { thresholds: Float64Array.of(l1), count: 7 }, tolerance: 1e-8 };
    const { last } = await minimise(objective, new Float64Array(8), options);
    const expected = CENTRE.map((a, i) =>
      i < 7 ? Math.sign(a) * Math.max(Math.abs(a) - l1 / curvatures[i], 0) : a,
    );
    expectClose(last.x, expected, { absolute: 1e-6, relative: 1e-6 });
    expect([...last.x].map((value) => value === 0)).toEqual([...expected].map((value) => value === 0));
    expect(expected.filter((value) => value === 0).length).toBeGreaterThan(1);
  });

  test("a pair of tiny scale leaves no direction without its share", async () => {
    const pairs = [{ s: Float64Array.of(1e-18, 0), y: Float64Array.of(1, 0) }];
    const direction = await descentDirection(pairs, Float64Array.of(0.3, 1), async (vector) =>
      vector.slice(),
    );
    expectClose(direction, [-3e-19, -1e-18], { absolute: 0, relative: 1e-12 });
  });

  test("the pseudo-gradient is the subgradient of least length", async () => {
    const [x, gradient] = [Float64Array.of(2, -2, 0, 0, 0, 0), Float64Array.of(1, 1, 3, -3, 0.5, 9)];
    const g = await pseudoGradient(x, gradient, { thresholds: Float64Array.of(1), count: 5 });
    expect([...g]).toEqual([2, 0, 2, -2, 0, 9]);
  });
});

describe("curvature", () => {
  test("as many pairs as parameters make the inverse Hessian: one step is Newton's", async () => {
    const { curvatures } = quadratic(CENTRE);
    let pairs: readonly CurvaturePair[] = [];
    for (let i = 0; i < 8; i++) {
      const s = new Float64Array(8).fill(0).with(i, 1);
      pairs = remember(pairs, { s, y: s.map((value, j) => value * curvatures[j]) }, 8);
    }
    const gradient = Float64Array.from({ length: 8 }, (_, i) => i - 3);
    const direction = await descentDirection(pairs, gradient, IDENTITY.apply);
    const newton = gradient.map((g, i) => -g / curvatures[i]);
    expectClose(direction, newton, { absolute: 1e-9, relative: 1e-9 });
  });

  test("the oldest pair goes; one without curvature is not taken", () => {
    const pair = (s: number, y: number) => ({ s: Float64Array.of(s), y: Float64Array.of(y) });
    const two = remember(remember([], pair(1, 1), 2), pair(2, 1), 2);
    expect(remember(two, pair(3, 1), 2).map(({ s }) => s[0])).toEqual([2, 3]);
    expect(remember(two, pair(1, -1), 2)).toBe(two);
    expect(remember(two, pair(0, 1), 2)).toBe(two);
  });
});

describe("the line search", () => {
  type Real = (t: number) => number;
  const along = ({ phi, slope }: { phi: Real; slope: Real }) => ({
    evaluate: async (step: number) => ({ step, value: phi(step), slope: slope(step) }),
    start: { step: 0, value: phi(0), slope: slope(0) },
  });
  const bowl = along({ phi: (t) => (t - 1) ** 2, slope: (t) => 2 * (t - 1) });
  const wave = along({ phi: (t) => Math.cos(t) - t / 10, slope: (t) => -Math.sin(t) - 1 / 10 });
  const kink = along({ phi: (t) => Math.abs(t - 1) ** 3, slope: (t) => 3 * Math.sign(t - 1) * (t - 1) ** 2 });
  const CASES = [
    ["a step that is far too long", bowl, 1000],
    ["one that is far too short", bowl, 1e-6],
    ["a wave", wave, 30],
    ["a kink of the third order", kink, 8],
  ] as const;
  for (const [what, { evaluate, start }, first] of CASES) {
    test(`from ${what} finds one that meets Wolfe's conditions`, async () => {
      const taken = await wolfeSearch(evaluate, start, first, 0);
      expect(taken).not.toBeNull();
      if (!taken) return;
      expect(taken.value).toBeLessThanOrEqual(start.value + 1e-4 * taken.step * start.slope);
      expect(Math.abs(taken.slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
    });
  }

  test("gives null where the slope lies and nothing is lower", async () => {
    const { evaluate } = along({ phi: (t) => 1 + t, slope: () => 1 });
    expect(await wolfeSearch(evaluate, { step: 0, value: 1, slope: -1 }, 1, 0)).toBeNull();
  });
});
