/** Compiled compute kernels: a specialised shader, with buffers bound by the names that its file declares. */
import { DeviceError } from "../../errors.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { type BindingLayout, type Constants, type Shader, specialise } from "./shader.ts";

/** WebGPU's limit on workgroups in one dimension of a dispatch. */
const MAX_GROUPS = 65_535;

/** What a name of a shader is bound to: a whole buffer, or a range of one. */
export type Bound = GPUBuffer | GPUBufferBinding;

/** Kernels compiled on one device, each once. */
export class KernelCache {
  readonly #gpu: GpuDevice;
  readonly #kernels = new Map<string, Promise<Kernel>>();

  constructor(gpu: GpuDevice) {
    this.#gpu = gpu;
  }

  /** Compiles `shader` with `constants`, once. @throws DeviceError with line and source, if it does not compile */
  get(shader: Shader, constants: Constants): Promise<Kernel> {
    const code = specialise(shader, constants);
    const kernel = this.#kernels.get(code) ?? compile(this.#gpu, shader, code);
    this.#kernels.set(code, kernel);
    // A failure is not cached: the next attempt may succeed.
    kernel.catch(() => this.#kernels.delete(code));
    return kernel;
  }
}

/** One kernel, ready to be bound and dispatched. */
export class Kernel {
  readonly #device: GPUDevice;
  readonly #shader: Shader;
  readonly #pipeline: GPUComputePipeline;
  readonly #layout: GPUBindGroupLayout;

  constructor(device: GPUDevice, shader: Shader, pipeline: GPUComputePipeline, layout: GPUBindGroupLayout) {
    this.#device = device;
    this.#shader = shader;
    this.#pipeline = pipeline;
    this.#layout = layout;
  }

  /** Binds a buffer to every name that the shader declares. @throws RangeError for a name without a buffer */
  bind(buffers: Readonly<Record<string, Bound | undefined>>): GPUBindGroup {
    const { name: label, bindings } = this.#shader;
    const entries = bindings.map(({ name, binding, type, size }) => {
      const bound = buffers[name];
      if (!bound) throw new RangeError(`${label}.wgsl: expected a buffer for the binding ${name}, got none`);
      const range = "buffer" in bound ? bound : { buffer: bound };
      return { binding, resource: type === "uniform" ? { ...range, size } : range };
    });
    return this.#device.createBindGroup({ label, layout: this.#layout, entries });
  }

  /** Encodes a dispatch of `groups` workgroups that reads its uniform at `offset` bytes. */
  encode(pass: GPUComputePassEncoder, bindGroup: GPUBindGroup, offset: number, groups: number): void {
    const height = Math.ceil(groups / MAX_GROUPS);
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, bindGroup, [offset]);
    pass.dispatchWorkgroups(Math.ceil(groups / height), height);
  }
}

async function compile(gpu: GpuDevice, shader: Shader, code: string): Promise<Kernel> {
  const { device } = gpu;
  const label = shader.name;
  const layout = device.createBindGroupLayout({ label, entries: shader.bindings.map(layoutEntry) });
  const { module, messages } = await checkedModule(gpu, label, code);
  const errors = messages.filter(({ type }) => type === "error");
  if (errors.length > 0)
    throw new DeviceError(`${label}.wgsl`, errors.map((error) => explain(error, code)).join("\n"));

  const pipeline = await gpu.accepted(`compiling ${label}.wgsl`, () =>
    device.createComputePipelineAsync({
      label,
      layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: shader.entryPoint },
    }),
  );
  return new Kernel(device, shader, pipeline, layout);
}

/** Creates a module and returns the compiler's messages, which say more than an error scope. */
async function checkedModule(gpu: GpuDevice, label: string, code: string) {
  gpu.assertAlive();
  gpu.device.pushErrorScope("validation");
  const module = gpu.device.createShaderModule({ label, code });
  const [scope, information] = await Promise.allSettled([
    gpu.device.popErrorScope(),
    module.getCompilationInfo(),
  ]);
  gpu.assertAlive();
  for (const { status, ...outcome } of [scope, information]) {
    if (status === "rejected")
      throw new DeviceError("device", `compiling ${label}.wgsl: no answer`, { cause: outcome });
  }
  return { module, messages: information.status === "fulfilled" ? information.value.messages : [] };
}

function layoutEntry({ binding, type, size }: BindingLayout): GPUBindGroupLayoutEntry {
  const dynamic = type === "uniform" ? { hasDynamicOffset: true, minBindingSize: size } : {};
  return { binding, visibility: GPUShaderStage.COMPUTE, buffer: { type, ...dynamic } };
}

/** Returns a compiler's message with the source lines around the place that it names. */
function explain({ lineNum, linePos, message }: GPUCompilationMessage, code: string): string {
  const around = code
    .split("\n")
    .map((text, i) => `${i + 1 === lineNum ? ">" : " "} ${i + 1} | ${text}`)
    .slice(Math.max(0, lineNum - 3), lineNum + 2);
  return `line ${lineNum}, column ${linePos}: ${message}\n${around.join("\n")}`;
}
