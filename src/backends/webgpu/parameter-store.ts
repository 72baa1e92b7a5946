/**
 * A trainer's parameters on the device, and what its steps keep beside them. What only some kinds of steps need is
 * allocated when the first of them comes; until then, what was written back of it waits on the host.
 */
import type { Parameters } from "../../objective.ts";
import type { ModelShape, OptimiserState } from "../backend.ts";
import { allocate, type Buffers } from "./buffers.ts";
import { geometryOf } from "./geometry.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { packParameters, unpackParameters } from "./parameters.ts";
import { readBuffers } from "./readback.ts";
import type { Copy } from "./submitter.ts";

/** What every trainer has. */
type Always = "weights" | "velocity" | "gradient";

/** What comes with AdamW, and with averaging. */
export type Optional = "secondMoment" | "average";

/** Buffers of the parameters' shape. */
export class ParameterStore {
  readonly #gpu: GpuDevice;
  readonly #shape: ModelShape;
  readonly #always: Buffers<Always>;
  /** Where the gradient lands on its way to the host. */
  #staging: Buffers<"readback"> | null = null;
  readonly #allocated = new Map<Optional, Buffers<string>>();
  /** Optional parts that steps have used since the parameters were written. */
  readonly #used = new Set<Optional>();
  /** Optional parts that were written back and not used yet, packed. */
  readonly #waiting = new Map<Optional, Float32Array<ArrayBuffer>>();

  private constructor(gpu: GpuDevice, shape: ModelShape, always: Buffers<Always>) {
    this.#gpu = gpu;
    this.#shape = shape;
    this.#always = always;
  }

  /** Zeros. @throws LimitError, DeviceError; nothing stays allocated */
  static async create(gpu: GpuDevice, shape: ModelShape): Promise<ParameterStore> {
    const { parameterBytes: size } = geometryOf(shape);
    const always = await allocate(gpu, "parameters", {
      weights: { size, role: "storage" },
      velocity: { size, role: "storage" },
      gradient: { size, role: "storage" },
    });
    return new ParameterStore(gpu, shape, always);
  }

  /** What is allocated, by name. */
  get buffers(): Readonly<Record<Always, GPUBuffer> & Partial<Record<Optional, GPUBuffer>>> {
    const optional = [...this.#allocated].map(([name, { get }]) => [name, get[name]] as const);
    return { ...this.#always.get, ...Object.fromEntries(optional) };
  }

  /** Sets the parameters; all else becomes zeros, or is forgotten. */
  write(parameters: Parameters): void {
    const packed = this.#pack(parameters);
    this.#send(this.#always.get.weights, packed);
    this.#send(this.#always.get.velocity, packed.fill(0));
    this.#used.clear();
    this.#waiting.clear();
  }

  /** The inverse of {@link readState}. */
  writeState({ parameters, velocity, secondMoment, average }: OptimiserState): void {
    this.write(parameters);
    this.#send(this.#always.get.velocity, this.#pack(velocity));
    if (secondMoment) this.#waiting.set("secondMoment", this.#pack(secondMoment));
    if (average) this.#waiting.set("average", this.#pack(average));
  }

  /** Makes an optional part ready for steps that use it. @throws LimitError, DeviceError */
  async use(name: Optional): Promise<void> {
    if (this.#used.has(name)) return;
    const { parameterBytes: size } = geometryOf(this.#shape);
    const buffers =
      this.#allocated.get(name) ??
      (await allocate<string>(this.#gpu, "parameters", { [name]: { size, role: "storage" } }));
    this.#allocated.set(name, buffers);
    this.#send(buffers.get[name], this.#waiting.get(name) ?? new Float32Array(size / 4));
    this.#waiting.delete(name);
    this.#used.add(name);
  }

  /** A copy of the gradient to the host, given to `take`; its buffer is made once. @throws LimitError, DeviceError */
  async gradientCopy(take: (gradient: Parameters) => void): Promise<Copy> {
    const { parameterBytes: size } = geometryOf(this.#shape);
    this.#staging ??= await allocate(this.#gpu, "gradient", { readback: { size, role: "readback" } });
    const { readback } = this.#staging.get;
    return {
      encode: (encoder) => encoder.copyBufferToBuffer(this.#always.get.gradient, 0, readback, 0, size),
      read: async () => take(this.#unpack(new Float32Array(await this.#gpu.mapForReading(readback, size)))),
    };
  }

  /** The parameters, or the gradient that was taken last. */
  async read(name: "weights" | "gradient"): Promise<Parameters> {
    const [values] = await this.#readAll([this.#always.get[name]]);
    return this.#unpack(values);
  }

  /** All that steps have left, in one readback. */
  async readState(): Promise<OptimiserState> {
    const { weights, velocity } = this.#always.get;
    const used = [...this.#allocated].filter(([name]) => this.#used.has(name));
    const buffers = [weights, velocity, ...used.map(([name, { get }]) => get[name])];
    const waiting = [...this.#waiting];
    const [parameters, v, ...rest] = await this.#readAll(buffers);
    const optional = [...waiting, ...used.map(([name], i) => [name, rest[i]] as const)];
    return {
      parameters: this.#unpack(parameters),
      velocity: this.#unpack(v),
      ...Object.fromEntries(optional.map(([name, values]) => [name, this.#unpack(values)])),
    };
  }

  dispose(): void {
    this.#always.dispose();
    this.#staging?.dispose();
    for (const buffers of this.#allocated.values()) buffers.dispose();
  }

  #readAll(buffers: readonly GPUBuffer[]): Promise<Float32Array[]> {
    return readBuffers(this.#gpu, buffers, geometryOf(this.#shape).parameterBytes);
  }

  #pack(parameters: Parameters): Float32Array<ArrayBuffer> {
    return packParameters(parameters, this.#shape, geometryOf(this.#shape).weights4);
  }

  #unpack(packed: Float32Array): Parameters {
    return unpackParameters(packed, this.#shape, geometryOf(this.#shape).weights4);
  }

  #send(buffer: GPUBuffer, packed: Float32Array<ArrayBuffer>): void {
    this.#gpu.device.queue.writeBuffer(buffer, 0, packed);
  }
}
