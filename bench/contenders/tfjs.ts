/**
 * TensorFlow.js: core operations. On WebAssembly with SIMD and one thread, since more need shared
 * memory. Its WebGPU backend takes software adapters too.
 */
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plainUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threadedUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { type BenchProblem, type Contender, LEARNING_RATE, MOMENTUM } from "./contender.ts";

/** Makes the contender on one of TF.js' backends. */
export function tfjs(backend: "wasm" | "webgpu"): Contender {
  return {
    name: `TF.js ${tf.version_core} ${backend}`,
    library: { name: "TF.js", version: tf.version_core },
    storage: "f32",
    device: backend,
    open: (problem) => open(problem, backend),
  };
}

async function open({ x, labels, rows, features, classes }: BenchProblem, backend: "wasm" | "webgpu") {
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plainUrl,
    "tfjs-backend-wasm-simd.wasm": simdUrl,
    "tfjs-backend-wasm-threaded-simd.wasm": threadedUrl,
  });
  await select(backend);
  const data = tf.tensor2d(x, [rows, features]);
  const targets = tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), classes), "float32");
  const [w, vw] = [0, 0].map(() => tf.variable(tf.zeros<tf.Rank.R2>([features, classes])));
  const [b, vb] = [0, 0].map(() => tf.variable(tf.zeros<tf.Rank.R1>([classes])));
  // By hand: the tape of tf.train.momentum and losses.softmaxCrossEntropy takes longer.
  const step = () => {
    const probabilities = tf.softmax(tf.add<tf.Tensor2D>(tf.matMul(data, w), b));
    const dLogits = tf.mul<tf.Tensor2D>(tf.sub(probabilities, targets), 1 / rows);
    vw.assign(tf.add(tf.mul(vw, MOMENTUM), tf.matMul(data, dLogits, true)));
    vb.assign(tf.add(tf.mul(vb, MOMENTUM), tf.sum(dLogits, 0)));
    w.assign(tf.sub(w, tf.mul(vw, LEARNING_RATE)));
    b.assign(tf.sub(b, tf.mul(vb, LEARNING_RATE)));
  };
  return {
    run: async (count: number) => {
      // Operations go to the global backend, which another contender may have changed.
      await select(backend);
      for (let i = 0; i < count; i++) tf.tidy(step);
      await b.data();
    },
    weights: async () => {
      await select(backend);
      const transposed = tf.transpose(w);
      const values = (await transposed.data()) as Float32Array;
      transposed.dispose();
      return values;
    },
    dispose: () => {
      tf.dispose([data, targets, w, b, vw, vb]);
      release(backend);
    },
  };
}

async function select(backend: string): Promise<void> {
  if (tf.getBackend() === backend) return;
  if (!(await tf.setBackend(backend))) throw new Error(`TF.js has no ${backend} backend here`);
}

/** Frees the backend's caches and its device; the next problem starts a new one. */
function release(backend: string): void {
  const factory = tf.findBackendFactory(backend);
  const { device } = tf.engine().findBackend(backend) as { device?: GPUDevice };
  tf.removeBackend(backend);
  device?.destroy();
  tf.registerBackend(backend, factory);
}
