/**
 * Runs one kernel once on arrays, outside any trainer. Every buffer it may write gets a tail of canaries that
 * must survive: out-of-bounds writes are silent on a GPU.
 */
import { expect } from "vitest";
import type { GpuDevice } from "../../src/backends/webgpu/gpu-device.ts";
import { KernelCache } from "../../src/backends/webgpu/kernel.ts";
import type { Constants, Shader } from "../../src/backends/webgpu/shader.ts";

const CANARIES = 64;
const CANARY = 0x7a5c_3e19;

/** Inputs of one run. Buffers by the shader's names, all 32-bit; missing fields of `segment` are 0. */
export interface KernelRun {
  readonly shader: Shader;
  readonly constants: Constants;
  readonly segment: Readonly<Record<string, number>>;
  readonly buffers: Readonly<Record<string, Float32Array | Uint32Array>>;
  readonly groups: number;
}

/** Runs a kernel and returns the contents of its writable buffers, as f32. */
export async function runKernel(gpu: GpuDevice, run: KernelRun): Promise<Record<string, Float32Array>> {
  const { device } = gpu;
  const { shader } = run;
  const kernel = await new KernelCache(gpu).get(shader, run.constants);
  const made = Object.fromEntries(
    shader.bindings.map((layout) => {
      const words =
        layout.type === "uniform"
          ? uniformWords(layout, run.segment)
          : withCanaries(run.buffers[layout.name]);
      const usage =
        layout.type === "uniform" ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      const buffer = device.createBuffer({ size: words.byteLength, usage: usage | GPUBufferUsage.COPY_DST });
      device.queue.writeBuffer(buffer, 0, words);
      return [layout.name, buffer] as const;
    }),
  );
  const results: Record<string, Float32Array> = {};
  try {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    kernel.encode(pass, kernel.bind(made), 0, run.groups);
    pass.end();
    device.queue.submit([encoder.finish()]);
    for (const { name, type } of shader.bindings) {
      if (type === "storage") results[name] = await readWithoutCanaries(gpu, made[name], name);
    }
  } finally {
    for (const buffer of Object.values(made)) buffer.destroy();
  }
  return results;
}

function uniformWords(
  layout: Shader["bindings"][number],
  values: Readonly<Record<string, number>>,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(64);
  const floats = new Float32Array(words.buffer);
  for (const { name, offset, type } of layout.fields)
    (type === "u32" ? words : floats)[offset / 4] = values[name] ?? 0;
  return words;
}

/** Pads the words to whole vectors and appends canaries. */
function withCanaries(array: Float32Array | Uint32Array): Uint32Array<ArrayBuffer> {
  const padded = Math.max(4, Math.ceil(array.length / 4) * 4);
  const words = new Uint32Array(padded + CANARIES).fill(CANARY);
  words.set(new Uint32Array(array.buffer, array.byteOffset, array.length));
  return words;
}

async function readWithoutCanaries(gpu: GpuDevice, source: GPUBuffer, name: string): Promise<Float32Array> {
  const { device } = gpu;
  const staging = device.createBuffer({
    size: source.size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, staging, 0, source.size);
  device.queue.submit([encoder.finish()]);
  const bytes = await gpu.mapForReading(staging, source.size);
  staging.destroy();
  const words = new Uint32Array(bytes);
  const tail = words.subarray(words.length - CANARIES);
  expect(
    tail.every((word) => word === CANARY),
    `canaries behind ${name}`,
  ).toBe(true);
  return new Float32Array(bytes, 0, words.length - CANARIES);
}
