/** A fit that goes on, on another kind of device than it began on: it works, and the device's reason says so. */
import { describe, expect, test } from "vitest";
import { modelToJson } from "../../src/formats/model-json.ts";
import { readModel } from "../../src/formats/read-model.ts";
import type { SavedModel } from "../../src/formats/saved-model.ts";
import { SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";

const { x, y } = DIGITS;
const NAMES = { webgpu: "WebGPU", wasm: "WebAssembly", reference: "the reference" } as const;
type Device = keyof typeof NAMES;

/** Fits on, or from the start, until after epoch or iteration `last`; gives the model as text. */
async function fitUntil(model: SoftmaxRegression, last: number, resume: boolean): Promise<string> {
  const controller = new AbortController();
  const stop = ({ epoch = 0, iteration = 0 }) => {
    if (epoch === last || iteration === last) controller.abort();
  };
  const hooks = { signal: controller.signal, onEpoch: stop, onIteration: stop, resume };
  await expect(model.fit(x, y, hooks)).rejects.toMatchObject({ name: "AbortError" });
  return model.toJsonText();
}

async function withModel<T>(
  model: SoftmaxRegression,
  work: (model: SoftmaxRegression) => Promise<T>,
): Promise<T> {
  try {
    return await work(model);
  } finally {
    model.dispose();
  }
}

const begunOn = (device: Device, options: SoftmaxRegressionOptions) =>
  withModel(new SoftmaxRegression({ device, tuning: "off", ...options }), (model) =>
    fitUntil(model, 1, false),
  );

const load = (text: string, device: Device) => SoftmaxRegression.load(text, { device, tuning: "off" });

/** The saved model, with another list of devices in what there is to go on with. */
async function withDevices(text: string, devices: unknown): Promise<string> {
  const saved = await readModel(text);
  const { state, tensors } = saved.progress as NonNullable<SavedModel["progress"]>;
  const { devices: _, ...others } = state as Record<string, never>;
  const changed = devices === undefined ? others : { ...others, devices: devices as never };
  return modelToJson({ ...saved, progress: { state: changed, tensors } });
}

const pairs = DEVICES.flatMap(({ device: from }) =>
  DEVICES.map(({ device: to }): [Device, Device] => [from, to]),
);

describe.each([
  ["L-BFGS", { solver: "lbfgs", l2: 0.01 }],
  ["SGD", { solver: "sgd", epochs: 4, batchSize: 64 }],
] as const)("%s", (_, options) => {
  test.each(pairs)("begun on %s, ended on %s", async (from, to) => {
    await withModel(await load(await begunOn(from, options), to), async (model) => {
      await model.fit(x, y, { resume: true });
      const remark = `; the fit that was interrupted ran on ${NAMES[from]}, so the last bits differ`;
      expect(model.device?.reason).toBe(from === to ? "asked for by name" : `asked for by name${remark}`);
      expect((await model.evaluate(x, y)).accuracy).toBeGreaterThan(0.7);
      // It holds for the parameters there are, until a fit of its own.
      expect(model.device?.reason.endsWith(remark)).toBe(from !== to);
      await model.fit(x, y);
      expect(model.device?.reason).toBe("asked for by name");
    });
  });

  test("every device that took part is remembered, over several interruptions", async () => {
    const begun = await begunOn("reference", options);
    const further = await withModel(await load(begun, "wasm"), (model) => fitUntil(model, 2, true));
    await withModel(await load(further, "wasm"), async (model) => {
      await model.fit(x, y, { resume: true });
      expect(model.device?.reason).toMatch(/; the fit that was interrupted ran on the reference, so/);
    });
    await withModel(
      await load(await withDevices(further, ["reference", "webgpu"]), "wasm"),
      async (model) => {
        await model.fit(x, y, { resume: true });
        expect(model.device?.reason).toMatch(/ran on the reference and WebGPU, so/);
      },
    );
  });

  test("a file that does not say what it ran on is resumed without a remark", async () => {
    const old = await withDevices(await begunOn("reference", options), undefined);
    await withModel(await load(old, "wasm"), async (model) => {
      await model.fit(x, y, { resume: true });
      expect(model.device?.reason).toBe("asked for by name");
    });
  });

  test.each([["nowhere"], [["wasm", "abacus"]], [{}], [null]])("devices %j are refused", async (devices) => {
    const text = await withDevices(await begunOn("reference", options), devices);
    await expect(load(text, "reference")).rejects.toMatchObject({
      name: "FormatError",
      argument: "model.progress.devices",
    });
  });
});
