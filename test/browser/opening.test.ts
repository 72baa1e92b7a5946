/**
 * Opening a device in browsers that answer oddly, late or never: `"auto"` always finds a device that works, a device
 * asked for by name ends with an error, and neither waits for ever.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeviceError, SoftmaxRegression, StateError } from "../../src/index.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { inFakeTime } from "../support/fake-time.ts";

const X = [[0], [1], [2], [3]];
const Y = [0, 0, 1, 1];
const NEVER = new Promise<never>(() => {});

/** The browser's own WebGPU, and a device of it. */
const { gpu: REAL } = navigator;
const realAdapter = async () => (await REAL.requestAdapter()) as GPUAdapter;
const realDevice = async () => (await realAdapter()).requestDevice();

/** A test's replacement for an adapter. */
type AdapterStub = Record<string, unknown>;

/** Returns a real adapter with changes; without changes, it claims to be real hardware. */
async function adapterWith(changes: AdapterStub): Promise<AdapterStub> {
  const adapter = await realAdapter();
  const { features, limits } = adapter;
  const requestDevice = (descriptor: GPUDeviceDescriptor) => adapter.requestDevice(descriptor);
  return { features, limits, info: { vendor: "test" }, requestDevice, ...changes };
}

function withGpu(gpu: unknown): void {
  vi.spyOn(navigator, "gpu", "get").mockReturnValue(gpu as GPU);
}

async function fitted(device: "auto" | "webgpu") {
  const model = disposeLater(new SoftmaxRegression({ device }));
  await model.fit(X, Y);
  return { device: model.device, labels: await model.predict(X) };
}

/** Returns the outcome of a fit, on a fast fake clock if it has to wait, else in real time. */
async function outcomeOf(device: "auto" | "webgpu", waits: boolean) {
  if (waits) return inFakeTime(() => fitted(device));
  const [outcome] = await Promise.allSettled([fitted(device)]);
  return { outcome, time: 0 };
}

const rejecting = (error: Error) => () => Promise.reject(error);

afterEach(() => vi.restoreAllMocks());

describe("a browser that gives no device", () => {
  const throwing = (error: Error) => () => {
    throw error;
  };
  const asked = (requestAdapter: () => unknown) => () => ({ requestAdapter });
  const adapters = (changes: AdapterStub) => asked(() => adapterWith(changes));
  /** Makes a browser whose devices come changed. */
  const devices = (change: (device: GPUDevice) => void) =>
    adapters({
      requestDevice: async () => {
        const device = await realDevice();
        change(device);
        return device;
      },
    });
  const destroy = (device: GPUDevice) => device.destroy();
  const silence = (device: GPUDevice) => vi.spyOn(device, "popErrorScope").mockReturnValue(NEVER);
  const blocked = new Error("blocked by an extension");
  const illegal = new TypeError("Illegal invocation");
  const LATE = /did not answer within/;
  const [busy, never] = [new Error("busy"), () => NEVER];

  /** The fake browser, whether the time limit ends the opening, and the words of error and reason. */
  const CASES: Record<string, readonly [gpu: () => unknown, waits: boolean, words: RegExp]> = {
    "no WebGPU": [() => undefined, false, /no WebGPU/],
    "an object without methods": [() => ({}), false, /WebGPU failed: /],
    "requestAdapter rejects": [asked(rejecting(blocked)), false, /WebGPU failed: blocked by an extension/],
    "requestAdapter throws": [asked(throwing(illegal)), false, /WebGPU failed: Illegal invocation/],
    "no adapter": [asked(async () => null), false, /no adapter/],
    "requestAdapter never settles": [asked(never), true, LATE],
    "requestAdapterInfo never settles": [
      adapters({ info: undefined, requestAdapterInfo: never }),
      true,
      LATE,
    ],
    "requestDevice rejects": [
      adapters({ requestDevice: rejecting(busy) }),
      false,
      /gave no device; another page may hold the GPU: busy/,
    ],
    "requestDevice throws": [adapters({ requestDevice: throwing(busy) }), false, /gave no device.*: busy/],
    "requestDevice never settles": [adapters({ requestDevice: never }), true, LATE],
    "the device is lost at once": [devices(destroy), false, /the GPU device was lost \(destroyed\)/],
    "the device never answers": [devices(silence), true, LATE],
  };

  test.each(Object.entries(CASES))(
    "%s: auto takes WebAssembly and says why",
    async (_, [gpu, waits, words]) => {
      withGpu(gpu());
      const { outcome, time } = await outcomeOf("auto", waits);
      expect(outcome).toMatchObject({
        status: "fulfilled",
        value: { device: { kind: "wasm", reason: expect.stringMatching(words) }, labels: Y },
      });
      if (outcome.status === "fulfilled") expect(outcome.value.device?.reason).toMatch(/^auto: (?!device:)/);
      expect(time).toBe(waits ? 5_000 : 0);
    },
  );

  test.each(Object.entries(CASES))("%s: by name it is a DeviceError", async (_, [gpu, waits, words]) => {
    withGpu(gpu());
    const { outcome, time } = await outcomeOf("webgpu", waits);
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: { name: "DeviceError", argument: "device", message: expect.stringMatching(words) },
    });
    if (outcome.status === "rejected")
      expect(outcome.reason.message).toMatch(/; use device: "auto" or another device$/);
    expect(time).toBe(waits ? 10_000 : 0);
  });

  test("its getter throws: auto takes WebAssembly", async () => {
    vi.spyOn(navigator, "gpu", "get").mockImplementation(() => {
      throw new Error("denied");
    });
    const { device } = await fitted("auto");
    expect(device).toMatchObject({ kind: "wasm", reason: expect.stringMatching(/denied/) });
    await expect(fitted("webgpu")).rejects.toThrow(DeviceError);
  });

  test("a device that comes too late is destroyed, and none is requested after the limit", async () => {
    let give = (_: GPUDevice) => {};
    const late = new Promise<GPUDevice>((resolve) => {
      give = resolve;
    });
    const asked = vi.fn(() => late);
    const adapter = await adapterWith({ requestDevice: asked });
    withGpu({ requestAdapter: async () => adapter });
    const { outcome } = await inFakeTime(() => fitted("webgpu"));
    expect(outcome.status).toBe("rejected");
    expect(asked).toHaveBeenCalledTimes(1);
    const device = await realDevice();
    give(device);
    expect((await device.lost).reason).toBe("destroyed");

    let giveAdapter = (_: AdapterStub) => {};
    const lateAdapter = new Promise<AdapterStub>((resolve) => {
      giveAdapter = resolve;
    });
    withGpu({ requestAdapter: () => lateAdapter });
    await inFakeTime(() => fitted("webgpu"));
    const requestDevice = vi.fn(() => NEVER);
    giveAdapter(await adapterWith({ requestDevice }));
    await realDevice();
    expect(requestDevice).not.toHaveBeenCalled();
  });
});

describe("a browser that answers at the second attempt", () => {
  test.each([
    ["no adapter", async () => null],
    ["an adapter without a device", () => adapterWith({ requestDevice: rejecting(new Error("no")) })],
  ])("%s at first: WebGPU is taken", async (_, first) => {
    const requestAdapter = vi.fn(() => adapterWith({})).mockImplementationOnce(first as never);
    withGpu({ requestAdapter });
    for (const device of ["webgpu", "auto"] as const) {
      expect((await fitted(device)).device).toMatchObject({ kind: "webgpu" });
      requestAdapter.mockImplementationOnce(first as never);
    }
  });
});

describe("browsers from before adapter.info", () => {
  const acme = async () => ({ vendor: "acme" });
  const refusal = rejecting(new Error("no user gesture"));
  test.each([
    ["says who it is by requestAdapterInfo", { requestAdapterInfo: acme }, /^WebGPU: acme$/],
    ["says nothing", {}, /^WebGPU: adapter of unknown make$/],
    ["fails to say", { requestAdapterInfo: refusal }, /^WebGPU: adapter of unknown make$/],
  ])("an adapter that %s is taken", async (_, changes, name) => {
    withGpu({ requestAdapter: () => adapterWith({ info: undefined, ...changes }) });
    const { device, labels } = await fitted("auto");
    expect(device).toMatchObject({ kind: "webgpu", software: false, name: expect.stringMatching(name) });
    expect(labels).toEqual(Y);
  });

  test("isFallbackAdapter of the adapter itself counts", async () => {
    withGpu({ requestAdapter: () => adapterWith({ info: undefined, isFallbackAdapter: true }) });
    const { device: automatic } = await fitted("auto");
    expect(automatic).toMatchObject({ kind: "wasm", reason: expect.stringMatching(/software adapter/) });
    const { device: named } = await fitted("webgpu");
    const name = expect.stringMatching(/software/);
    expect(named).toMatchObject({ kind: "webgpu", software: true, name });
  });
});

describe("while a device is being opened", () => {
  /** A browser whose adapter comes at the test's command. */
  function slowBrowser() {
    let give = () => {};
    const asked = vi.fn();
    const come = new Promise<void>((resolve) => {
      give = resolve;
    });
    withGpu({
      requestAdapter: async () => {
        asked();
        await come;
        return adapterWith({});
      },
    });
    return { asked, give };
  }

  /** Loads a fitted model for WebGPU. */
  async function loaded(): Promise<SoftmaxRegression> {
    const whole = new SoftmaxRegression({ device: "reference" });
    await whole.fit(X, Y);
    return SoftmaxRegression.load(await whole.toSafetensors(), { device: "webgpu" });
  }

  test("an abort rejects at once, and the opening goes on for the next fit", async () => {
    const { asked, give } = slowBrowser();
    const model = disposeLater(new SoftmaxRegression({ device: "webgpu" }));
    const controller = new AbortController();
    const reason = new Error("enough");
    const first = model.fit(X, Y, { signal: controller.signal });
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    const second = model.fit(X, Y);
    give();
    await second;
    expect(asked).toHaveBeenCalledTimes(1);
    expect(model.device?.kind).toBe("webgpu");
    expect(await model.predict(X)).toEqual(Y);
  });

  test("dispose() rejects every call at once; the device is destroyed when it comes", async () => {
    const { asked, give } = slowBrowser();
    const destroy = vi.spyOn(GPUDevice.prototype, "destroy");
    const model = await loaded();
    const calls = [model.fit(X, Y), model.predict(X), model.evaluate(X, Y), ...X.map(() => model.logits(X))];
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    model.dispose();
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(StateError) });
    expect(destroy).not.toHaveBeenCalled();
    give();
    await vi.waitFor(() => expect(destroy).toHaveBeenCalledTimes(1));
  });

  test("many calls that wait for a device fail together if it never comes", async () => {
    const model = disposeLater(await loaded());
    withGpu({ requestAdapter: () => NEVER });
    const { outcome, time } = await inFakeTime(() =>
      Promise.allSettled(Array.from({ length: 100 }, () => model.predict(X))),
    );
    if (outcome.status === "fulfilled")
      for (const each of outcome.value)
        expect(each).toMatchObject({ status: "rejected", reason: { name: "DeviceError" } });
    expect(time).toBe(10_000);
  });
});

describe("devices that are lost again and again", () => {
  /** Every device is destroyed when the first shader is compiled on it. */
  beforeEach(() => {
    const { createShaderModule } = GPUDevice.prototype;
    vi.spyOn(GPUDevice.prototype, "createShaderModule").mockImplementation(function (
      this: GPUDevice,
      descriptor,
    ) {
      this.destroy();
      return createShaderModule.call(this, descriptor);
    });
    withGpu({ requestAdapter: () => adapterWith({}) });
  });

  test("auto changes to WebAssembly after two losses, and says why; the next fit works", async () => {
    const model = disposeLater(new SoftmaxRegression({ device: "auto" }));
    await expect(model.fit(X, Y)).rejects.toThrow(DeviceError);
    expect(model.device?.kind).toBe("webgpu");
    await expect(model.fit(X, Y)).rejects.toThrow(DeviceError);
    await model.fit(X, Y);
    expect(model.device).toMatchObject({ kind: "wasm", reason: "auto: WebGPU was lost twice in a row" });
  });

  test("by name each loss is a DeviceError", async () => {
    const model = disposeLater(new SoftmaxRegression({ device: "webgpu" }));
    for (let i = 0; i < 4; i++) await expect(model.fit(X, Y)).rejects.toThrow(DeviceError);
    vi.restoreAllMocks();
    await model.fit(X, Y);
    expect(await model.predict(X)).toEqual(Y);
  });
});
