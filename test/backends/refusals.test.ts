/**
 * What happens if the engine refuses: WebAssembly does not compile, start or get memory, a worker cannot be sent its
 * work or says nothing. Nothing is kept of a refusal, so these tests come first in a fresh page and end with a model
 * that runs on WebAssembly.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeviceError, SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";
import { inFakeTime } from "../support/fake-time.ts";
import { countMemories } from "../support/memories.ts";
import { randomProblem } from "../support/problems.ts";

const X = [[0], [1], [2], [3]];
const Y = [0, 0, 1, 1];

async function fitted(options: SoftmaxRegressionOptions) {
  const model = new SoftmaxRegression(options);
  try {
    await model.fit(X, Y);
    return { device: model.device, weights: model.weights, labels: await model.predict(X) };
  } finally {
    model.dispose();
  }
}

beforeEach(() => {
  // A real GPU would come before WebAssembly.
  vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("WebAssembly", () => {
  const compileFails = (error: Error) => () => {
    const compile = vi.spyOn(WebAssembly, "compile").mockRejectedValue(error);
    return () => compile.mockRestore();
  };
  const CASES: readonly (readonly [string, () => () => void, words: RegExp, policy: boolean])[] = [
    [
      "is forbidden by a policy, as Chromium says it",
      compileFails(
        new WebAssembly.CompileError(
          "WebAssembly.compile(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script",
        ),
      ),
      /does not compile here: .*Refused/,
      true,
    ],
    [
      "is forbidden by a policy, as Firefox says it",
      compileFails(new WebAssembly.CompileError("call to WebAssembly.compile() blocked by CSP")),
      /does not compile here: .*blocked/,
      true,
    ],
    [
      "does not compile for want of memory",
      compileFails(new RangeError("Out of memory: cannot allocate code space")),
      /does not compile here: Out of memory/,
      false,
    ],
    [
      "gets no memory",
      () => countMemories(0).restore,
      /gives no WebAssembly memory: could not allocate memory/,
      false,
    ],
    [
      "does not start",
      () => {
        const instantiate = vi.spyOn(WebAssembly, "instantiate").mockImplementation(() => {
          throw new RangeError("cannot allocate an instance");
        });
        return () => instantiate.mockRestore();
      },
      /does not start here: cannot allocate an instance/,
      false,
    ],
    [
      "is not there",
      () => {
        vi.stubGlobal("WebAssembly", undefined);
        return () => vi.unstubAllGlobals();
      },
      /has no WebAssembly/,
      false,
    ],
  ];

  test.each(CASES)(
    "%s: a DeviceError in the engine's words, and auto takes the reference",
    async (_, refuse, words, isPolicy) => {
      const restore = refuse();
      try {
        const error = await fitted({ device: "wasm" }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(DeviceError);
        expect(String(error)).toMatch(words);
        expect(String(error)).toMatch(/use device: "auto" or "reference"$/);
        expect(/policy|CSP needs|wasm-unsafe-eval/.test(String(error))).toBe(isPolicy);
        const { device, labels } = await fitted({ device: "auto" });
        expect(device).toMatchObject({ kind: "reference", reason: expect.stringMatching(words) });
        expect(device?.reason).toMatch(/^auto: this environment has no WebGPU: /);
        expect(labels).toEqual(Y);
      } finally {
        restore();
      }
    },
  );

  test("is taken when the engine no longer refuses", async () => {
    expect((await fitted({ device: "auto" })).device?.kind).toBe("wasm");
  });
});

describe("workers", () => {
  /** B·D·K is large enough for `"auto"` to try workers. */
  const { source } = randomProblem({ rows: 1500, features: 300, classes: 20 });
  const labels = source.targets.kind === "labels" ? source.targets.labels : [];

  async function weightsOf(options: SoftmaxRegressionOptions): Promise<Float32Array> {
    const shared = { device: "wasm", solver: "sgd", epochs: 12, batchSize: 1500 } as const;
    const model = new SoftmaxRegression({ ...shared, ...options });
    try {
      await model.fit(source.x, labels);
      return model.weights;
    } finally {
      model.dispose();
    }
  }

  /** From the `first` message on, no worker can be sent anything; gives the number of messages tried. */
  async function refuseMessages(first: number) {
    const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
    const { prototype } = node ? node.Worker : globalThis.Worker;
    const { postMessage } = prototype as { postMessage: (...values: unknown[]) => void };
    let tried = 0;
    vi.spyOn(prototype, "postMessage").mockImplementation(function (this: unknown, ...values: unknown[]) {
      tried++;
      if (tried >= first) throw new DOMException("Module object could not be cloned", "DataCloneError");
      return postMessage.apply(this, values);
    });
    return () => tried;
  }

  test.each([
    ["their rows", 1],
    ["a step, in the middle of a fit", 4],
  ])(
    "cannot be sent %s: a DeviceError if they were asked for; auto goes on without, with the same bits",
    async (_, first) => {
      const undisturbed = await weightsOf({ threads: "auto" });
      const tried = await refuseMessages(first);
      await expect(weightsOf({ threads: 2 })).rejects.toThrow(DeviceError);
      expect(tried()).toBe(first);
      await expect(weightsOf({ threads: 2 })).rejects.toThrow(
        /cannot be sent its work: .*could not be cloned/,
      );
      vi.restoreAllMocks();
      const triedByAuto = await refuseMessages(first);
      expect(await weightsOf({ threads: "auto" })).toEqual(undisturbed);
      expect(triedByAuto()).toBe(first);
    },
  );

  const SILENT = "data:text/javascript,setInterval(() => {}, 1e6)";

  test("say nothing: a DeviceError after half a minute, and an abort is heard before", async () => {
    const options = { device: "wasm", threads: 2, workerUrl: SILENT } as const;
    const { outcome, time } = await inFakeTime(() => fitted(options));
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: { name: "DeviceError", message: expect.stringMatching(/did not answer within 30 seconds/) },
    });
    expect(time).toBe(30_000);
    const controller = new AbortController();
    const model = new SoftmaxRegression(options);
    const aborted = await inFakeTime(async () => {
      const fit = model.fit(X, Y, { signal: controller.signal });
      setTimeout(() => controller.abort(), 1000);
      await fit;
    });
    expect(aborted).toMatchObject({
      outcome: { status: "rejected", reason: { name: "AbortError" } },
      time: 1000,
    });
    model.dispose();
  });

  test("do not start: the message says why", async () => {
    const error = await fitted({ device: "wasm", threads: 2, workerUrl: "no/such/worker.js" }).catch(String);
    expect(error).toMatch(/^DeviceError: device: /);
    expect(error).toMatch(/no.such.worker\.js/);
  });
});
