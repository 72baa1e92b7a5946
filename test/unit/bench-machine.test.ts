/** The benchmark on browsers that tell little of their GPU, or never answer, and on a GPU that is lost already. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Contender } from "../../bench/contenders/contender.ts";
import type { GpuWatch } from "../../bench/measure/gpu-watch.ts";
import { describeGpu, describeMachine } from "../../bench/measure/machine.ts";
import { measureSteps } from "../../bench/measure/training-steps.ts";
import { DeviceError } from "../../src/errors.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Lets `navigator.gpu` give this adapter. */
function giveAdapter(adapter: object | Promise<never>): void {
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
}

describe("the GPU", () => {
  test("of a browser that does not describe it has empty names, and counts as no software", async () => {
    giveAdapter({ features: new Set(["shader-f16"]), limits: {} });
    const nothing = { vendor: "", architecture: "", device: "", description: "" };
    expect(await describeGpu()).toEqual({
      ...nothing,
      software: false,
      features: ["shader-f16"],
      limits: {},
    });
  });

  test("is known as software by the adapter's own flag, where its info has none", async () => {
    giveAdapter({ info: { vendor: "google" }, isFallbackAdapter: true, features: [], limits: {} });
    expect(await describeGpu()).toMatchObject({ vendor: "google", device: "", software: true });
  });

  test("that never answers is refused in time, and the machine is described without it", async () => {
    vi.useFakeTimers();
    giveAdapter(new Promise<never>(() => {}));
    const [gpu, machine] = [describeGpu(), describeMachine()];
    const refused = expect(gpu).rejects.toThrow(DeviceError);
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
    expect((await machine).adapter).toBeNull();
  });
});

describe("steps", () => {
  const SHAPE = { rows: 4, features: 2, classes: 2 };

  /** A contender that is right, and notes what it is asked. */
  function noted(device: Contender["device"]) {
    const runs: number[] = [];
    let opened = 0;
    const contender: Contender = {
      name: "noted",
      library: { name: "noted", version: "1" },
      storage: "f32",
      device,
      open: async ({ features, classes }) => {
        opened++;
        return {
          run: async (count) => void runs.push(count),
          weights: async () => new Float32Array(features * classes),
          dispose: () => {},
        };
      },
    };
    return { contender, runs, opened: () => opened };
  }

  test("are not begun on a GPU that is lost already", async () => {
    const { contender, opened } = noted("webgpu");
    const lost = new DeviceError("device", "lost");
    const watch = { isLost: true, guard: () => Promise.reject(lost) } as unknown as GpuWatch;
    const { failures } = await measureSteps(SHAPE, [contender], { rounds: 1, watch });
    expect(failures.map(({ message }) => message)).toEqual([lost.message]);
    expect(opened()).toBe(0);
  });

  test("are calibrated again if that was disturbed", async () => {
    const { contender, runs } = noted("wasm");
    const attention = {
      /** Disturbed once, while the steps of a round are counted for the first time. */
      get disturbances() {
        return runs.length > 1 ? 1 : 0;
      },
      ready: async () => {},
    };
    await measureSteps(SHAPE, [contender], { rounds: 0, attention });
    // Counting begins with two steps.
    expect(runs.filter((count) => count === 2)).toEqual([2, 2]);
  });
});
