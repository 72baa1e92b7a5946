/** Hostile files: loading a model runs no script that the file names, and nothing that the caller did not ask for. */
import { describe, expect, test } from "vitest";
import { modelToJson } from "../../src/formats/model-json.ts";
import { modelToSafetensors } from "../../src/formats/model-safetensors.ts";
import { readModel } from "../../src/formats/read-model.ts";
import { SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";
import { NOISY } from "../support/noisy-rows.ts";

const { x, y, held } = NOISY;

/** Script of a worker, for Node and browsers, whose only answer proves that it ran. */
const SCRIPT = `data:text/javascript,${encodeURIComponent(`
  const port = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort ?? globalThis;
  port.postMessage({ kind: "failed", message: "the script of the file ran" });
`)}`;

const fitted = new SoftmaxRegression({ device: "wasm", threads: 1, l2: 0.1 });
await fitted.fit(x, y);
const sound = await readModel(await fitted.toSafetensors());
fitted.dispose();

/** Loads a model, calibrates it and fits it again. Returns null, or the first error. */
async function outcomeOf(source: string | Uint8Array, options: SoftmaxRegressionOptions): Promise<unknown> {
  try {
    const model = await SoftmaxRegression.load(source, options);
    try {
      await model.calibrate(held.x, held.y);
      await model.fit(x, y, { warmStart: true });
      return null;
    } finally {
      model.dispose();
    }
  } catch (error) {
    return error;
  }
}

test("a script that the caller names runs, as its answer shows", async () => {
  const file = await modelToSafetensors(sound);
  expect(await outcomeOf(file, { device: "wasm", threads: 2, workerUrl: SCRIPT })).toMatchObject({
    name: "DeviceError",
    message: expect.stringContaining("a worker answered failed"),
  });
});

describe.each([
  ["JSON", modelToJson],
  ["safetensors", modelToSafetensors],
])("in a file of %s", (_, write) => {
  test.each<readonly [string, object]>([
    ["workerUrl", { workerUrl: SCRIPT }],
    ["workerUrl", { workerUrl: SCRIPT, threads: 2, device: "wasm" }],
    ["threads", { threads: 64 }],
    ["device", { device: "webgpu" }],
    ["tuning", { tuning: "full" }],
    ["tuningCache", { tuningCache: {} }],
  ])("%s is refused, before anything runs: %j", async (name, options) => {
    const file = await write({ ...sound, options: { ...options, ...sound.options } });
    for (const given of [{}, { device: "wasm" }, { device: "wasm", threads: 2 }] as const)
      expect(await outcomeOf(file, given)).toMatchObject({
        name: "FormatError",
        argument: `model.options.${name}`,
      });
  });

  test("a sound one loads", async () => {
    expect(await outcomeOf(await write(sound), { device: "wasm", threads: 1 })).toBe(null);
  });
});
