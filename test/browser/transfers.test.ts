/**
 * Transfers to and from GPU buffers: never empty, since Deno ends the process at a write of length 0, and always of
 * whole words, as WebGPU requires.
 */
import { afterEach, expect, test, vi } from "vitest";
import { SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";
import { randomProblem } from "../support/problems.ts";

afterEach(() => vi.restoreAllMocks());

/** Records size and offsets, in bytes, of everything that is written, copied, created or mapped. */
function watchTransfers() {
  const seen: { what: string; size: number; offsets: number[] }[] = [];
  const { writeBuffer } = GPUQueue.prototype;
  vi.spyOn(GPUQueue.prototype, "writeBuffer").mockImplementation(function (this: GPUQueue, ...values) {
    const [buffer, offset, data] = values;
    seen.push({ what: `write ${buffer.label}`, size: data.byteLength, offsets: [offset] });
    writeBuffer.apply(this, values);
  });
  const { copyBufferToBuffer } = GPUCommandEncoder.prototype;
  vi.spyOn(GPUCommandEncoder.prototype, "copyBufferToBuffer").mockImplementation(function (
    this: GPUCommandEncoder,
    ...values: unknown[]
  ) {
    const [source, from, , to, size] = values as [GPUBuffer, number, GPUBuffer, number, number];
    seen.push({ what: `copy ${source.label}`, size, offsets: [from, to] });
    Reflect.apply(copyBufferToBuffer, this, values);
  });
  const { createBuffer } = GPUDevice.prototype;
  vi.spyOn(GPUDevice.prototype, "createBuffer").mockImplementation(function (this: GPUDevice, descriptor) {
    seen.push({ what: `create ${descriptor.label}`, size: descriptor.size, offsets: [] });
    return createBuffer.call(this, descriptor);
  });
  const { mapAsync } = GPUBuffer.prototype;
  vi.spyOn(GPUBuffer.prototype, "mapAsync").mockImplementation(function (this: GPUBuffer, ...values) {
    seen.push({ what: `map ${this.label}`, size: values[2] ?? 0, offsets: [values[1] ?? 0] });
    return mapAsync.apply(this, values);
  });
  return seen;
}

const CASES: Record<string, SoftmaxRegressionOptions> = {
  "L-BFGS": { solver: "lbfgs", maxIterations: 3 },
  SGD: { solver: "sgd", epochs: 2, batchSize: 7 },
  "AdamW with an average": { solver: "adamw", epochs: 2, batchSize: 7, averaging: 0.5 },
  "SGD on plans that are measured": { solver: "sgd", epochs: 1, batchSize: 16, tuning: "quick" },
};

for (const storage of ["f32", "f16", "u8"] as const)
  test.each(Object.entries(CASES))(
    `${storage}, %s: no transfer is empty, and all are of whole words`,
    async (_, options) => {
      const { source } = randomProblem({
        rows: 23,
        features: 5,
        classes: 3,
        storage: storage === "u8" ? "u8" : "f32",
      });
      const { x } = source;
      const y = source.targets.kind === "labels" ? source.targets.labels : [];
      const seen = watchTransfers();
      const model = new SoftmaxRegression({ device: "webgpu", tuning: "off", storage, ...options });
      const sampleWeight = Float32Array.from({ length: x.rows }, (_, i) => i % 3);
      await model.fit(x, y, { sampleWeight, validation: [x, y] });
      await model.partialFit(x, y);
      await model.predict(x);
      await model.predictProba({ data: x.data.subarray(0, 5), rows: 1, cols: 5 });
      await model.report(x, y);
      await model.calibrate(x, y);
      model.dispose();
      expect(seen.filter(({ size }) => !(size > 0))).toEqual([]);
      expect(seen.filter(({ size, offsets }) => [size, ...offsets].some((bytes) => bytes % 4 !== 0))).toEqual(
        [],
      );
      for (const what of [
        "write dataset.x",
        "write submit.order",
        "copy submit.losses",
        "map submit.readback",
      ])
        expect(seen.map((each) => each.what)).toContain(what);
    },
  );
