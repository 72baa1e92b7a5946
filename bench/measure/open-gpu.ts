/** A device for measuring, with a clock where there is one; the measurement's own, apart from any contender's. */
import { GpuDevice } from "../../src/backends/webgpu/index.ts";

/**
 * Runs `work` with a fresh device, which is destroyed with everything on it however that ends.
 *
 * @throws DeviceError
 */
export async function withGpu<T>(work: (gpu: GpuDevice) => Promise<T>): Promise<T> {
  const gpu = await GpuDevice.acquire(true, "measured", ["timestamp-query"]);
  try {
    return await work(gpu);
  } finally {
    gpu.dispose();
  }
}
