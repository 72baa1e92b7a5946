/** Shaders, constants and bindings of WebGPU's kernels, for every operation, without a device. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { WebGpuDataset } from "../../src/backends/webgpu/dataset.ts";
import type { Operation } from "../../src/backends/webgpu/dispatches.ts";
import { defaultPlan, type StepPlan } from "../../src/backends/webgpu/plan.ts";
import { type Constants, type Shader, specialise } from "../../src/backends/webgpu/shader.ts";
import { type TrainerContext, Workspace } from "../../src/backends/webgpu/workspace.ts";

describe("a workspace", () => {
  /** All operations: the compiler misses one that is not here. */
  const EVERY: Readonly<Record<Operation, true>> = {
    matmul: true,
    softmax: true,
    probabilities: true,
    forward: true,
    gradient: true,
    scoresShared: true,
    gradientShared: true,
    sgd: true,
    reduceGradient: true,
    adamw: true,
    average: true,
    outcomes: true,
    weightedRows: true,
  };
  const OPERATIONS = Object.keys(EVERY) as Operation[];

  /** Constants that the kernels in workgroup memory do not take from the host. */
  const OWN_CONSTANTS = ["SIDE", "WORKGROUP_SIZE"];

  afterEach(() => vi.unstubAllGlobals());

  /** Prepares every operation without a device; returns shader, constants and bound buffers of each kernel. */
  async function prepareAll(software = true) {
    vi.stubGlobal("GPUBufferUsage", { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 });
    const buffersOf = (...names: string[]) => ({
      get: Object.fromEntries(names.map((label) => [label, { label }])),
    });
    const made: { shader: Shader; constants: Constants; bound: Record<string, unknown>[] }[] = [];
    const shape = { features: 6, classes: 21, bias: true };
    const frame = buffersOf("segment", "order", "losses", "readback");
    const context = {
      gpu: {
        device: {
          limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
          createBuffer: ({ label }: GPUBufferDescriptor) => ({ label }),
        },
        traits: { software },
        accepted: async (_what: string, work: () => unknown) => work(),
      },
      kernels: {
        get: async (shader: Shader, constants: Constants) => {
          const bound: Record<string, unknown>[] = [];
          made.push({ shader, constants, bound });
          return { bind: (buffers: Record<string, unknown>) => bound.push(buffers) };
        },
      },
      shape,
      parameters: { buffers: buffersOf("weights", "velocity", "gradient", "secondMoment", "average").get },
      submitter: { frames: [frame, frame] },
    } as unknown as TrainerContext;
    const data = {
      rows: 100,
      features: 6,
      storage: "u8",
      isScaled: true,
      unit: 1,
      targetKind: "distributions",
      sampleWeights: new Float32Array(100).fill(1),
      chunks: [{ first: 0, rows: 100, buffers: buffersOf("x", "targets", "sampleWeights") }],
    } as unknown as WebGpuDataset;
    const traits = { software, subgroupSize: 4, maxThreads: 256, maxSharedBytes: 2 ** 15 };
    const plan: StepPlan = { ...defaultPlan(shape, traits), route: "shared" };
    await (await Workspace.create(context, data, plan)).program(OPERATIONS);
    return made;
  }

  test("sets all constants of every kernel, and no others", async () => {
    const common = ["matmul", "softmax", "softmax"];
    const shared = ["scores-shared", "gradient-shared"];
    const others = ["sgd", "sgd", "adamw", "average", "outcomes", "weighted-rows"];
    for (const software of [true, false]) {
      const made = await prepareAll(software);
      const fitted = software ? ["forward-quad", "gradient-quad"] : ["forward", "gradient"];
      expect(made.map(({ shader }) => shader.name)).toEqual([...common, ...fitted, ...shared, ...others]);
      for (const { shader, constants } of made) {
        const own = shader.name.endsWith("shared") ? OWN_CONSTANTS : [];
        const expected = Object.keys(shader.constants).filter((name) => !own.includes(name));
        expect(Object.keys(constants).sort(), shader.name).toEqual(expected.sort());
        expect(() => specialise(shader, constants)).not.toThrow();
      }
    }
  });

  test("has a buffer for every name a kernel binds", async () => {
    for (const { shader, bound } of await prepareAll()) {
      expect(bound, "one bind group per frame and chunk").toHaveLength(2);
      for (const buffers of bound)
        for (const { name } of shader.bindings) expect(buffers[name], `${shader.name}.${name}`).toBeDefined();
    }
  });

  test("binds the gradient as the velocity of reduceGradient", async () => {
    const made = await prepareAll();
    const velocityOf = (i: number) => made[i].bound[0].velocity;
    expect(velocityOf(7)).toEqual({ label: "velocity" });
    expect(velocityOf(8)).toEqual({ label: "gradient" });
  });
});
