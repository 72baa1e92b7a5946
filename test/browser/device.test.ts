/** The GPU device: how it is chosen, its limits, ownership and failures. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { commands } from "vitest/browser";
import matmul from "../../shaders/matmul.wgsl";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";
import { GpuDevice } from "../../src/backends/webgpu/gpu-device.ts";
import { KernelCache } from "../../src/backends/webgpu/kernel.ts";
import { strokeDigits } from "../../src/digits.ts";
import { DeviceError, LimitError, SoftmaxRegression } from "../../src/index.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { countLiveBuffers } from "../support/live-buffers.ts";
import { randomProblem, sgdSteps } from "../support/problems.ts";

/** Timeout of a test that compiles hundreds of kernels, ms: a software adapter takes a second for a model. */
const MANY_COMPILATIONS = 900_000;

const DIGITS = strokeDigits({ rows: 512, seed: 0 });

afterEach(() => vi.restoreAllMocks());

/** Requests a device as a caller would. */
async function ownDevice(): Promise<GPUDevice> {
  const adapter = (await navigator.gpu.requestAdapter()) as GPUAdapter;
  return adapter.requestDevice();
}

describe("choosing a device", () => {
  test("webgpu by name takes a software adapter; auto takes it only if it is real", async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const isReal = adapter?.info.isFallbackAdapter === false;
    for (const [device, kind] of [
      ["webgpu", "webgpu"],
      ["auto", isReal ? "webgpu" : "wasm"],
    ] as const) {
      const model = new SoftmaxRegression({ device, solver: "sgd", epochs: 1 });
      expect(model.device).toBeNull();
      await model.fit(DIGITS.x, DIGITS.y);
      expect(model.device?.kind).toBe(kind);
      expect(model.device?.reason).toMatch(device === "auto" ? /^auto: / : /by name/);
      model.dispose();
    }
  });

  test("no WebGPU, no adapter, no device: a DeviceError that says so; auto goes on without", async () => {
    const gpu = vi.spyOn(navigator, "gpu", "get");
    const noDevice = { info: {}, limits: {}, requestDevice: () => Promise.reject(new Error("busy")) };
    for (const [value, message] of [
      [undefined, /no WebGPU/],
      [{ requestAdapter: async () => null }, /no adapter/],
      [{ requestAdapter: async () => noDevice }, /gave no device/],
    ] as const) {
      gpu.mockReturnValue(value as unknown as GPU);
      const model = new SoftmaxRegression({ device: "webgpu" });
      await expect(model.fit(DIGITS.x, DIGITS.y)).rejects.toThrow(message);
      await expect(model.fit(DIGITS.x, DIGITS.y)).rejects.toThrow(DeviceError);
      model.dispose();
      const automatic = new SoftmaxRegression({ device: "auto", solver: "sgd", epochs: 1 });
      await automatic.fit(DIGITS.x, DIGITS.y);
      expect(automatic.device).toMatchObject({ kind: "wasm", reason: expect.stringMatching(message) });
      automatic.dispose();
    }
  });

  test("a caller's own device is used and not destroyed", async () => {
    const device = await ownDevice();
    const createBuffer = vi.spyOn(device, "createBuffer");
    const model = new SoftmaxRegression({ device, solver: "sgd", epochs: 1 });
    await model.fit(DIGITS.x, DIGITS.y);
    expect(createBuffer).toHaveBeenCalled();
    model.dispose();
    const after = await new SoftmaxRegression({ device, solver: "sgd", epochs: 1 }).fit(DIGITS.x, DIGITS.y);
    expect(after.epochs.length).toBe(1);
    device.destroy();
  });
});

describe("limits", () => {
  test("the adapter's own are asked for", async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const gpu = disposeLater(await GpuDevice.acquire(true, "test"));
    const names = [
      "maxBufferSize",
      "maxStorageBufferBindingSize",
      "maxComputeInvocationsPerWorkgroup",
    ] as const;
    for (const name of names) expect(gpu.device.limits[name]).toBe(adapter?.limits[name]);
  });

  test("a model larger than a buffer is refused in the middle of fit, before its rows are uploaded", async () => {
    const live = countLiveBuffers();
    const model = disposeLater(new SoftmaxRegression({ device: "webgpu" }));
    const classes = 60_000;
    const x = { data: new Uint8Array(classes * 5000), rows: classes, cols: 5000 };
    const y = Uint32Array.from({ length: classes }, (_, k) => k);
    await expect(model.fit(x, y)).rejects.toMatchObject({ name: "LimitError", argument: "x" });
    expect(live.created).toBe(0);
  });

  test("a model larger than a buffer is refused before anything is allocated", async () => {
    const backend = disposeLater(await WebGpuBackend.open());
    const createBuffer = vi.spyOn(GPUDevice.prototype, "createBuffer");
    const created = backend.createTrainer({ features: 2 ** 20, classes: 60_000, bias: true });
    await expect(created).rejects.toThrow(LimitError);
    expect(createBuffer).not.toHaveBeenCalled();
  });

  test("a row larger than a buffer is refused", async () => {
    const backend = disposeLater(await WebGpuBackend.open({ maxChunkBytes: 64 }));
    const { source } = randomProblem({ rows: 2, features: 17, classes: 2 });
    await expect(backend.createDataset(source)).rejects.toThrow(LimitError);
  });

  test("out of memory frees all buffers and names their purpose", async () => {
    const backend = disposeLater(await WebGpuBackend.open());
    const live = countLiveBuffers();
    const error = new GPUOutOfMemoryError("no memory left");
    vi.spyOn(GPUDevice.prototype, "popErrorScope").mockResolvedValue(error);
    const created = backend.createTrainer({ features: 4, classes: 3, bias: true });
    await expect(created).rejects.toThrow(/allocating parameters: no memory left/);
    expect(live.size).toBe(0);
  });
});

describe("ownership", () => {
  test("a model destroys its device when it is disposed of", async () => {
    const destroy = vi.spyOn(GPUDevice.prototype, "destroy");
    const model = new SoftmaxRegression({ device: "webgpu", solver: "sgd", epochs: 1 });
    await model.fit(DIGITS.x, DIGITS.y);
    expect(destroy).not.toHaveBeenCalled();
    model.dispose();
    await vi.waitFor(() => expect(destroy).toHaveBeenCalledTimes(1));
  });

  test("a data set frees the buffers that trainers made for it", async () => {
    const backend = disposeLater(await WebGpuBackend.open());
    const live = countLiveBuffers();
    const trainer = await backend.createTrainer({ features: 17, classes: 2, bias: true });
    const own = live.size;
    for (let i = 0; i < 3; i++) {
      const data = await backend.createDataset(randomProblem({ rows: 2, features: 17, classes: 2 }).source);
      await trainer.evaluate(data);
      data.dispose();
      expect(live.size).toBe(own);
    }
    trainer.dispose();
    expect(live.size).toBe(0);
  });

  test("an aborted upload leaves nothing allocated", async () => {
    const backend = disposeLater(await WebGpuBackend.open());
    const live = countLiveBuffers();
    const controller = new AbortController();
    const { source } = randomProblem({ rows: 2000, features: 5000, classes: 2 });
    const upload = backend.createDataset(source, { signal: controller.signal });
    controller.abort();
    await expect(upload).rejects.toMatchObject({ name: "AbortError" });
    expect(live.size).toBe(0);
  });
});

describe("failures", () => {
  test("calls that meet a lost device share its replacement", async () => {
    const requestDevice = vi.spyOn(GPUAdapter.prototype, "requestDevice");
    const model = disposeLater(new SoftmaxRegression({ device: "webgpu", solver: "sgd", epochs: 1 }));
    await model.fit(DIGITS.x, DIGITS.y);
    const device: GPUDevice = await requestDevice.mock.results[0].value;
    device.destroy();
    await device.lost;
    const calls = [model.predict(DIGITS.x), model.evaluate(DIGITS.x, DIGITS.y), model.logits(DIGITS.x)];
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ status: "fulfilled" });
    expect(requestDevice).toHaveBeenCalledTimes(2);
  });

  test("a device lost while kernels compile is a DeviceError, and the kernels compile on the next one", async () => {
    const model = disposeLater(new SoftmaxRegression({ device: "webgpu", solver: "sgd", epochs: 1 }));
    const createShaderModule = vi.spyOn(GPUDevice.prototype, "createShaderModule");
    createShaderModule.mockImplementationOnce(function (this: GPUDevice) {
      this.destroy();
      const dropped = new DOMException("Instance dropped", "OperationError");
      return { getCompilationInfo: () => Promise.reject(dropped) } as never;
    });
    await expect(model.fit(DIGITS.x, DIGITS.y)).rejects.toThrow(DeviceError);
    createShaderModule.mockRestore();
    await model.fit(DIGITS.x, DIGITS.y);
  });

  test("a shader that does not compile shows the line and the source around it", async () => {
    const gpu = disposeLater(await GpuDevice.acquire(true, "test"));
    const code = matmul.code.replace("var b = 0.0;", "var b = undeclared;");
    const error = await new KernelCache(gpu).get({ ...matmul, code }, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ argument: "matmul.wgsl" });
    expect(String(error)).toMatch(/line \d+, column \d+: .*undeclared/);
    expect(String(error)).toMatch(/> \d+ \| .*var b = undeclared;/);
  });

  test("an error the GPU reports outside any call fails the next readback", async () => {
    const backend = disposeLater(await WebGpuBackend.open());
    const trainer = await backend.createTrainer({ features: 4, classes: 3, bias: true });
    const { device } = backend.gpu;
    const buffer = device.createBuffer({ size: 4, usage: GPUBufferUsage.UNIFORM });
    device.queue.writeBuffer(buffer, 0, new Uint32Array(1));
    await expect(trainer.read()).rejects.toThrow(DeviceError);
    expect(backend.alive).toBe(false);
  });

  for (const [how, lose] of [
    ["the GPU process ends", () => commands.crashGpuProcess()],
    ["the device is destroyed", async (device: GPUDevice) => device.destroy()],
  ] as const) {
    test(`${how} in the middle of a fit: DeviceError, the last epoch's parameters stay, the next fit works`, async () => {
      const requestDevice = vi.spyOn(GPUAdapter.prototype, "requestDevice");
      const model = new SoftmaxRegression({ device: "webgpu", solver: "sgd", epochs: 200, batchSize: 32 });
      let last: Float32Array = new Float32Array();
      const onEpoch = async ({ epoch }: { epoch: number }) => {
        last = model.weights;
        if (epoch === 2) await lose(await requestDevice.mock.results[0].value);
      };
      await expect(model.fit(DIGITS.x, DIGITS.y, { onEpoch })).rejects.toThrow(DeviceError);
      expect(last.some((w) => w !== 0)).toBe(true);
      expect(model.weights).toEqual(last);

      await model.fit(DIGITS.x, DIGITS.y, { onEpoch: () => {} });
      expect((await model.evaluate(DIGITS.x, DIGITS.y)).accuracy).toBeGreaterThan(0.9);
      model.dispose();
    });
  }
});

test(
  "20 × create, fit, predict, dispose leaves no live GPU buffer",
  async () => {
    const live = countLiveBuffers();
    const { x, y } = strokeDigits({ rows: 40, seed: 0 });
    for (let i = 0; i < 20; i++) {
      const model = new SoftmaxRegression({ device: "webgpu", solver: "sgd", epochs: 1 });
      await model.fit(x, y);
      expect(live.size).toBe(0);
      await model.predict(x);
      expect(live.size).toBe(0);
      model.dispose();
    }
    expect(live.created).toBeGreaterThan(200);
  },
  MANY_COMPILATIONS,
);

test.each([
  ["f32", 4],
  ["f16", 2],
  ["u8", 1],
] as const)(
  "rows in %s take %s bytes an element on the device, and all the rest at most 64 MiB",
  async (storage, bytes) => {
    const live = countLiveBuffers();
    const [rows, features, classes] = [20_000, 256, 100];
    const data = Float32Array.from({ length: rows * features }, (_, i) => (i % 255) / 255);
    const labels = Uint32Array.from({ length: rows }, (_, i) => i % classes);
    const backend = disposeLater(await WebGpuBackend.open({ tuning: "quick" }));
    const dataset = await backend.createDataset({
      x: { data, rows, cols: features },
      targets: { kind: "labels", labels },
      storage,
    });
    expect(live.peak).toBe(rows * features * bytes + rows * 4 + 16);
    const trainer = await backend.createTrainer({ features, classes, bias: true });
    const order = Uint32Array.from({ length: 512 }, (_, i) => i);
    await trainer.sgd(dataset, sgdSteps([order], 256, { momentum: 0.9 }));
    expect(live.peak).toBeLessThanOrEqual(1.15 * rows * features * bytes + 2 ** 26);
    trainer.dispose();
    dataset.dispose();
    expect(live.size).toBe(0);
  },
);

test("a caller's own device that is lost is a DeviceError, each time", async () => {
  const device = await ownDevice();
  device.destroy();
  const model = disposeLater(new SoftmaxRegression({ device }));
  for (let i = 0; i < 2; i++) {
    await expect(model.fit(DIGITS.x, DIGITS.y)).rejects.toThrow(DeviceError);
    await expect(model.fit(DIGITS.x, DIGITS.y)).rejects.toThrow(/lost \(destroyed\).*use another device$/);
  }
});

test("a caller's own device that is lost between two calls is a DeviceError", async () => {
  const device = await ownDevice();
  const model = disposeLater(new SoftmaxRegression({ device }));
  await model.fit(DIGITS.x, DIGITS.y);
  device.destroy();
  await expect(model.predict(DIGITS.x)).rejects.toThrow(DeviceError);
  await expect(model.predict(DIGITS.x)).rejects.toThrow(DeviceError);
});
