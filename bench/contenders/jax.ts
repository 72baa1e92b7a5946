/** jax-js, with the whole step under jit. Every use of an array but its last takes a reference. */
import { blockUntilReady, defaultDevice, grad, init, jit, nn, numpy as np } from "@jax-js/jax";
import { version } from "../../node_modules/@jax-js/jax/package.json";
import { type BenchProblem, type Contender, LEARNING_RATE, MOMENTUM } from "./contender.ts";

/** Makes the contender on one of jax-js' backends, whose device jax-js keeps as long as the page lives. */
export function jax(backend: "wasm" | "webgpu"): Contender {
  return {
    name: `jax-js ${version} ${backend}`,
    library: { name: "jax-js", version },
    storage: "f32",
    device: backend,
    open: (problem) => open(problem, backend),
  };
}

type Parameters = { w: np.Array; b: np.Array };
type Gradient = (parameters: Parameters, rowsOfX: np.Array, q: np.Array) => Parameters;

/** Derives the gradient by jax-js: the faster form on WebAssembly. */
function derived(rows: number): Gradient {
  const loss = ({ w, b }: Parameters, rowsOfX: np.Array, q: np.Array): np.Array =>
    nn
      .logSoftmax(np.matmul(rowsOfX, w).add(b), -1)
      .mul(q)
      .sum()
      .mul(-1 / rows);
  return (parameters, rowsOfX, q) => grad(loss)(parameters, rowsOfX, q) as Parameters;
}

/** Writes the gradient out: the faster form on WebGPU. */
function writtenOut(rows: number): Gradient {
  return ({ w, b }, rowsOfX, q) => {
    const probabilities = nn.softmax(np.matmul(rowsOfX.ref, w).add(b), -1);
    const dLogits = probabilities.sub(q).mul(1 / rows);
    return { w: np.matmul(rowsOfX.transpose(), dLogits.ref), b: dLogits.sum(0) };
  };
}

async function open({ x, labels, rows, features, classes }: BenchProblem, backend: "wasm" | "webgpu") {
  await init(backend);
  defaultDevice(backend);
  const data = np.array(x).reshape([rows, features]);
  const targets = nn.oneHot(np.array(Int32Array.from(labels), { dtype: np.int32 }), classes);
  let state = {
    w: np.zeros([features, classes]),
    b: np.zeros([classes]),
    vw: np.zeros([features, classes]),
    vb: np.zeros([classes]),
  };

  const gradient = backend === "webgpu" ? writtenOut(rows) : derived(rows);
  const step = jit((w: np.Array, b: np.Array, vw: np.Array, vb: np.Array, rowsOfX: np.Array, q: np.Array) => {
    const g = gradient({ w: w.ref, b: b.ref }, rowsOfX, q);
    const nextVw = vw.mul(MOMENTUM).add(g.w);
    const nextVb = vb.mul(MOMENTUM).add(g.b);
    return {
      w: w.sub(nextVw.ref.mul(LEARNING_RATE)),
      b: b.sub(nextVb.ref.mul(LEARNING_RATE)),
      vw: nextVw,
      vb: nextVb,
    };
  });

  return {
    run: async (count: number) => {
      for (let i = 0; i < count; i++) {
        state = step(state.w, state.b, state.vw, state.vb, data.ref, targets.ref) as typeof state;
      }
      await blockUntilReady(state.w.ref);
    },
    weights: async () => (await state.w.ref.transpose().data()) as Float32Array,
    dispose: () => {
      for (const array of [state.w, state.b, state.vw, state.vb, data, targets]) array.dispose();
      step.dispose();
    },
  };
}
