/**
 * A device for measuring, with what kernels and clocks can use; the measurement's own, apart from any
 * contender's.
 */
import { DeviceError, GpuDevice } from "../../src/backends/webgpu/index.ts";

const WANTED_FEATURES: readonly GPUFeatureName[] = ["timestamp-query", "shader-f16", "subgroups"];

const WANTED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
] as const;

/**
 * Runs `work` with a fresh device, which is destroyed with everything on it however that ends.
 *
 * @throws DeviceError
 */
export async function withGpu<T>(work: (gpu: GpuDevice) => Promise<T>): Promise<T> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new DeviceError("device", "there is no WebGPU adapter here");
  const device = await adapter.requestDevice({
    label: "benchmark",
    requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  const gpu = GpuDevice.adopt(device);
  try {
    return await work(gpu);
  } finally {
    gpu.dispose();
    device.destroy();
  }
}
