/** A fit that goes on, on another kind of device than it began on: it works, and the device's reason says so. */
import { describe, expect, test } from "vitest";
import { modelToJson } from "../../src/formats/model-json.ts";
import { readModel } from "../../src/formats/read-model.ts";
import type { SavedModel } from "../../src/formats/saved-model.ts";
import type { SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { fitUntil, modelsOn } from "../support/models-on.ts";

const { x, y } = DIGITS;
const NAMES = { webgpu: "WebGPU", wasm: "WebAssembly", reference: "the reference" } as const;
type Device = keyof typeof NAMES;

/** Begins a fit that is aborted; gives the model as text. */
async function begunOn(device: Device, options: SoftmaxRegressionOptions): Promise<string> {
  const model = modelsOn({ device, tuning: "off" }).modelWith(options);
  await fitUntil(1, model, x, y);
  return model.toJsonText();
}

const load = (text: string, device: Device) => modelsOn({ device, tuning: "off" }).loadedWith(text);

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
    const model = await load(await begunOn(from, options), to);
    await model.fit(x, y, { resume: true });
    const remark = `; the fit that was interrupted ran on ${NAMES[from]}, so the last bits differ`;
    expect(model.device?.reason).toBe(from === to ? "asked for by name" : `asked for by name${remark}`);
    expect((await model.evaluate(x, y)).accuracy).toBeGreaterThan(0.7);
    // It holds for the parameters there are, until a fit of its own.
    expect(model.device?.reason.endsWith(remark)).toBe(from !== to);
    await model.fit(x, y);
    expect(model.device?.reason).toBe("asked for by name");
  });

  test("every device that took part is remembered, over several interruptions", async () => {
    const begun = await begunOn("reference", options);
    const second = await load(begun, "wasm");
    await fitUntil(2, second, x, y, { resume: true });
    const further = await second.toJsonText();
    const model = await load(further, "wasm");
    await model.fit(x, y, { resume: true });
    expect(model.device?.reason).toMatch(/; the fit that was interrupted ran on the reference, so/);
    const other = await load(await withDevices(further, ["reference", "webgpu"]), "wasm");
    await other.fit(x, y, { resume: true });
    expect(other.device?.reason).toMatch(/ran on the reference and WebGPU, so/);
  });

  test("a file that does not say what it ran on is resumed without a remark", async () => {
    const old = await withDevices(await begunOn("reference", options), undefined);
    const model = await load(old, "wasm");
    await model.fit(x, y, { resume: true });
    expect(model.device?.reason).toBe("asked for by name");
  });

  test.each([["nowhere"], [["wasm", "abacus"]], [{}], [null]])("devices %j are refused", async (devices) => {
    const text = await withDevices(await begunOn("reference", options), devices);
    const refused = { name: "FormatError", argument: "model.progress.devices" };
    await expect(load(text, "reference")).rejects.toMatchObject(refused);
  });
});
