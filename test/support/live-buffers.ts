/** Counts GPU buffers, until the mocks are restored. */
import { vi } from "vitest";

/** Counts of GPU buffers. */
export interface LiveBuffers {
  /** Buffers that were created and not destroyed. */
  readonly size: number;
  readonly created: number;
  /** Most bytes alive at once. */
  readonly peak: number;
}

/** Counts buffers from now on. */
export function countLiveBuffers(): LiveBuffers {
  const live = new Set<GPUBuffer>();
  let created = 0;
  let peak = 0;
  const { createBuffer } = GPUDevice.prototype;
  vi.spyOn(GPUDevice.prototype, "createBuffer").mockImplementation(function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      live.delete(buffer);
      return destroy();
    };
    live.add(buffer);
    created++;
    peak = Math.max(
      peak,
      [...live].reduce((sum, { size }) => sum + size, 0),
    );
    return buffer;
  });
  return {
    get size() {
      return live.size;
    },
    get created() {
      return created;
    },
    get peak() {
      return peak;
    },
  };
}
