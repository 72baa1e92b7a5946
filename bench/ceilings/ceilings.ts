/** The most that the adapter can do, each figure from a kernel whose result is checked. */
import type { GpuDevice } from "../../src/backends/webgpu/index.ts";
import { PassClock } from "../measure/pass-clock.ts";
import type { CeilingsRecord } from "../record.ts";
import { measureOverheads } from "./dispatch-overheads.ts";
import { measureMemoryReads } from "./memory-reads.ts";
import { measureMultiplyAdds } from "./multiply-adds.ts";

/**
 * Measures all ceilings. Rejects with the signal's reason after an abort; nothing stays allocated.
 *
 * @throws DeviceError
 */
export async function measureCeilings(
  gpu: GpuDevice,
  rounds: number,
  signal?: AbortSignal,
): Promise<CeilingsRecord> {
  const clock = new PassClock(gpu);
  try {
    const fma = await measureMultiplyAdds(gpu, clock, rounds, signal);
    const read = await measureMemoryReads(gpu, clock, rounds, signal);
    return { fma, read, ...(await measureOverheads(gpu, rounds, signal)) };
  } finally {
    clock.dispose();
  }
}
