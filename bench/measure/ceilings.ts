/** What the adapter can do at best, each figure from a kernel whose result is checked. */
import type { GpuDevice } from "../../src/backends/webgpu/index.ts";
import type { CeilingsRecord } from "../record.ts";
import { measureMultiplyAdds } from "./multiply-adds.ts";
import { measureOverheads } from "./overheads.ts";
import { PassClock } from "./pass-clock.ts";
import { measureReading } from "./reading.ts";

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
    const read = await measureReading(gpu, clock, rounds, signal);
    return { fma, read, ...(await measureOverheads(gpu, rounds, signal)) };
  } finally {
    clock.dispose();
  }
}
