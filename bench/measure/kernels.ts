/** Each kernel alone at one shape: first what it computes, then how long a dispatch takes. */
import { defaultPlan, type GpuDevice } from "../../src/backends/webgpu/index.ts";
import { inputsOf, type KernelCase, type KernelInputs } from "../kernels/case.ts";
import { forward } from "../kernels/forward.ts";
import { gradient } from "../kernels/gradient.ts";
import { matmul } from "../kernels/matmul.ts";
import { sgd } from "../kernels/sgd.ts";
import { softmax } from "../kernels/softmax.ts";
import type { BenchShape, BenchStorage, KernelRecord } from "../record.ts";
import { TOLERANCE } from "./error.ts";
import { KernelRun } from "./kernel-run.ts";
import { PassClock } from "./pass-clock.ts";

/** The kernels that are measured, in the order of the data flow; the first two are also one, forward. */
const KERNELS: Readonly<Record<string, (inputs: KernelInputs) => KernelCase>> = {
  matmul,
  softmax,
  forward,
  gradient,
  sgd,
};

/**
 * Measures all kernels. One that fails is told to `onFailure` and left out; the others go on. Rejects with
 * the signal's reason after an abort; nothing stays allocated.
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
  const inputs = inputsOf(shape, storage, defaultPlan(model, gpu.traits));
  const clock = new PassClock(gpu);
  const records: KernelRecord[] = [];
  try {
    for (const [name, kernel] of Object.entries(KERNELS)) {
      signal?.throwIfAborted();
      await measureKernel(gpu, clock, kernel(inputs), rounds, signal).then(
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
