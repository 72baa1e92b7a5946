/** jax-js in `npm run bench:fits`: Adam on batches under `jit`, on WebAssembly in Node. */
import { defaultDevice, grad, init, jit, nn, numpy as np } from "@jax-js/jax";
import { answer, Batches, readJob, stopwatch, Targets } from "./job.mjs";

const [LEARNING_RATE, BETA_1, BETA_2, EPSILON] = [0.001, 0.9, 0.999, 1e-8];

/** Rows of which the objective is computed at once. */
const PIECE = 2000;

const job = await readJob();
const { rows, features, classes, l2, patience } = job;
const targets = new Targets(job.targets);
const batches = new Batches(job);
const watch = stopwatch();
await init("wasm");
defaultDevice("wasm");

const crossEntropy = (w, b, x, q) => nn.logSoftmax(np.matmul(x, w).add(b), -1).mul(q).sum().mul(-1);
const loss = ({ w, b }, x, q) =>
  crossEntropy(w.ref, b, x, q)
    .mul(1 / batches.size)
    .add(np.square(w).sum().mul(l2));
/** Adam's step for one array; every use of an array but its last takes a reference. */
const adam = (p, m, v, g, correction) => {
  const nextM = m.mul(BETA_1).add(g.ref.mul(1 - BETA_1));
  const nextV = v.mul(BETA_2).add(np.square(g).mul(1 - BETA_2));
  const step = nextM.ref.mul(correction).div(np.sqrt(nextV.ref).add(EPSILON));
  return [p.sub(step), nextM, nextV];
};
const step = jit((w, b, mw, mb, vw, vb, x, q, correction) => {
  const g = grad(loss)({ w: w.ref, b: b.ref }, x, q);
  const [nextW, nextMw, nextVw] = adam(w, mw, vw, g.w, correction.ref);
  const [nextB, nextMb, nextVb] = adam(b, mb, vb, g.b, correction);
  return [nextW, nextB, nextMw, nextMb, nextVw, nextVb];
});
const sumOfLosses = jit(crossEntropy);

const zeros = () => [np.zeros([features, classes]), np.zeros([classes])];
let state = [...zeros(), ...zeros(), ...zeros()];
let steps = 0;
let isNear = false;
while (!isNear && watch.read().seconds < patience) {
  for (const { x, q } of batches.epoch()) {
    steps++;
    const correction = (LEARNING_RATE * Math.sqrt(1 - BETA_2 ** steps)) / (1 - BETA_1 ** steps);
    const batch = [
      np.array(x).reshape([batches.size, features]),
      np.array(q).reshape([batches.size, classes]),
    ];
    state = step(...state, ...batch, np.array(new Float32Array([correction])));
  }
  await state[1].ref.data();
  const { seconds } = watch.read();
  isNear = targets.note(await watch.without(objective), seconds);
}
const took = watch.read();
const parameters = { weights: await state[0].ref.transpose().data(), bias: await state[1].ref.data() };
await answer(job, parameters, took, targets.reached);

/** Computes J over all rows. */
async function objective() {
  let sum = 0;
  for (let first = 0; first < rows; first += PIECE) {
    const count = Math.min(PIECE, rows - first);
    const q = new Float32Array(count * classes);
    for (let i = 0; i < count; i++) q[i * classes + job.y[first + i]] = 1;
    const x = np.array(job.x.slice(first * features, (first + count) * features)).reshape([count, features]);
    const [w, b] = [state[0].ref, state[1].ref];
    sum += (await sumOfLosses(w, b, x, np.array(q).reshape([count, classes])).data())[0];
  }
  const squares = (await state[0].ref.data()).reduce((total, value) => total + value * value, 0);
  return sum / rows + l2 * squares;
}
