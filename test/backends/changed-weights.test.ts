/** Weights of a data set that are replaced: the results are those of a data set made with them. */
import { describe, expect, test } from "vitest";
import type { Dataset, Trainer } from "../../src/backends/backend.ts";
import { ShapeError, StateError } from "../../src/errors.ts";
import { openBackends } from "../support/backends.ts";
import { randomProblem, sgdSteps } from "../support/problems.ts";
import { trainerFor } from "../support/with-trainer.ts";

const PROBLEM = randomProblem({ rows: 150, features: 9, classes: 4, isWeighted: true });

/** Weights for fold f of three: 0 in the fold. */
const foldWeights = (f: number) =>
  Float32Array.from({ length: 150 }, (_, i) => (i % 3 === f ? 0 : 1 + (i % 2)));

async function look(trainer: Trainer, data: Dataset) {
  trainer.write(PROBLEM.parameters);
  const pass = await trainer.lossAndGradient(data, 0.01);
  const evaluation = await trainer.evaluate(data);
  const sgd = await trainer.sgd(data, sgdSteps([PROBLEM.rows], 32));
  return { pass, evaluation, sgd, parameters: await trainer.read() };
}

describe.each(await openBackends())("%s", ({ backend }) => {
  test("one set of weights after the other, and back", async () => {
    const { trainer, data } = await trainerFor(backend, PROBLEM);
    const before = await look(trainer, data);
    for (const f of [0, 1, 2]) {
      data.setWeights(foldWeights(f));
      const source = { ...PROBLEM.source, sampleWeights: foldWeights(f) };
      const made = await trainerFor(backend, { ...PROBLEM, source });
      expect(await look(trainer, data)).toEqual(await look(made.trainer, made.data));
    }
    data.setWeights(PROBLEM.source.sampleWeights as Float32Array);
    expect(await look(trainer, data)).toEqual(before);
  });

  test("is refused for another number of rows, without weights to begin with, and after the end", async () => {
    const { data } = await trainerFor(backend, PROBLEM);
    expect(() => data.setWeights(new Float32Array(149))).toThrow(ShapeError);
    const { x, targets } = PROBLEM.source;
    const { data: unweighted } = await trainerFor(backend, { ...PROBLEM, source: { x, targets } });
    expect(() => unweighted.setWeights(foldWeights(0))).toThrow(StateError);
    data.dispose();
    expect(() => data.setWeights(foldWeights(0))).toThrow(StateError);
  });
});
