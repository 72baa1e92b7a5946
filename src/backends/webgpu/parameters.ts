/**
 * A trainer's parameters on the device: how they lie there, their way there and back, and the buffers of the same
 * shape that steps keep beside them. Buffers that only some steps need (second moment, average) are allocated when
 * first used; a restored state waits on the host until then.
 */

import { LimitError } from "../../errors.ts";
import type { Parameters } from "../../parameters.ts";
import type { ModelShape, OptimiserState } from "../backend.ts";
import { allocate, type Buffers, readBuffers } from "./buffers.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Copy } from "./submitter.ts";

/** Sizes of parameters as the kernels read them: W `[K, weights4, 4]`, the bias in the last vector of each row. */
export interface ParameterLayout {
  /** ⌈D/4⌉, vectors in a row of X. */
  readonly features4: number;
  /** Vectors in a row of W, including the one of the bias. */
  readonly weights4: number;
  /** Bytes of W, and of every buffer of its shape. */
  readonly bytes: number;
}

/** Returns the layout of a shape's parameters. */
export function layoutOf({ features, classes, bias }: ModelShape): ParameterLayout {
  const features4 = Math.ceil(features / 4);
  const weights4 = features4 + (bias ? 1 : 0);
  return { features4, weights4, bytes: classes * weights4 * 16 };
}

/** Packs parameters for the device: `[K, weights4, 4]` f32. */
export function packParameters(
  { weights, bias }: Parameters,
  shape: ModelShape,
  weights4: number,
): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(shape.classes * weights4 * 4);
  for (let k = 0; k < shape.classes; k++) {
    packed.set(weights.subarray(k * shape.features, (k + 1) * shape.features), k * weights4 * 4);
    if (shape.bias) packed[(k + 1) * weights4 * 4 - 4] = bias[k];
  }
  return packed;
}

/** Unpacks what {@link packParameters} packed. */
export function unpackParameters(packed: Float32Array, shape: ModelShape, weights4: number): Parameters {
  const weights = new Float64Array(shape.classes * shape.features);
  const bias = new Float64Array(shape.classes);
  for (let k = 0; k < shape.classes; k++) {
    const start = k * weights4 * 4;
    weights.set(packed.subarray(start, start + shape.features), k * shape.features);
    if (shape.bias) bias[k] = packed[start + weights4 * 4 - 4];
  }
  return { weights, bias };
}

/** How a trainer's parameters lie on the device. */
export interface Packing {
  /** Bytes of every buffer of their shape. */
  readonly bytes: number;
  pack(parameters: Parameters): Float32Array<ArrayBuffer>;
  unpack(packed: Float32Array): Parameters;
}

/** Returns the packing of parameters for dense rows. */
export function densePacking(shape: ModelShape): Packing {
  const { weights4, bytes } = layoutOf(shape);
  return {
    bytes,
    pack: (parameters) => packParameters(parameters, shape, weights4),
    unpack: (packed) => unpackParameters(packed, shape, weights4),
  };
}

/** Kernels count the vectors of the parameters in 32 bits. */
const MAX_PARAMETER_BYTES = 2 ** 34;

/** @throws LimitError parameters that are too many for 32-bit indices or for a buffer of the device */
export function checkParameterBytes(
  { device }: GpuDevice,
  { classes, features }: ModelShape,
  { bytes }: Packing,
): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize, MAX_PARAMETER_BYTES);
  if (bytes <= limit) return;
  const what = `${classes} classes × ${features} features`;
  throw new LimitError("x", `${what} need a buffer of ${bytes} bytes, this device allows ${limit}`);
}

/** Buffers that every trainer has. */
type Always = "weights" | "velocity" | "gradient";

/** Buffers that only AdamW and averaging need. */
export type Optional = "secondMoment" | "average";

/** The buffers of one trainer that have the shape of its parameters. */
export class ParameterStore {
  readonly #gpu: GpuDevice;
  readonly #packing: Packing;
  readonly #always: Buffers<Always>;
  /** Receives the gradient on its way to the host. */
  #staging: Buffers<"readback"> | null = null;
  readonly #allocated = new Map<Optional, Buffers<string>>();
  /** Optional buffers that steps have used since the parameters were written. */
  readonly #used = new Set<Optional>();
  /** Restored contents of optional buffers that no step has used yet, packed. */
  readonly #restored = new Map<Optional, Float32Array<ArrayBuffer>>();

  private constructor(gpu: GpuDevice, packing: Packing, always: Buffers<Always>) {
    this.#gpu = gpu;
    this.#packing = packing;
    this.#always = always;
  }

  /** Allocates parameters of zero. @throws LimitError, DeviceError; nothing stays allocated */
  static async create(gpu: GpuDevice, packing: Packing): Promise<ParameterStore> {
    const { bytes: size } = packing;
    const always = await allocate(gpu, "parameters", {
      weights: { size, role: "storage" },
      velocity: { size, role: "storage" },
      gradient: { size, role: "storage" },
    });
    return new ParameterStore(gpu, packing, always);
  }

  /** Bytes of each buffer. */
  get bytes(): number {
    return this.#packing.bytes;
  }

  /** All allocated buffers by name. */
  get buffers(): Readonly<Record<Always, GPUBuffer> & Partial<Record<Optional, GPUBuffer>>> {
    const optional = [...this.#allocated].map(([name, { get }]) => [name, get[name]] as const);
    return { ...this.#always.get, ...Object.fromEntries(optional) };
  }

  /** Sets the parameters, sets the velocity to zero and forgets the optional buffers' contents. */
  write(parameters: Parameters): void {
    const packed = this.#packing.pack(parameters);
    this.#send(this.#always.get.weights, packed);
    this.#send(this.#always.get.velocity, packed.fill(0));
    this.#used.clear();
    this.#restored.clear();
  }

  /** Restores what {@link readState} returned. */
  writeState({ parameters, velocity, secondMoment, average }: OptimiserState): void {
    this.write(parameters);
    this.#send(this.#always.get.velocity, this.#packing.pack(velocity));
    if (secondMoment) this.#restored.set("secondMoment", this.#packing.pack(secondMoment));
    if (average) this.#restored.set("average", this.#packing.pack(average));
  }

  /** Makes an optional buffer ready for steps that use it. @throws LimitError, DeviceError */
  async use(name: Optional): Promise<void> {
    if (this.#used.has(name)) return;
    const { bytes: size } = this.#packing;
    const buffers =
      this.#allocated.get(name) ??
      (await allocate<string>(this.#gpu, "parameters", { [name]: { size, role: "storage" } }));
    this.#allocated.set(name, buffers);
    this.#send(buffers.get[name], this.#restored.get(name) ?? new Float32Array(size / 4));
    this.#restored.delete(name);
    this.#used.add(name);
  }

  /** Returns a copy of the gradient to the host, which calls `onRead` with it. @throws LimitError, DeviceError */
  async gradientCopy(onRead: (gradient: Parameters) => void): Promise<Copy> {
    const { bytes: size } = this.#packing;
    this.#staging ??= await allocate(this.#gpu, "gradient", { readback: { size, role: "readback" } });
    const { readback } = this.#staging.get;
    return {
      encode: (encoder) => encoder.copyBufferToBuffer(this.#always.get.gradient, 0, readback, 0, size),
      read: async () =>
        onRead(this.#packing.unpack(new Float32Array(await this.#gpu.mapForReading(readback, size)))),
    };
  }

  /** Reads the parameters, or the gradient that was reduced last. */
  async read(name: "weights" | "gradient"): Promise<Parameters> {
    const [values] = await this.#readAll([this.#always.get[name]]);
    return this.#packing.unpack(values);
  }

  /** Reads everything that the next steps depend on, in one readback. */
  async readState(): Promise<OptimiserState> {
    const { weights, velocity } = this.#always.get;
    const used = [...this.#allocated].filter(([name]) => this.#used.has(name));
    const buffers = [weights, velocity, ...used.map(([name, { get }]) => get[name])];
    const restored = [...this.#restored];
    const [parameters, v, ...rest] = await this.#readAll(buffers);
    const optional = [...restored, ...used.map(([name], i) => [name, rest[i]] as const)];
    return {
      parameters: this.#packing.unpack(parameters),
      velocity: this.#packing.unpack(v),
      ...Object.fromEntries(optional.map(([name, values]) => [name, this.#packing.unpack(values)])),
    };
  }

  dispose(): void {
    this.#always.dispose();
    this.#staging?.dispose();
    for (const buffers of this.#allocated.values()) buffers.dispose();
  }

  /** Writes values of the shape of the parameters into a buffer. */
  writeTo(buffer: GPUBuffer, values: Parameters): void {
    this.#send(buffer, this.#packing.pack(values));
  }

  #readAll(buffers: readonly GPUBuffer[]): Promise<Float32Array[]> {
    return readBuffers(this.#gpu, buffers, this.#packing.bytes);
  }

  #send(buffer: GPUBuffer, packed: Float32Array<ArrayBuffer>): void {
    this.#gpu.device.queue.writeBuffer(buffer, 0, packed);
  }
}
