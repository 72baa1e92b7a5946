/** Embeddings that onnxruntime-web leaves on the GPU are trained on there, on the device that both share. */

import moduleUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import { env, InferenceSession, Tensor } from "onnxruntime-web/webgpu";
import { afterEach, expect, test, vi } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { onnxEncoder } from "../support/onnx-encoder.ts";

const [ROWS, FEATURES, HIDDEN] = [600, 6, 64];

afterEach(() => vi.restoreAllMocks());

/** Opens an encoder whose results stay on the GPU. */
async function encoder(): Promise<InferenceSession> {
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = { mjs: moduleUrl, wasm: wasmUrl };
  const random = createRandom(1);
  const weights = Float32Array.from({ length: FEATURES * HIDDEN }, () => random.normal());
  return InferenceSession.create(onnxEncoder(weights, FEATURES, HIDDEN), {
    executionProviders: ["webgpu"],
    preferredOutputLocation: "gpu-buffer",
  });
}

test("embeddings of two batches, on the session's device", async () => {
  const session = await encoder();
  const random = createRandom(2);
  const data = Float32Array.from({ length: ROWS * FEATURES }, () => random.normal());
  const y = Array.from({ length: ROWS }, (_, i) => Number(data[i * FEATURES] > data[i * FEATURES + 1]));
  const half = data.length / 2;
  const embedded: Tensor[] = [];
  for (const part of [data.subarray(0, half), data.subarray(half)]) {
    const { h } = await session.run({ x: new Tensor("float32", part, [ROWS / 2, FEATURES]) });
    embedded.push(h);
  }
  const x = embedded.map(({ gpuBuffer, dims: [rows, cols] }) => {
    // The runtime's own type of buffers names none of their properties.
    return { buffer: gpuBuffer as unknown as GPUBuffer, rows, cols };
  });

  const device = await env.webgpu.device;
  const model = new SoftmaxRegression({ device, l2: 1e-3 });
  const writeBuffer = vi.spyOn(GPUQueue.prototype, "writeBuffer");
  await model.fit(x, y);
  const written = writeBuffer.mock.calls.map(([, , values]) => values.byteLength);
  expect(Math.max(...written)).toBeLessThan((ROWS * HIDDEN * 4) / 2);
  expect((await model.evaluate(x, y)).accuracy).toBeGreaterThan(0.95);

  const [first, second] = await Promise.all(embedded.map((tensor) => tensor.getData()));
  const read = {
    data: Float32Array.of(...(first as Float32Array), ...(second as Float32Array)),
    rows: ROWS,
    cols: HIDDEN,
  };
  const uploaded = new SoftmaxRegression({ device, l2: 1e-3 });
  await uploaded.fit(read, y);
  const [there, here] = [await model.evaluate(read, y), await uploaded.evaluate(read, y)];
  expect(Math.abs(there.objective / here.objective - 1)).toBeLessThan(1e-4);
  expect(await model.predict(x)).toEqual(await model.predict(read));

  model.dispose();
  uploaded.dispose();
  const { h } = await session.run({ x: new Tensor("float32", data, [ROWS, FEATURES]) });
  expect(((await h.getData()) as Float32Array).slice(0, HIDDEN)).toEqual(read.data.slice(0, HIDDEN));
  for (const tensor of [...embedded, h]) tensor.dispose();
  await session.release();
});
