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
    open: (problem) => open(problem, backend),
  };
}

type Parameters = { w: np.Array; b: np.Array };

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

  const loss = ({ w, b }: Parameters, rowsOfX: np.Array, q: np.Array): np.Array =>
    nn
      .logSoftmax(np.matmul(rowsOfX, w).add(b), -1)
      .mul(q)
      .sum()
      .mul(-1 / rows);

  const step = jit((w: np.Array, b: np.Array, vw: np.Array, vb: np.Array, rowsOfX: np.Array, q: np.Array) => {
    const g = grad(loss)({ w: w.ref, b: b.ref }, rowsOfX, q) as Parameters;
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
