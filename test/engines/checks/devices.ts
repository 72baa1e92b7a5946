/** Checks of which device is taken, and why. */
import { assert, type Checks, rejection } from "./given.ts";

const X = [[0], [1], [4], [5]];
const Y = ["low", "low", "high", "high"];

export const DEVICE_CHECKS: Checks = {
  "WebAssembly, since there is no GPU, and the reason is said": async ({ library }) => {
    const model = new library.main.SoftmaxRegression();
    await model.fit(X, Y);
    const { kind, reason } = model.device ?? {};
    const words =
      /^auto: (this environment has no WebGPU|WebGPU found no adapter|WebGPU has only a software adapter)$/;
    assert(kind === "wasm" && words.test(reason ?? ""), `${kind}: ${reason}`);
    model.dispose();
  },
};

export const WITHOUT_WEBGPU_CHECKS: Checks = {
  "by name it is an error that says what to use instead": async ({ library }) => {
    const { SoftmaxRegression, DeviceError } = library.main;
    const error = await rejection(new SoftmaxRegression({ device: "webgpu" }).fit(X, Y));
    assert(error instanceof DeviceError && /no WebGPU|no adapter/.test(error.message), String(error));
    assert(error.message.includes('device: "auto"'), error.message);
  },
};
