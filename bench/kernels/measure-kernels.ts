/** Measures each kernel alone at one shape: checks its result, then times a dispatch. */
import { defaultPlan, type GpuDevice } from "../../src/backends/webgpu/index.ts";
import { isPossible } from "../../src/backends/webgpu/plan.ts";
import { PassClock } from "../measure/pass-clock.ts";
import { TOLERANCE } from "../measure/problem.ts";
import type { BenchShape, BenchStorage, KernelRecord } from "../record.ts";
import { BoundKernel } from "./bound-kernel.ts";
import { KERNELS, type KernelCase } from "./kernel-cases.ts";
import { inputsOf } from "./kernel-inputs.ts";

/**
 * Measures all kernels that can run on this device at this shape. Leaves out a kernel that fails, tells `onFailure` and
 * goes on. Rejects with the signal's reason after an abort; nothing stays allocated.
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
  kernelCase: KernelCase,
  rounds: number,
  signal: AbortSignal | undefined,
): Promise<Omit<KernelRecord, "shape" | "storage">> {
  const { shader, variant, flops, bytes } = kernelCase;
  const kernel = await BoundKernel.create(gpu, kernelCase);
  try {
    kernel.submit();
    const error = await kernelCase.check(kernel);
    const time = await clock.measure(kernel.encode, rounds, signal);
    return { kernel: shader.name, variant, time, flops, bytes, error, tolerance: TOLERANCE };
  } finally {
    kernel.dispose();
  }
}
