/** Allocation of named GPU buffers that live and die together, with sizes checked before the device is asked. */
import { LimitError } from "../../errors.ts";
import type { GpuDevice } from "./gpu-device.ts";

/** Sizes are rounded up to a whole vector, so that a buffer can be bound as vectors of four. */
const ALIGNMENT = 16;

/** What a buffer is for; usage flags follow from it. */
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
