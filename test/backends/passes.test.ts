/** Passes over the rows: every one that an optimiser makes is counted. */
import { describe, expect, test } from "vitest";
import type { SoftmaxRegressionOptions } from "../../src/index.ts";
import { lbfgs } from "../../src/solvers/lbfgs.ts";
import { NO_PRECONDITIONING } from "../../src/solvers/preconditioner.ts";
import { DEVICES } from "../support/backends.ts";
import { modelsOn } from "../support/models-on.ts";
import { NOISY } from "../support/noisy-rows.ts";
import { sum } from "../support/sum.ts";

const { x, y } = NOISY;

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith } = modelsOn({ device, tuning: "off" });

  describe("passes", () => {
    /** The passes that were begun, told from the rows that they are to visit. */
    const CASES: Record<string, SoftmaxRegressionOptions> = {
      "of L-BFGS": { l2: 1e-3 },
      "with an L1 penalty": { l2: 1e-3, l1: 0.02 },
      "to the end of the device's precision": { l2: 1e-6, tolerance: 0 },
    };
    for (const [what, options] of Object.entries(CASES))
      test(`${what} are all counted`, async () => {
        const model = modelWith(options);
        let begun = 0;
        const counted: number[] = [];
        const { iterations } = await model.fit(x, y, {
          onProgress: ({ phase, totalRows }) => {
            if (phase === "training") begun = totalRows / x.rows;
          },
          onIteration: ({ passes }) => {
            expect(passes).toBe(begun);
            counted.push(passes);
          },
        });
        // The start has a record and is no iteration.
        expect(iterations.map(({ passes }) => passes)).toEqual([1, ...counted]);
      });
  });
});

test("evaluations of a search that failed are counted too", async () => {
  let evaluations = 0;
  const stiff = Float64Array.of(1, 40, 900);
  const objectiveOf = async (at: Float64Array) => {
    evaluations++;
    // From the seventh on, for a whole search, no step is any good.
    const isBroken = evaluations > 6 && evaluations <= 40;
    return {
      value: isBroken ? Infinity : sum(at.map((v, i) => 0.5 * stiff[i] * (v - 1) ** 2)),
      gradient: at.map((v, i) => stiff[i] * (v - 1)),
    };
  };
  const seen: (readonly [number, number])[] = [];
  await lbfgs(
    objectiveOf,
    new Float64Array(3),
    {
      ...{ memory: 10, tolerance: 1e-8, maxIterations: 50, maxSeconds: Infinity, precision: 2 ** -50 },
      ...{ preconditioning: NO_PRECONDITIONING, rounding: () => 1e-15, l1: null },
    },
    (state) => void seen.push([state.evaluations, evaluations]),
  );
  expect(evaluations).toBeGreaterThan(40);
  for (const [counted, made] of seen) expect(counted).toBe(made);
});
