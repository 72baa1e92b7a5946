/** How steps move parameters on every backend: l1, AdamW, averages, and states that are taken and put back. */
import { describe, expect, test } from "vitest";
import type { Dataset, OptimiserState, SgdSteps, Trainer } from "../../src/backends/backend.ts";
import { OptionError } from "../../src/errors.ts";
import type { Parameters } from "../../src/parameters.ts";
import { openBackends } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { followFormulas, nameOf, tenSteps, toleranceOf } from "../support/formulas.ts";
import { type ProblemSpec, randomProblem } from "../support/problems.ts";
import { withTrainer } from "../support/with-trainer.ts";

const PROBLEMS: readonly ProblemSpec[] = [
  { rows: 5, features: 1, classes: 2, isWeighted: true },
  { rows: 64, features: 3, classes: 97 },
  { rows: 130, features: 64, classes: 11, targets: "distributions" },
  { rows: 67, features: 785, classes: 10, storage: "u8", isWeighted: true },
];

// A large ε: where gradients are tiny, AdamW's step would else be the sign of a rounding error.
const ADAMW = { adamw: { beta1: 0.9, beta2: 0.99, epsilon: 0.05 } };

/** Kinds of updates, each with an average over some of the steps. */
const UPDATES: readonly (readonly [string, Partial<SgdSteps>])[] = [
  ["SGD with l1", { l1: 0.02, averageFrom: 4 }],
  ["SGD with l1 and Nesterov", { l1: 0.02, nesterov: true, averageFrom: 0 }],
  ["AdamW", { ...ADAMW, averageFrom: 7 }],
];

/** Steps `from` … `to` of `steps`, as a call of their own. */
function slice(steps: SgdSteps, from: number, to: number): SgdSteps {
  const batches = steps.epochs.flatMap((order) =>
    Array.from({ length: Math.ceil(order.length / steps.batchSize) }, (_, i) =>
      order.subarray(i * steps.batchSize, (i + 1) * steps.batchSize),
    ),
  );
  return {
    ...steps,
    epochs: batches.slice(from, to),
    learningRates: steps.learningRates.slice(from, to),
    firstStep: from,
  };
}

function expectParameters(
  actual: Parameters | undefined,
  expected: Parameters,
  tolerance: object,
  what: string,
) {
  const within = { absolute: 0, relative: 0, ...tolerance };
  expectClose(actual?.weights ?? [], expected.weights, within, `${what}, weights`);
  expectClose(actual?.bias ?? [], expected.bias, within, `${what}, bias`);
}

describe.each(await openBackends())("%s", ({ backend, ...backendCase }) => {
  for (const spec of PROBLEMS) {
    for (const [name, change] of UPDATES) {
      test(`${nameOf(spec)}: ten steps of ${name} follow the formulas`, async () => {
        const problem = randomProblem(spec);
        const steps = { ...tenSteps(spec, false), ...change };
        const { absolute, relative } = toleranceOf(backendCase, spec);
        const loose = { absolute: 40 * absolute, relative: 40 * relative };
        for (const bias of [true, false]) {
          const expected = followFormulas(problem, steps, bias);
          await withTrainer(backend, problem, bias, async (trainer, data) => {
            const { losses } = await trainer.sgd(data, steps);
            const state = await trainer.readState();
            expectClose(losses, expected.losses, loose, "losses");
            expectParameters(state.parameters, expected, loose, "parameters");
            expectParameters(await trainer.read(), state.parameters, {}, "read");
            expectParameters(state.velocity, expected.velocity, loose, "velocity");
            if (steps.adamw)
              expectParameters(state.secondMoment, expected.secondMoment, loose, "second moment");
            else expect(state.secondMoment).toBeUndefined();
            expectParameters(state.average, expected.average, loose, "average");
          });
        }
      });
    }
  }

  const spec = { rows: 301, features: 33, classes: 10, storage: "u8", isWeighted: true } as const;
  const problem = randomProblem(spec);
  const onOne = <T>(work: (trainer: Trainer, data: Dataset) => Promise<T>) =>
    withTrainer(backend, problem, true, work);

  for (const [name, change] of [
    ["SGD with momentum", { l1: 1e-3, averageFrom: 3 }],
    ["AdamW", { adamw: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, averageFrom: 6 }],
  ] as const) {
    const steps = { ...tenSteps(spec, false), ...change };

    test(`${name}, interrupted and taken up by another trainer, gives the same bits`, async () => {
      const whole = await onOne(async (trainer, data) => {
        trainer.write(problem.parameters);
        const { losses } = await trainer.sgd(data, steps);
        return { losses, state: await trainer.readState() };
      });
      for (const at of [2, 5, 8]) {
        const half = await onOne(async (trainer, data) => {
          trainer.write(problem.parameters);
          const { losses } = await trainer.sgd(data, slice(steps, 0, at));
          return { losses, state: await trainer.readState() };
        });
        expect(half.state.average !== undefined, "an average").toBe(at > steps.averageFrom);
        const rest = await onOne(async (trainer, data) => {
          trainer.writeState(half.state);
          expect(await trainer.readState()).toEqual(half.state);
          const { losses } = await trainer.sgd(data, slice(steps, at, 10));
          return { losses, state: await trainer.readState() };
        });
        expect([...half.losses, ...rest.losses]).toEqual([...whole.losses]);
        expect(rest.state).toEqual(whole.state);
      }
    });

    test(`write clears the moments of ${name}, and forgets the average`, async () => {
      await onOne(async (trainer, data) => {
        const run = async () => {
          trainer.write(problem.parameters);
          const before = await trainer.readState();
          await trainer.sgd(data, steps);
          return [before, await trainer.readState()];
        };
        const [once, twice] = [await run(), await run()];
        expect(twice).toEqual(once);
        expect(once[0]).toEqual({
          parameters: problem.parameters,
          velocity: zerosLike(problem.parameters),
        });
      });
    });
  }

  test("the average is the mean of the parameters after each step", async () => {
    const steps = { ...tenSteps(spec, false), averageFrom: 4 };
    await onOne(async (trainer, data) => {
      const seen: Parameters[] = [];
      let state: OptimiserState | null = null;
      for (let step = 0; step < 10; step++) {
        await trainer.sgd(data, slice(steps, step, step + 1));
        state = await trainer.readState();
        expect(state.average === undefined, `step ${step}`).toBe(step < 4);
        if (step === 4) expect(state.average).toEqual(state.parameters);
        if (step >= 4) seen.push(state.parameters);
      }
      const mean = problem.parameters.weights.map(
        (_, i) => seen.reduce((sum, { weights }) => sum + weights[i], 0) / seen.length,
      );
      expectClose(state?.average?.weights ?? [], mean, { absolute: 1e-6, relative: 1e-5 });
    });
  });

  test("a large l1 makes every weight 0, and leaves the bias", async () => {
    await onOne(async (trainer, data) => {
      trainer.write(problem.parameters);
      await trainer.sgd(data, { ...slice(tenSteps(spec, false), 0, 1), l1: 1e3 });
      const { weights, bias } = await trainer.read();
      expect(weights.every((w) => w === 0)).toBe(true);
      expect(bias.every((b) => b !== 0)).toBe(true);
    });
  });

  test("the state's arrays are the caller's own", async () => {
    await onOne(async (trainer) => {
      trainer.write(problem.parameters);
      const state = await trainer.readState();
      trainer.writeState(state);
      state.parameters.weights.fill(9);
      state.velocity.weights.fill(9);
      const { weights } = await trainer.read();
      expectClose(weights, problem.parameters.weights, { absolute: 0, relative: 0 });
    });
  });

  test("l1 is refused together with AdamW", async () => {
    await onOne(async (trainer, data) => {
      const refused = trainer.sgd(data, { ...tenSteps(spec, false), ...ADAMW, l1: 0.1 });
      await expect(refused).rejects.toThrow(OptionError);
    });
  });
});

function zerosLike({ weights, bias }: Parameters): Parameters {
  return { weights: new Float64Array(weights.length), bias: new Float64Array(bias.length) };
}
