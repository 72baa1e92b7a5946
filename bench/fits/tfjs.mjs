/** TensorFlow.js in `npm run bench:fits`: Adam on batches, on WebAssembly in Node. It has no solver for whole fits. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { answer, Batches, readJob, stopwatch, Targets } from "./job.mjs";

const require = createRequire(import.meta.url);
// Builds for Node, whose other modules import without extensions. They know no gradients: those are written out below.
const tf = require("@tensorflow/tfjs-core");
const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");
setWasmPaths(`${join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist")}/`);

const LEARNING_RATE = 0.001;

/** Rows of which the objective is computed at once. */
const PIECE = 2000;

const job = await readJob();
const { rows, features, classes, l2, patience } = job;
const targets = new Targets(job.targets);
const batches = new Batches(job);
const watch = stopwatch();
await tf.setBackend("wasm");
const w = tf.variable(tf.zeros([features, classes]));
const b = tf.variable(tf.zeros([classes]));
const optimizer = tf.train.adam(LEARNING_RATE);
const scoresOf = (x) => tf.add(tf.matMul(x, w), b);
let isNear = false;
while (!isNear && watch.read().seconds < patience) {
  for (const batch of batches.epoch()) {
    const [x, q] = [
      tf.tensor2d(batch.x, [batches.size, features]),
      tf.tensor2d(batch.q, [batches.size, classes]),
    ];
    const gradients = tf.tidy(() => {
      const t = tf.div(tf.sub(tf.softmax(scoresOf(x)), q), batches.size);
      return { [w.name]: tf.add(tf.matMul(x, t, true), tf.mul(2 * l2, w)), [b.name]: tf.sum(t, 0) };
    });
    optimizer.applyGradients(gradients);
    tf.dispose([x, q, gradients]);
  }
  await b.data();
  const { seconds } = watch.read();
  isNear = targets.note(await watch.without(objective), seconds);
}
const took = watch.read();
const parameters = { weights: await tf.transpose(w).data(), bias: await b.data() };
await answer(job, parameters, took, targets.reached);

/** Computes J over all rows. */
async function objective() {
  let sum = 0;
  for (let first = 0; first < rows; first += PIECE) {
    const count = Math.min(PIECE, rows - first);
    const losses = tf.tidy(() => {
      const x = tf.tensor2d(job.x.slice(first * features, (first + count) * features), [count, features]);
      const q = tf.oneHot(tf.tensor1d(job.y.slice(first, first + count), "int32"), classes);
      return tf.neg(tf.sum(tf.mul(tf.logSoftmax(scoresOf(x)), q)));
    });
    sum += (await losses.data())[0];
    losses.dispose();
  }
  const squares = (await w.data()).reduce((total, value) => total + value * value, 0);
  return sum / rows + l2 * squares;
}
