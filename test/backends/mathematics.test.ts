/** The five statements this project rests on, each on every backend. Shapes: X [N,D], W [K,D], T and P [N,K]. */
import { describe, test } from "vitest";
import type { DatasetSource } from "../../src/backends/backend.ts";
import { softmax } from "../../src/backends/reference/index.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import type { Targets } from "../../src/data/targets.ts";
import type { Parameters } from "../../src/parameters.ts";
import { openBackends } from "../support/backends.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { randomProblem, sgdSteps } from "../support/problems.ts";
import { trainerFor } from "../support/with-trainer.ts";

const NEAR = { absolute: 1e-6, relative: 1e-5 };

function rowOf({ data, cols }: Matrix, i: number): Matrix {
  return { data: data.slice(i * cols, (i + 1) * cols), rows: 1, cols };
}

function targetOf(targets: Targets, i: number): Targets {
  if (targets.kind === "labels") return { kind: "labels", labels: targets.labels.slice(i, i + 1) };
  if (targets.kind === "none") return targets;
  return { kind: "distributions", distributions: rowOf(targets.distributions, i) };
}

/** y of one row, as a distribution `[K]`. */
function distributionOf(targets: Targets, classes: number): number[] {
  if (targets.kind === "distributions") return [...targets.distributions.data];
  return Array.from({ length: classes }, (_, k) =>
    targets.kind === "labels" && targets.labels[0] === k ? 1 : 0,
  );
}

describe.each(await openBackends())("%s", ({ backend }) => {
  /** Everything a trainer says about `source` at `parameters`. */
  async function look(source: DatasetSource, parameters: Parameters, l2 = 0, bias = true) {
    const { trainer, data } = await trainerFor(backend, { source, parameters }, bias);
    trainer.write(parameters);
    const probabilities = await trainer.probabilities(data);
    return { ...(await trainer.lossAndGradient(data, l2)), probabilities };
  }

  test("1. the Jacobian of softmax: ∂p_i/∂z_j = p_i(1 − p_i) if i = j, −p_i p_j if not", async () => {
    // X = 0, so that the scores are the bias and p can be asked for at any z.
    const x = { data: new Float32Array(1), rows: 1, cols: 1 };
    const z = [0.5, -1.25, 2, 0];
    const h = 2 ** -6;
    const probabilitiesAt = async (bias: number[]) => {
      const parameters = { weights: new Float64Array(4), bias: Float64Array.from(bias) };
      return (await look({ x, targets: { kind: "labels", labels: new Uint32Array(1) } }, parameters))
        .probabilities;
    };
    const p = await probabilitiesAt(z);
    for (const j of z.keys()) {
      const above = await probabilitiesAt(z.map((value, k) => value + (k === j ? h : 0)));
      const below = await probabilitiesAt(z.map((value, k) => value - (k === j ? h : 0)));
      const numeric = Array.from(p, (_, i) => (above[i] - below[i]) / (2 * h));
      const formula = Array.from(p, (_, i) => (i === j ? p[i] * (1 - p[i]) : -p[i] * p[j]));
      expectClose(numeric, formula, { absolute: h * h, relative: 0 }, `∂p/∂z_${j}`);
    }
  });

  for (const targets of ["labels", "distributions"] as const) {
    test(`2. ∂L/∂z = p − y for one sample, y from ${targets}`, async () => {
      const { source, parameters } = randomProblem({ rows: 1, features: 6, classes: 5, targets });
      const { probabilities, dBias } = await look(source, parameters);
      const y = distributionOf(source.targets, 5);
      // z = Wx + b, so ∂L/∂b is ∂L/∂z.
      expectClose(
        dBias,
        Array.from(probabilities, (p, k) => p - y[k]),
        NEAR,
      );
    });
  }

  test("3. the objective is a mean, λ‖W‖² adds 2λW to its gradient and nothing to the bias's", async () => {
    const l2 = 0.375;
    const { source, parameters } = randomProblem({ rows: 9, features: 6, classes: 5 });
    const without = await look(source, parameters);
    const penalised = await look(source, parameters, l2);
    const difference = penalised.dWeights.map((value, i) => value - without.dWeights[i]);
    expectClose(
      difference,
      parameters.weights.map((w) => 2 * l2 * w),
      NEAR,
      "2λW",
    );
    expectClose(penalised.dBias, without.dBias, { absolute: 0, relative: 0 }, "dBias");

    const twice = { data: Float32Array.of(...source.x.data, ...source.x.data), rows: 18, cols: 6 };
    const labels = source.targets.kind === "labels" ? [...source.targets.labels] : [];
    const doubled = await look(
      { x: twice, targets: { kind: "labels", labels: Uint32Array.of(...labels, ...labels) } },
      parameters,
    );
    expectClose([doubled.loss], [without.loss], NEAR, "the mean of rows given twice");
    expectClose(doubled.dWeights, without.dWeights, NEAR, "its gradient");
  });

  test("4. a column of ones in X [N,D+1] with W [K,D+1] is a bias", async () => {
    const [rows, features, classes] = [23, 6, 5];
    const { source } = randomProblem({ rows, features, classes });
    const augmented = new Float32Array(rows * (features + 1)).fill(1);
    for (let i = 0; i < rows; i++)
      augmented.set(source.x.data.slice(i * features, (i + 1) * features), i * (features + 1));
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    const steps = sgdSteps([order, order], 8, {
      learningRates: new Float64Array(6).fill(0.5),
      momentum: 0.5,
    });
    const train = async (data: DatasetSource, bias: boolean) => {
      const dataset = disposeLater(await backend.createDataset(data));
      const trainer = disposeLater(await backend.createTrainer({ features: data.x.cols, classes, bias }));
      const { losses } = await trainer.sgd(dataset, steps);
      return { losses, ...(await trainer.read()) };
    };
    const separate = await train(source, true);
    const joint = await train({ ...source, x: { data: augmented, rows, cols: features + 1 } }, false);
    expectClose(joint.losses, separate.losses, NEAR, "losses");
    for (let k = 0; k < classes; k++) {
      const start = k * (features + 1);
      const own = separate.weights.subarray(k * features, (k + 1) * features);
      expectClose(joint.weights.subarray(start, start + features), own, NEAR, `w_${k}`);
      expectClose([joint.weights[start + features]], [separate.bias[k]], NEAR, `b_${k}`);
    }
  });

  test("5. Tᵀ X over a batch of B rows is the mean of the samples' outer products [K,1]·[1,D]", async () => {
    const [rows, features, classes] = [7, 6, 5];
    const { source, parameters } = randomProblem({ rows, features, classes, targets: "distributions" });
    const batch = await look(source, parameters);
    const sum = new Float64Array(classes * features);
    for (let i = 0; i < rows; i++) {
      const x = rowOf(source.x, i);
      const targets = targetOf(source.targets, i);
      const sample = await look({ x, targets }, parameters);
      const y = distributionOf(targets, classes);
      const outer = Array.from({ length: classes * features }, (_, at) => {
        const [k, j] = [Math.floor(at / features), at % features];
        return (sample.probabilities[k] - y[k]) * x.data[j];
      });
      expectClose(sample.dWeights, outer, NEAR, `the outer product of sample ${i}`);
      for (const [at, value] of outer.entries()) sum[at] += value / rows;
    }
    expectClose(batch.dWeights, sum, NEAR, "the batch");
  });

  test("softmax is stable: a shift of all scores changes nothing", async () => {
    const x = { data: new Float32Array(1), rows: 1, cols: 1 };
    const targets: Targets = { kind: "labels", labels: new Uint32Array(1) };
    for (const shift of [0, 1000, -1000]) {
      const bias = Float64Array.of(0.5, -1.25, 2).map((z) => z + shift);
      const { probabilities } = await look({ x, targets }, { weights: new Float64Array(3), bias });
      expectClose(probabilities, softmax(Float64Array.of(0.5, -1.25, 2), 3), {
        absolute: 1e-6,
        relative: 1e-6,
      });
    }
  });
});
