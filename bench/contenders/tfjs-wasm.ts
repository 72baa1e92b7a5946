/** TensorFlow.js on its WebAssembly backend, SIMD, one thread (more need shared memory): core operations and optimiser. */
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plainUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threadedUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import * as tf from "@tensorflow/tfjs-core";
import { type BenchProblem, type Contender, LEARNING_RATE, MOMENTUM } from "../contender.ts";

export const tfjsWasm: Contender = { name: `TF.js ${tf.version_core} wasm`, open };

async function open({ x, labels, rows, features, classes }: BenchProblem) {
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plainUrl,
    "tfjs-backend-wasm-simd.wasm": simdUrl,
    "tfjs-backend-wasm-threaded-simd.wasm": threadedUrl,
  });
  await tf.setBackend("wasm");
  const data = tf.tensor2d(x, [rows, features]);
  const targets = tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), classes), "float32");
  const w = tf.variable(tf.zeros<tf.Rank.R2>([features, classes]));
  const b = tf.variable(tf.zeros<tf.Rank.R1>([classes]));
  const optimizer = tf.train.momentum(LEARNING_RATE, MOMENTUM);
  const loss = () =>
    tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(targets, tf.add(tf.matMul(data, w), b));
  return {
    run: async (count: number) => {
      for (let i = 0; i < count; i++) optimizer.minimize(loss, false, [w, b]);
      await b.data();
    },
    weights: async () => {
      const transposed = tf.transpose(w);
      const values = (await transposed.data()) as Float32Array;
      transposed.dispose();
      return values;
    },
    dispose: () => {
      tf.disposeVariables();
      tf.dispose([data, targets]);
      optimizer.dispose();
    },
  };
}
