/**
 * Rows that lie in GPU buffers of the caller's: measured, read by the host as far as it needs a few of them, and made
 * into data sets. Nothing is written to the caller's buffers, and none is destroyed.
 */
import packRows from "../../../shaders/pack-rows.wgsl";
import rowNorms from "../../../shaders/row-norms.wgsl";
import type { DeviceRows } from "../../data/gpu-rows.ts";
import { allocate as allocateArray, type Matrix } from "../../data/matrix.ts";
import type { Standardization } from "../../data/standardization.ts";
import { NO_TARGETS } from "../../data/targets.ts";
import type { DeviceSource, RowsOnDevice, RunOptions, Scaling } from "../backend.ts";
import { allocate, readBuffers } from "./buffers.ts";
import {
  allocateChunk,
  type Chunk,
  disposeAll,
  type RowRange,
  rangesOf,
  rowSizes,
  targetSpecs,
} from "./chunks.ts";
import { WebGpuDataset } from "./dataset.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { KernelCache } from "./kernel.ts";
import { type Visit, visitRows } from "./row-visits.ts";
import { type BindingLimits, rowsInPlace, windowsOf } from "./row-windows.ts";
import type { Constants } from "./shader.ts";
import { uploadTargets } from "./upload.ts";

/** Rows whose norms come back in one copy, and elements that one dispatch visits. */
const MOST = { rows: 2 ** 22, elements: 2 ** 24 };

/** Numbers of the kernels for how rows are stored. */
const STORAGE = { f32: 0, f16: 2 } as const;

/** Largest finite float32. */
const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** Constants of the kernels that do not depend on the rows. */
const PACK = { WORKGROUP_SIZE: 64 };
const NORMS = { LANES: 16, WORKGROUP_SIZE: 64 };

/** {@link RowsOnDevice} on WebGPU. */
export class WebGpuRows implements RowsOnDevice {
  readonly #gpu: GpuDevice;
  readonly #kernels: KernelCache;
  readonly #maxChunkBytes: number;
  readonly #limits: BindingLimits;

  /** @param maxChunkBytes largest binding of rows; at most the device's own limit */
  constructor(gpu: GpuDevice, kernels: KernelCache, maxChunkBytes: number) {
    this.#gpu = gpu;
    this.#kernels = kernels;
    this.#maxChunkBytes = maxChunkBytes;
    this.#limits = {
      alignment: gpu.device.limits.minStorageBufferOffsetAlignment,
      most: maxChunkBytes,
    };
  }

  async squaredNorms(
    x: DeviceRows,
    columns?: Standardization,
    options: RunOptions = {},
  ): Promise<Float32Array> {
    const norms = allocateArray(Float32Array, x.rows, x.argument);
    for (let first = 0; first < x.rows; first += MOST.rows) {
      const rows = Math.min(MOST.rows, x.rows - first);
      norms.set(await this.#normsOf(x, { first, rows }, columns, options), first);
    }
    return norms;
  }

  async read(x: DeviceRows, indices: Uint32Array, options: RunOptions = {}): Promise<Matrix<Float32Array>> {
    const { cols } = x;
    const data = allocateArray(Float32Array, indices.length * cols, x.argument);
    const asValues = { ...identityOf(cols), limit: MAX_FLOAT32 };
    const sizes = rowSizes({ x, targets: NO_TARGETS }, "f32");
    for (const { first, rows } of rangesOf(indices.length, sizes, this.#maxChunkBytes)) {
      const copy = await allocate(this.#gpu, "rows", { x: { size: rows * sizes.x, role: "storage" } });
      try {
        const chosen = indices.subarray(first, first + rows);
        await this.#pack(x, listedVisits(x, chosen, this.#limits), copy.get.x, options, chosen, asValues);
        const [padded] = await readBuffers(this.#gpu, [copy.get.x], rows * sizes.x);
        for (let i = 0; i < rows; i++) {
          const start = (i * sizes.x) / 4;
          data.set(padded.subarray(start, start + cols), (first + i) * cols);
        }
      } finally {
        copy.dispose();
      }
    }
    return { data, rows: indices.length, cols };
  }

  async createDataset(source: DeviceSource, options: RunOptions = {}): Promise<WebGpuDataset> {
    const { x } = source;
    const sizes = rowSizes(source, x.dtype);
    const inPlace = rowsInPlace(x, this.#limits, sizes.targets);
    const chunks: Chunk[] = [];
    try {
      for (const { first, rows, binding } of inPlace ?? []) {
        const buffers = await allocate(this.#gpu, "dataset", targetSpecs(rows, sizes));
        const { dispose } = buffers;
        chunks.push({ first, rows, buffers: { get: { ...buffers.get, x: binding }, dispose } });
        await uploadTargets(this.#gpu, source, { first, rows, buffers }, options);
      }
      for (const range of inPlace ? [] : rangesOf(x.rows, sizes, this.#maxChunkBytes)) {
        const buffers = await allocateChunk(this.#gpu, range.rows, sizes);
        chunks.push({ ...range, buffers });
        await uploadTargets(this.#gpu, source, { ...range, buffers }, options);
        await this.#pack(x, this.#visitsOf(x, range), buffers.get.x, options);
      }
    } catch (error) {
      disposeAll(chunks);
      throw error;
    }
    return new WebGpuDataset(this.#gpu, { ...source, storage: x.dtype, unit: 1 }, chunks);
  }

  async copyRows(
    x: DeviceRows,
    indices: Uint32Array,
    scaling?: Scaling,
    options: RunOptions = {},
  ): Promise<WebGpuDataset> {
    const storage = scaling ? "f32" : x.dtype;
    const rows = { x: { rows: indices.length, cols: x.cols }, targets: NO_TARGETS };
    const sizes = rowSizes(rows, storage);
    const chunks: Chunk[] = [];
    try {
      for (const range of rangesOf(indices.length, sizes, this.#maxChunkBytes)) {
        const buffers = await allocateChunk(this.#gpu, range.rows, sizes);
        chunks.push({ ...range, buffers });
        const chosen = indices.subarray(range.first, range.first + range.rows);
        const visits = listedVisits(x, chosen, this.#limits);
        await this.#pack(x, visits, buffers.get.x, options, chosen, scaling);
      }
    } catch (error) {
      disposeAll(chunks);
      throw error;
    }
    return new WebGpuDataset(this.#gpu, { ...rows, storage, unit: 1 }, chunks);
  }

  async #normsOf(
    x: DeviceRows,
    range: RowRange,
    columns: Standardization | undefined,
    options: RunOptions,
  ): Promise<Float32Array> {
    const bytes = 4 * range.rows;
    const kernel = await this.#kernels.get(rowNorms, { ...constantsOf(x), ...NORMS });
    const own = await allocate(this.#gpu, "rows", {
      columns: { size: 8 * x.cols, role: "storage" },
      norms: { size: bytes, role: "storage" },
    });
    try {
      this.#gpu.device.queue.writeBuffer(own.get.columns, 0, columnsOf(columns ?? identityOf(x.cols)));
      const groups = (rows: number) => Math.ceil(rows / (NORMS.WORKGROUP_SIZE / NORMS.LANES));
      const visiting = { kernel, shader: rowNorms, buffers: own.get, limit: 0, groups };
      await visitRows(this.#gpu, x, visiting, this.#visitsOf(x, range), options);
      const [norms] = await readBuffers(this.#gpu, [own.get.norms], bytes);
      return norms;
    } finally {
      own.dispose();
    }
  }

  /** Writes rows into `packed`: those of the windows, or those of them that are listed. */
  async #pack(
    x: DeviceRows,
    visits: readonly Visit[],
    packed: GPUBuffer,
    options: RunOptions,
    listed?: Uint32Array,
    scaling?: Scaling,
  ): Promise<void> {
    const constants = {
      ...constantsOf(x),
      ...PACK,
      LISTED: listed !== undefined,
      SCALED: scaling !== undefined,
    };
    const kernel = await this.#kernels.get(packRows, constants);
    const own = await allocate(this.#gpu, "rows", {
      order: { size: 4 * (listed?.length ?? 0), role: "storage" },
      columns: { size: scaling ? 8 * x.cols : 0, role: "storage" },
    });
    try {
      const { queue } = this.#gpu.device;
      if (listed) queue.writeBuffer(own.get.order, 0, positionsOf(visits, listed));
      if (scaling) queue.writeBuffer(own.get.columns, 0, columnsOf(scaling));
      const words = rowSizes({ x, targets: NO_TARGETS }, scaling ? "f32" : x.dtype).x / 4;
      const groups = (rows: number) => Math.ceil((rows * words) / PACK.WORKGROUP_SIZE);
      const buffers = { ...own.get, packed };
      const visiting = { kernel, shader: packRows, buffers, limit: scaling?.limit ?? 0, groups };
      await visitRows(this.#gpu, x, visiting, visits, options);
    } finally {
      own.dispose();
    }
  }

  /** Returns visits of all rows of a range, the first of which goes to row 0 of the result. */
  #visitsOf(x: DeviceRows, range: RowRange): Visit[] {
    const mostRows = Math.max(1, Math.floor(MOST.elements / x.cols));
    return Array.from(windowsOf(x, this.#limits, range, mostRows), (window) => {
      const { first, rows } = window;
      return { window, rows, listed: 0, to: first - range.first };
    });
  }
}

/** Returns visits of the listed rows alone, the first of which goes to row 0 of the result. */
function listedVisits(x: DeviceRows, listed: Uint32Array, limits: BindingLimits): Visit[] {
  const visits: Visit[] = [];
  let next = 0;
  for (const window of windowsOf(x, limits)) {
    const from = next;
    while (next < listed.length && listed[next] < window.first + window.rows) next++;
    if (next > from) visits.push({ window, rows: next - from, listed: from, to: from });
  }
  return visits;
}

/** Returns the indices of listed rows, counted within their windows. */
function positionsOf(visits: readonly Visit[], listed: Uint32Array): Uint32Array<ArrayBuffer> {
  const positions = new Uint32Array(listed.length);
  for (const { window, rows, listed: from } of visits)
    for (let at = from; at < from + rows; at++) positions[at] = listed[at] - window.first;
  return positions;
}

function constantsOf({ cols, dtype }: DeviceRows): Constants {
  return { FEATURES: cols, STORAGE: STORAGE[dtype] };
}

/** Returns (shift, factor) of each column; factor 0 if the scale has no finite inverse in float32. */
function columnsOf({ mean, scale }: Standardization): Float32Array<ArrayBuffer> {
  const columns = new Float32Array(2 * mean.length);
  for (let j = 0; j < mean.length; j++) {
    const factor = Math.fround(1 / scale[j]);
    columns.set(Number.isFinite(factor) ? [mean[j], factor] : [0, 0], 2 * j);
  }
  return columns;
}

function identityOf(cols: number): Standardization {
  return { mean: new Float64Array(cols), scale: new Float64Array(cols).fill(1) };
}
