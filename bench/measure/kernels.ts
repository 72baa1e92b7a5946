/** Each kernel alone at one shape: first what it computes, then how long a dispatch takes. */
import { defaultPlan, type GpuDevice, type StepPlan } from "../../src/backends/webgpu/index.ts";
import { isPossible } from "../../src/backends/webgpu/plan.ts";
import { inputsOf, type KernelCase, type KernelInputs } from "../kernels/case.ts";
import { forward } from "../kernels/forward.ts";
import { gradient } from "../kernels/gradient.ts";
import { gradientShared } from "../kernels/gradient-shared.ts";
import { matmul } from "../kernels/matmul.ts";
import { scoresShared } from "../kernels/scores-shared.ts";
import { sgd } from "../kernels/sgd.ts";
import { softmax } from "../kernels/softmax.ts";
import type { BenchShape, BenchStorage, KernelRecord } from "../record.ts";
import { TOLERANCE } from "./error.ts";
import { KernelRun } from "./kernel-run.ts";
import { PassClock } from "./pass-clock.ts";

/** A kernel, and the route of a step it belongs to where not every device can take it. */
interface Measurable {
  readonly prepare: (inputs: KernelInputs) => KernelCase;
  readonly route?: StepPlan["route"];
}

/** The kernels that are measured: the engine's four, then those that do several things in one, by route. */
const KERNELS: Readonly<Record<string, Measurable>> = {
  matmul: { prepare: matmul },
  softmax: { prepare: softmax },
  gradient: { prepare: gradient },
  sgd: { prepare: sgd },
  forward: { prepare: forward },
  "scores-shared": { prepare: scoresShared, route: "shared" },
  "gradient-shared": { prepare: gradientShared, route: "shared" },
};

/**
 * Measures all kernels that can run here at this shape. One that fails is told to `onFailure` and left out; the others
 * go on. Rejects with the signal's reason after an abort; nothing stays allocated.
 */
export async function measureKernels(
  gpu: GpuDevice,
  shape: BenchShape,
  storage: BenchStorage,
  rounds: number,
  signal?: AbortSignal,
  onFailure: (kernel: string, error: unknown) => void = () => {},
): Promise<KernelRecord[]> {
  const model = { features: shape.features, classes: shape.classes, bias: true };
  const plan = defaultPlan(model, gpu.traits);
  const inputs = inputsOf(shape, storage, plan);
  const clock = new PassClock(gpu);
  const records: KernelRecord[] = [];
  try {
    for (const [name, { prepare, route }] of Object.entries(KERNELS)) {
      if (route && !isPossible({ ...plan, route }, gpu.traits)) continue;
      signal?.throwIfAborted();
      await measureKernel(gpu, clock, prepare(inputs), rounds, signal).then(
        (record) => records.push({ ...record, shape, storage }),
        (error) => {
          signal?.throwIfAborted();
          onFailure(name, error);
        },
      );
    }
  } finally {
    clock.dispose();
  }
  return records;
}

async function measureKernel(
  gpu: GpuDevice,
  clock: PassClock,
  kernel: KernelCase,
  rounds: number,
  signal: AbortSignal | undefined,
): Promise<Omit<KernelRecord, "shape" | "storage">> {
  const { shader, variant, flops, bytes } = kernel;
  const run = await KernelRun.create(gpu, kernel);
  try {
    run.submit();
    const error = await kernel.check(run);
    const time = await clock.measure(run.encode, rounds, signal);
    return { kernel: shader.name, variant, time, flops, bytes, error, tolerance: TOLERANCE };
  } finally {
    run.dispose();
  }
}
