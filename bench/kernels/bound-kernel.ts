/** A compiled kernel with buffers of its own, which is dispatched alone: once to check its results, then for time. */
import { allocate, type Buffers } from "../../src/backends/webgpu/buffers.ts";
import {
  type Constants,
  type GpuDevice,
  type Kernel,
  KernelCache,
  type Shader,
} from "../../src/backends/webgpu/index.ts";

/** What a kernel is compiled from and bound to. */
export interface KernelSetup {
  readonly shader: Shader;
  readonly constants: Constants;
  /** Fields of the shader's uniform; those not named are 0. */
  readonly fields: Readonly<Record<string, number>>;
  /** By the shader's names: a buffer's contents; its size in bytes, if it holds zeros; or another owner's buffer. */
  readonly buffers: Readonly<Record<string, ArrayBufferView | number | GPUBuffer>>;
  /** Workgroups of a dispatch. */
  readonly groups: number;
}

/** The kernel and its buffers. */
export class BoundKernel {
  readonly #gpu: GpuDevice;
  readonly #kernel: Kernel;
  readonly #own: Buffers<string>;
  readonly #bound: GPUBindGroup;
  readonly #groups: number;

  private constructor(gpu: GpuDevice, kernel: Kernel, own: Buffers<string>, setup: KernelSetup) {
    this.#gpu = gpu;
    this.#kernel = kernel;
    this.#own = own;
    const given = Object.entries(setup.buffers).filter(([, buffer]) => isBuffer(buffer));
    this.#bound = kernel.bind({ ...own.get, ...(Object.fromEntries(given) as Record<string, GPUBuffer>) });
    this.#groups = setup.groups;
  }

  /** Compiles, allocates and fills. @throws DeviceError, LimitError; nothing stays allocated */
  static async create(gpu: GpuDevice, setup: KernelSetup): Promise<BoundKernel> {
    const { shader, constants, fields, buffers } = setup;
    const kernel = await new KernelCache(gpu).get(shader, constants);
    const uniform = shader.bindings.find(({ type }) => type === "uniform");
    const contents = Object.entries({
      ...(uniform && { [uniform.name]: packFields(uniform, fields) }),
      ...buffers,
    }).flatMap(([name, content]) => (isBuffer(content) ? [] : [[name, content] as const]));
    const specs = contents.map(([name, content]) => {
      const size = typeof content === "number" ? content : content.byteLength;
      return [name, { size, role: name === uniform?.name ? "uniform" : "storage" }] as const;
    });
    const own = await allocate<string>(gpu, shader.name, Object.fromEntries(specs));
    for (const [name, content] of contents) {
      if (typeof content === "number") continue;
      // The type does not admit that an array may lie in shared memory; none here does.
      gpu.device.queue.writeBuffer(own.get[name], 0, content as GPUAllowSharedBufferSource);
    }
    return new BoundKernel(gpu, kernel, own, setup);
  }

  /** Returns one of its own buffers, for another kernel to bind. */
  buffer(name: string): GPUBuffer {
    return this.#own.get[name];
  }

  /** Adds one dispatch. */
  readonly encode = (pass: GPUComputePassEncoder): void => {
    this.#kernel.encode(pass, this.#bound, 0, this.#groups);
  };

  /** Dispatches `count` times in one pass, without waiting. */
  submit(count = 1): void {
    const { device } = this.#gpu;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < count; i++) this.encode(pass);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  /** Reads the first `bytes` of a buffer of its own, once everything submitted is done. @throws DeviceError */
  async read(name: string, bytes: number): Promise<ArrayBuffer> {
    const staging = await allocate(this.#gpu, name, { readback: { size: bytes, role: "readback" } });
    try {
      const encoder = this.#gpu.device.createCommandEncoder();
      encoder.copyBufferToBuffer(this.#own.get[name], 0, staging.get.readback, 0, bytes);
      this.#gpu.device.queue.submit([encoder.finish()]);
      return await this.#gpu.mapForReading(staging.get.readback, bytes);
    } finally {
      staging.dispose();
    }
  }

  /** Reads the first `length` floats of a buffer of its own. @throws DeviceError */
  async readFloats(name: string, length: number): Promise<Float32Array> {
    return new Float32Array(await this.read(name, 4 * length));
  }

  dispose(): void {
    this.#own.dispose();
  }
}

function isBuffer(content: ArrayBufferView | number | GPUBuffer): content is GPUBuffer {
  return typeof content === "object" && !ArrayBuffer.isView(content);
}

function packFields(
  { size, fields }: Shader["bindings"][number],
  values: Readonly<Record<string, number>>,
): Uint8Array<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(size));
  for (const { name, offset, type } of fields) {
    if (type === "u32") bytes.setUint32(offset, values[name] ?? 0, true);
    else bytes.setFloat32(offset, values[name] ?? 0, true);
  }
  return new Uint8Array(bytes.buffer);
}
