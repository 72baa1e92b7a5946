/** GPU buffers: allocation of named ones that are freed together, and their way back to the host. */
import { LimitError } from "../../errors.ts";
import type { GpuDevice } from "./gpu-device.ts";

/** Sizes are rounded up to a whole vector, so that a buffer can be bound as vectors of four. */
const ALIGNMENT = 16;

/** The use of a buffer, from which its usage flags follow. */
export type BufferRole = "storage" | "uniform" | "readback";

/** Size in bytes and role of a buffer. */
export interface BufferSpec {
  readonly size: number;
  readonly role: BufferRole;
}

/** Buffers by name, freed together. */
export interface Buffers<Name extends string> {
  readonly get: Readonly<Record<Name, GPUBuffer>>;
  dispose(): void;
}

/**
 * Allocates buffers, zero-filled, labelled `owner.name`.
 *
 * @throws LimitError  a size over the device's limits; nothing is allocated
 * @throws DeviceError out of memory; what was allocated is freed
 */
export async function allocate<Name extends string>(
  gpu: GpuDevice,
  owner: string,
  specs: Readonly<Record<Name, BufferSpec>>,
): Promise<Buffers<Name>> {
  const { limits } = gpu.device;
  const entries = Object.entries<BufferSpec>(specs).map(([name, { size, role }]) => {
    const limit =
      role === "storage"
        ? Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize)
        : limits.maxBufferSize;
    const rounded = Math.max(ALIGNMENT, Math.ceil(size / ALIGNMENT) * ALIGNMENT);
    if (rounded > limit)
      throw new LimitError(
        `${owner}.${name}`,
        `needs ${rounded} bytes, this device allows ${limit} in a buffer`,
      );
    return { name, size: rounded, usage: usageOf(role) };
  });
  const made: GPUBuffer[] = [];
  const dispose = () => {
    for (const buffer of made) buffer.destroy();
  };
  try {
    await gpu.accepted(`allocating ${owner}`, () => {
      for (const { name, size, usage } of entries) {
        made.push(gpu.device.createBuffer({ label: `${owner}.${name}`, size, usage }));
      }
    });
  } catch (error) {
    dispose();
    throw error;
  }
  const get = Object.fromEntries(entries.map(({ name }, i) => [name, made[i]])) as Record<Name, GPUBuffer>;
  return { get, dispose };
}

function usageOf(role: BufferRole): GPUBufferUsageFlags {
  if (role === "readback") return GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const binding = role === "uniform" ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE;
  return binding | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
}

/** Most memory for copies on their way to the host, bytes, unless a single buffer takes more. */
const READBACK_BYTES = 2 ** 28;

/** Reads the first `size` bytes of each buffer as float32, as many buffers in one copy as the device allows. */
export async function readBuffers(
  gpu: GpuDevice,
  buffers: readonly GPUBuffer[],
  size: number,
): Promise<Float32Array[]> {
  const most = Math.min(READBACK_BYTES, gpu.device.limits.maxBufferSize);
  const atOnce = Math.max(1, Math.floor(most / size));
  const values: Float32Array[] = [];
  for (let first = 0; first < buffers.length; first += atOnce) {
    const sources = buffers.slice(first, first + atOnce);
    const bytes = await readTogether(gpu, sources, size);
    values.push(...sources.map((_, i) => new Float32Array(bytes, i * size, size / 4)));
  }
  return values;
}

/** Reads the first `size` bytes of each source, one source after the other. */
async function readTogether(
  gpu: GpuDevice,
  sources: readonly GPUBuffer[],
  size: number,
): Promise<ArrayBuffer> {
  const { label } = sources[0];
  const total = sources.length * size;
  const staging = await allocate(gpu, label, { readback: { size: total, role: "readback" } });
  try {
    const encoder = gpu.device.createCommandEncoder({ label });
    for (const [i, source] of sources.entries())
      encoder.copyBufferToBuffer(source, 0, staging.get.readback, i * size, size);
    gpu.device.queue.submit([encoder.finish()]);
    return await gpu.mapForReading(staging.get.readback, total);
  } finally {
    staging.dispose();
  }
}
