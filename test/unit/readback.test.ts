/** Reading buffers back: complete, in order, in copies that the device can hold. Without a device. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readBuffers } from "../../src/backends/webgpu/buffers.ts";
import type { GpuDevice } from "../../src/backends/webgpu/gpu-device.ts";

/** A fake buffer with its bytes. */
interface Memory extends GPUBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

beforeEach(() => {
  vi.stubGlobal("GPUBufferUsage", { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 });
});
afterEach(() => vi.unstubAllGlobals());

const SIZE = 64;

test.each([
  [SIZE, [1, 1, 1, 1, 1]],
  [2 * SIZE + 16, [2, 2, 1]],
  [2 ** 28, [5]],
] as const)("five buffers, if a buffer may have %s bytes", async (maxBufferSize, copies) => {
  const staged: number[] = [];
  let alive = 0;
  const gpu = {
    device: {
      limits: { maxBufferSize, maxStorageBufferBindingSize: maxBufferSize },
      createBuffer: ({ size }: GPUBufferDescriptor) => {
        staged.push(size / SIZE);
        alive++;
        return { bytes: new Uint8Array(size), destroy: () => alive-- };
      },
      queue: { submit: () => {} },
      createCommandEncoder: () => ({
        copyBufferToBuffer: (source: Memory, from: number, target: Memory, to: number, size: number) =>
          target.bytes.set(source.bytes.subarray(from, from + size), to),
        finish: () => ({}),
      }),
    },
    accepted: async (_what: string, work: () => unknown) => work(),
    mapForReading: async ({ bytes }: Memory, size: number) => bytes.buffer.slice(0, size),
  } as unknown as GpuDevice;
  const buffers = Array.from({ length: 5 }, (_, i) => {
    const values = Float32Array.from({ length: SIZE / 4 }, (_v, j) => 100 * i + j);
    return { label: "test", bytes: new Uint8Array(values.buffer) } as unknown as Memory;
  });
  const read = await readBuffers(gpu, buffers, SIZE);
  expect(staged).toEqual(copies);
  expect(alive).toBe(0);
  expect(read.map((values) => [...values])).toEqual(
    buffers.map(({ bytes }) => [...new Float32Array(bytes.buffer)]),
  );
});
