/** Checks of the backends by themselves: steps beside the reference's, on shapes with rests in every tile. */
import type { Backend, Parameters } from "../../../src/backends/backend.ts";
import type { RowsInMemory } from "../../../src/data/rows.ts";
import { float32Tolerance } from "../../support/closeness.ts";
import { type Problem, randomProblem, randomSparseProblem } from "../../support/problems.ts";
import { assert, assertClose, type Checks, type Library } from "./given.ts";

/** Rows, features, classes: 1, primes and tile ± 1. */
const SHAPES = [
  [1, 1, 2],
  [5, 7, 9],
  [33, 64, 20],
  [65, 785, 10],
  [67, 33, 97],
] as const;

/** Kinds of dense rows, which the shapes take in turn. */
const KINDS = [{ storage: "f32" }, { targets: "distributions" }, { storage: "u8" }] as const;

/** A problem of dense rows and one of sparse rows for each shape. */
const PROBLEMS = SHAPES.flatMap(([rows, features, classes], i) => {
  const kind = KINDS[i % KINDS.length];
  const spec = { rows, features, classes, isWeighted: true } as const;
  const [name, terms] = [`${rows} × ${features} × ${classes}`, Math.max(rows, features)];
  return [
    { name: `${name} ${Object.values(kind)}`, problem: randomProblem({ ...spec, ...kind }), terms },
    { name: `${name} sparse`, problem: randomSparseProblem({ ...spec, density: 0.2 }), terms },
  ];
});

async function stepsOf(backend: Backend, { source, parameters, rows }: Problem<RowsInMemory>) {
  const data = await backend.createDataset(source);
  const sparse = "indptr" in source.x;
  const shape = { features: source.x.cols, classes: parameters.bias.length, bias: true, sparse };
  const trainer = await backend.createTrainer(shape);
  trainer.write(parameters);
  const point = await trainer.lossAndGradient(data, 0.1);
  const probabilities = await trainer.probabilities(data);
  const learningRates = new Float64Array(1).fill(0.1);
  const steps = { learningRates, momentum: 0, nesterov: false, l2: 0.01 };
  const { losses } = await trainer.sgd(data, { ...steps, epochs: [rows], batchSize: rows.length });
  const after: Parameters = await trainer.read();
  trainer.dispose();
  data.dispose();
  return { point, probabilities, losses, after };
}

/** @throws Error naming the shape and the values that differ from the reference's */
async function compare(backend: Backend, library: Library, problems = PROBLEMS): Promise<void> {
  const reference = new library.reference.ReferenceBackend();
  for (const { name, problem, terms } of problems) {
    const [ours, exact] = [await stepsOf(backend, problem), await stepsOf(reference, problem)];
    const tolerance = float32Tolerance(terms);
    const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
      assertClose(actual, expected, tolerance, `${name}, ${what}`);
    close([ours.point.loss], [exact.point.loss], "loss");
    close(ours.point.dWeights, exact.point.dWeights, "dWeights");
    close(ours.point.dBias, exact.point.dBias, "dBias");
    close(ours.probabilities, exact.probabilities, "probabilities");
    close(ours.losses, exact.losses, "loss of the step");
    close(ours.after.weights, exact.after.weights, "weights after the step");
  }
  reference.dispose();
}

export const WASM_BACKEND_CHECKS: Checks = {
  "steps of every build that the engine has are the reference's": async ({ library }) => {
    const { WasmBackend, supportedBuilds } = library.wasm;
    assert(supportedBuilds().includes("simd"), "no SIMD");
    for (const build of supportedBuilds()) {
      const backend = await WasmBackend.open({ build, threads: 1 });
      await compare(backend, library);
      backend.dispose();
    }
  },

  "two hundred models, one after another, each with a memory": async ({ library }) => {
    const { x, y } = library.digits.strokeDigits({ rows: 100, seed: 1 });
    for (let i = 0; i < 200; i++) {
      const model = new library.main.SoftmaxRegression({ device: "wasm", solver: "sgd", epochs: 1 });
      await model.fit(x, y);
      model.dispose();
    }
  },
};

export const WEBGPU_BACKEND_CHECKS: Checks = {
  "steps are the reference's": async ({ library }) => {
    const backend = await library.webgpu.WebGpuBackend.open({ tuning: "off" });
    await compare(backend, library);
    backend.dispose();
  },

  "steps on buffers of 4 KiB are the reference's": async ({ library }) => {
    const backend = await library.webgpu.WebGpuBackend.open({ tuning: "off", maxChunkBytes: 4096 });
    await compare(backend, library, PROBLEMS.slice(-4));
    backend.dispose();
  },

  "a fit with its plans tried out frees all its buffers": async ({ library }) => {
    const live = new Set<GPUBuffer>();
    let created = 0;
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      live.add(buffer);
      created++;
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        live.delete(buffer);
        return destroy();
      };
      return buffer;
    };
    try {
      const { x, y } = library.digits.strokeDigits({ rows: 500, seed: 1 });
      const options = { device: "webgpu", solver: "sgd", epochs: 3, tuning: "quick" } as const;
      const model = new library.main.SoftmaxRegression(options);
      const { tuning } = await model.fit(x, y);
      assert(/ in \d+ ms/.test(tuning?.reason ?? ""), `tuning: ${tuning?.reason}`);
      const { accuracy } = await model.evaluate(x, y);
      assert(accuracy > 0.5, `accuracy ${accuracy}`);
      assert(created > 0, "no buffer was seen");
      model.dispose();
      assert(live.size === 0, `${live.size} buffers are left`);
    } finally {
      GPUDevice.prototype.createBuffer = createBuffer;
    }
  },
};
