/** Requirements on every backend's trainer, against the formulas in float64. */
import { describe, expect, test } from "vitest";
import { gradientCheck } from "../../src/backends/reference/index.ts";
import { DataError, OptionError, ShapeError, StateError } from "../../src/errors.ts";
import { openBackends } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { expectedOf, followFormulas, nameOf, tenSteps, toleranceOf } from "../support/formulas.ts";
import { type ProblemSpec, randomProblem } from "../support/problems.ts";
import { trainerFor, withTrainer } from "../support/with-trainer.ts";

const PROBLEMS: readonly ProblemSpec[] = [
  { rows: 1, features: 1, classes: 2 },
  { rows: 5, features: 3, classes: 3, isWeighted: true },
  { rows: 257, features: 7, classes: 10, storage: "u8" },
  { rows: 130, features: 64, classes: 11, targets: "distributions" },
  { rows: 301, features: 33, classes: 4, storage: "f64", targets: "distributions", isWeighted: true },
  { rows: 67, features: 785, classes: 10, storage: "u8", isWeighted: true },
  { rows: 41, features: 12, classes: 1031 },
  // Node 20 has no Float16Array; there, gather.test.ts checks the conversion alone.
  ...("Float16Array" in globalThis ? [{ rows: 90, features: 37, classes: 5, storage: "f16" } as const] : []),
];

describe.each(await openBackends())("%s", ({ backend, ...backendCase }) => {
  for (const spec of PROBLEMS) {
    const tolerance = toleranceOf(backendCase, spec);
    const problem = randomProblem(spec);

    test(`${nameOf(spec)}: scores, probabilities, evaluation`, async () => {
      const expected = expectedOf(problem, 0);
      const { trainer, data } = await trainerFor(backend, problem);
      trainer.write(problem.parameters);
      const float32 = {
        absolute: tolerance.absolute + 2 ** -22,
        relative: tolerance.relative + 2 ** -22,
      };
      expectClose(await trainer.logits(data), expected.logits, float32, "logits");
      expectClose(await trainer.probabilities(data), expected.probabilities, float32, "probabilities");
      const { loss, correct } = await trainer.evaluate(data);
      expectClose([loss], [expected.loss], tolerance, "loss");
      expect(correct).toBe(expected.correct);
    });

    test(`${nameOf(spec)}: loss and gradient over all rows change no parameter`, async () => {
      const l2 = 0.125;
      const expected = expectedOf(problem, l2);
      const { trainer, data } = await trainerFor(backend, problem);
      trainer.write(problem.parameters);
      const seen = await trainer.lossAndGradient(data, l2);
      expectClose([seen.loss], [expected.loss], tolerance, "loss");
      expect(seen.correct).toBe(expected.correct);
      expectClose(seen.dWeights, expected.gradient.weights, tolerance, "dWeights");
      expectClose(seen.dBias, expected.gradient.bias, tolerance, "dBias");
      const { weights, bias } = await trainer.read();
      expectClose(weights, problem.parameters.weights, { absolute: 0, relative: 0 }, "W");
      expectClose(bias, problem.parameters.bias, { absolute: 0, relative: 0 }, "b");
    });

    test(`${nameOf(spec)}: ten steps from zero follow the formulas`, async () => {
      for (const [bias, nesterov] of [
        [true, false],
        [false, true],
      ] as const) {
        const steps = tenSteps(spec, nesterov);
        const expected = followFormulas(problem, steps, bias);
        await withTrainer(backend, problem, bias, async (trainer, data) => {
          const { losses, correct } = await trainer.sgd(data, steps);
          const after = await trainer.read();
          const loose = { absolute: 20 * tolerance.absolute, relative: 20 * tolerance.relative };
          expectClose(losses, expected.losses, loose, "losses");
          expect(correct[0], "all scores are equal before the first step").toBe(expected.correct[0]);
          expectClose(after.weights, expected.weights, loose, "W");
          expectClose(after.bias, expected.bias, loose, "b");
        });
      }
    });
  }

  for (const classes of [2, 10, 33, 1031]) {
    test(`scores of ±1000 and rows of equal scores, ${classes} classes`, async () => {
      // X is 0, so that the bias alone is the scores.
      const labels = Uint32Array.of(0, 1, classes - 1, 0, 1);
      const source = {
        x: { data: new Float32Array(5), rows: 5, cols: 1 },
        targets: { kind: "labels", labels },
      } as const;
      for (const scoreOf of [
        (k: number) => ((k * 7) % 3 === 0 ? 1000 : -1000),
        (k: number) => (k === classes - 1 ? 1000 : -1000),
        () => 1000,
        () => -1000,
        () => 88.7,
      ]) {
        const bias = Float64Array.from({ length: classes }, (_, k) => scoreOf(k));
        const parameters = { weights: new Float64Array(classes), bias };
        const problem = { source, parameters, rows: Uint32Array.of(0, 1, 2, 3, 4) };
        const expected = expectedOf(problem, 0);
        await withTrainer(backend, problem, true, async (trainer, data) => {
          trainer.write(parameters);
          const near = { absolute: 1e-6, relative: 1e-6 };
          expectClose(await trainer.probabilities(data), expected.probabilities, near, "probabilities");
          const { loss, correct } = await trainer.evaluate(data);
          expectClose([loss], [expected.loss], near, "loss");
          expect(correct).toBe(expected.correct);
          const { dBias } = await trainer.lossAndGradient(data, 0);
          expectClose(dBias, expected.gradient.bias, near, "dBias");
        });
      }
    });
  }

  test("write clears the velocity; the same steps twice give the same bits", async () => {
    const spec = { rows: 301, features: 33, classes: 10, storage: "u8", isWeighted: true } as const;
    const problem = randomProblem(spec);
    const { trainer, data } = await trainerFor(backend, problem);
    const run = async () => {
      trainer.write(problem.parameters);
      const { losses } = await trainer.sgd(data, tenSteps(spec, false));
      return { losses, ...(await trainer.read()) };
    };
    const [once, twice] = [await run(), await run()];
    expect(twice.losses).toEqual(once.losses);
    expect(twice.weights).toEqual(once.weights);
    expect(twice.bias).toEqual(once.bias);
  });

  test("its gradient passes the numeric check", async () => {
    const l2 = 0.01;
    const problem = randomProblem({
      rows: 40,
      features: 5,
      classes: 4,
      targets: "distributions",
      isWeighted: true,
    });
    const { trainer, data } = await trainerFor(backend, problem);
    trainer.write(problem.parameters);
    const { dWeights, dBias } = await trainer.lossAndGradient(data, l2);
    const check = gradientCheck(problem.source, {
      parameters: problem.parameters,
      l2,
      gradient: { weights: dWeights, bias: dBias },
    });
    expect(check.maxError).toBeLessThan(1e-6);
  });

  test("more rows than one piece of work, and than one dispatch", async () => {
    const spec = { rows: 70_000, features: 1, classes: 2 };
    const problem = randomProblem(spec);
    const expected = expectedOf(problem, 0);
    const tolerance = toleranceOf(backendCase, spec);
    const { trainer, data } = await trainerFor(backend, problem);
    trainer.write(problem.parameters);
    expectClose(await trainer.logits(data), expected.logits, { absolute: 1e-6, relative: 1e-6 }, "logits");
    const { loss, correct } = await trainer.evaluate(data);
    expectClose([loss], [expected.loss], tolerance, "loss");
    expect(correct).toBe(expected.correct);
    const { dWeights, dBias } = await trainer.lossAndGradient(data, 0);
    expectClose(
      [...dWeights, ...dBias],
      [...expected.gradient.weights, ...expected.gradient.bias],
      tolerance,
      "gradient",
    );
  });

  test("an overflow does not affect the next gradient, and loss and gradient change no parameter", async () => {
    const problem = randomProblem({ rows: 5, features: 3, classes: 3 });
    const huge = backendCase.epsilon === 2 ** -24 ? 3e38 : 1e308;
    const far = {
      weights: problem.parameters.weights.map((w) => Math.sign(w) * huge),
      bias: problem.parameters.bias,
    };
    const { trainer, data } = await trainerFor(backend, problem);
    trainer.write(problem.parameters);
    const before = await trainer.lossAndGradient(data, 0.5);
    trainer.write(far);
    await trainer.lossAndGradient(data, 0.5);
    const { weights } = await trainer.read();
    expectClose(weights, far.weights, { absolute: 0, relative: 1e-6 }, "W");
    trainer.write(problem.parameters);
    expect(await trainer.lossAndGradient(data, 0.5)).toEqual(before);
  });

  test("calls that do not fit are refused before anything changes", async () => {
    const problem = randomProblem({ rows: 8, features: 3, classes: 3 });
    const steps = tenSteps({ rows: 8, features: 3, classes: 3 }, false);
    const { trainer, data } = await trainerFor(backend, problem);
    trainer.write(problem.parameters);
    const other = await backend.createDataset(randomProblem({ rows: 8, features: 4, classes: 3 }).source);
    const { x } = problem.source;
    const more = await backend.createDataset({
      x,
      targets: { kind: "labels", labels: new Uint32Array(8).fill(3) },
    });
    const unlabelled = await backend.createDataset({ x, targets: { kind: "none" } });
    for (const [refused, error] of [
      [trainer.logits(other), ShapeError],
      [trainer.sgd(other, steps), ShapeError],
      [trainer.sgd(more, steps), ShapeError],
      [trainer.outcomes(more), ShapeError],
      [trainer.evaluate(unlabelled), DataError],
      [trainer.lossAndGradient(unlabelled, 0), DataError],
      [trainer.sgd(data, { ...steps, learningRates: Float64Array.of(1) }), OptionError],
      [trainer.sgd(data, { ...steps, epochs: [] }), OptionError],
      [
        trainer.sgd(data, { ...steps, epochs: steps.epochs.map((order) => order.map((row) => row + 1)) }),
        DataError,
      ],
    ] as const) {
      await expect(refused).rejects.toThrow(error);
    }
    other.dispose();
    more.dispose();
    unlabelled.dispose();
    await expect(trainer.logits(unlabelled)).rejects.toThrow(StateError);
    const { weights } = await trainer.read();
    expectClose(weights, problem.parameters.weights, { absolute: 0, relative: 0 });
  });

  test("an abort between steps rejects with the signal's reason", async () => {
    const spec = { rows: 301, features: 33, classes: 10 };
    const { trainer, data } = await trainerFor(backend, randomProblem(spec));
    const controller = new AbortController();
    const reason = new Error("enough");
    const steps = {
      ...tenSteps(spec, false),
      learningRates: new Float64Array(5000).fill(0.1),
      batchSize: 301,
    };
    const order = steps.epochs[0];
    const run = trainer.sgd(
      data,
      { ...steps, epochs: Array.from({ length: 5000 }, () => order) },
      { signal: controller.signal, onRows: () => controller.abort(reason) },
    );
    await expect(run).rejects.toBe(reason);
    await expect(trainer.read()).resolves.toBeDefined();
  });

  test("a batch whose weights are all 0 changes parameters by λ and momentum only", async () => {
    const problem = randomProblem({ rows: 8, features: 3, classes: 3 });
    const silent = { ...problem, source: { ...problem.source, sampleWeights: new Float32Array(8) } };
    const { trainer, data } = await trainerFor(backend, silent);
    trainer.write(problem.parameters);
    const epochs = [Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7)];
    const rates = { learningRates: Float64Array.of(0.5), momentum: 0, nesterov: false, l2: 0.25 };
    const { losses, weights } = await trainer.sgd(data, { epochs, batchSize: 8, ...rates });
    expect([...losses, ...weights]).toEqual([0, 0]);
    const after = await trainer.read();
    expectClose(
      after.weights,
      problem.parameters.weights.map((w) => 0.75 * w),
      { absolute: 1e-7, relative: 1e-6 },
    );
    expectClose(after.bias, problem.parameters.bias, { absolute: 0, relative: 0 });
  });
});
