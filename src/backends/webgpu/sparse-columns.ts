/**
 * Columns of sparse rows on the GPU, for gradients. Those of a pass over all rows are listed and uploaded once. Those of
 * steps go up with the submit that needs them, all into the same buffers, since the queue keeps the order of writes and
 * submits.
 */
import { pause } from "../../pause.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { ColumnList, ColumnLister } from "./column-lists.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { ColumnUploads } from "./program.ts";
import { type ColumnFields, MAX_RECORDS } from "./records.ts";
import type { SparseWebGpuDataset } from "./sparse-dataset.ts";
import type { Cut, SparseSegment } from "./sparse-segments.ts";

/** Columns by the names of sparse-gradient.wgsl. */
export type ColumnBuffers = Buffers<"columns" | "positions" | "entryValues">;

/** Numbers of columns and of entries. */
interface Extent {
  readonly columns: number;
  readonly entries: number;
}

function allocateColumns(
  gpu: GpuDevice,
  { columns, entries }: Extent,
  isValued: boolean,
): Promise<ColumnBuffers> {
  return allocate(gpu, "columns", {
    columns: { size: 8 * columns, role: "storage" },
    positions: { size: 4 * entries, role: "storage" },
    entryValues: { size: isValued ? 4 * entries : 0, role: "storage" },
  });
}

/** Writes lists one after the other, and returns where the columns of each lie. */
function writeLists(
  gpu: GpuDevice,
  { get }: ColumnBuffers,
  lists: readonly ColumnList[],
  start: Extent = { columns: 0, entries: 0 },
): ColumnFields[] {
  const sizes = extentOf(lists);
  const columns = new Uint32Array(2 * sizes.columns);
  const positions = new Uint32Array(sizes.entries);
  const values = new Float32Array(lists.some((list) => list.values) ? sizes.entries : 0);
  let [placed, entries] = [0, 0];
  const fields = lists.map((list) => {
    const { shortColumns, longColumns } = list;
    columns.set(list.columns, 2 * placed);
    positions.set(list.positions, entries);
    if (list.values) values.set(list.values, entries);
    const own = list.columns.length / 2;
    for (let c = placed; c < placed + own; c++) columns[2 * c + 1] += start.entries + entries;
    const ofSegment = { columns: start.columns + placed, shortColumns, longColumns };
    placed += own;
    entries += list.positions.length;
    return ofSegment;
  });
  const write = (
    buffer: GPUBuffer,
    at: number,
    array: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>,
  ) => {
    // Deno ends the process at an empty write.
    if (array.length > 0) gpu.device.queue.writeBuffer(buffer, at, array);
  };
  write(get.columns, 8 * start.columns, columns);
  write(get.positions, 4 * start.entries, positions);
  write(get.entryValues, 4 * start.entries, values);
  return fields;
}

function extentOf(lists: readonly ColumnList[]): Extent {
  return {
    columns: lists.reduce((sum, list) => sum + list.columns.length / 2, 0),
    entries: lists.reduce((sum, list) => sum + list.positions.length, 0),
  };
}

/** Columns of steps. */
export class StepColumns implements ColumnUploads<SparseSegment> {
  readonly capacity: number;
  readonly buffers: ColumnBuffers;
  readonly #gpu: GpuDevice;

  private constructor(gpu: GpuDevice, capacity: number, buffers: ColumnBuffers) {
    this.#gpu = gpu;
    this.capacity = capacity;
    this.buffers = buffers;
  }

  /** @param stepEntries most entries of a segment of more than one row. @throws LimitError, DeviceError */
  static async create(
    gpu: GpuDevice,
    { longestRow, isValued }: SparseWebGpuDataset,
    stepEntries: number,
  ): Promise<StepColumns> {
    const capacity = Math.max(2 * stepEntries, longestRow + 1);
    const extent = { columns: capacity + MAX_RECORDS, entries: capacity };
    return new StepColumns(gpu, capacity, await allocateColumns(gpu, extent, isValued));
  }

  sizeOf({ entries }: SparseSegment): number {
    return entries;
  }

  write(segments: readonly SparseSegment[]): ColumnFields[] {
    return writeLists(
      this.#gpu,
      this.buffers,
      segments.flatMap(({ list }) => list ?? []),
    );
  }

  dispose(): void {
    this.buffers.dispose();
  }
}

/** Columns of all rows, cut into the segments of a pass. */
export class PassColumns implements ColumnUploads<SparseSegment> {
  readonly capacity = Infinity;
  /** Those of each chunk. */
  readonly buffers: readonly ColumnBuffers[];
  /** Those of each segment. */
  readonly fields: readonly ColumnFields[];

  private constructor(buffers: readonly ColumnBuffers[], fields: readonly ColumnFields[]) {
    this.buffers = buffers;
    this.fields = fields;
  }

  /** @throws LimitError, DeviceError, or the signal's reason; nothing stays allocated */
  static async create(
    gpu: GpuDevice,
    data: SparseWebGpuDataset,
    cuts: readonly Cut[],
    lister: ColumnLister,
    signal?: AbortSignal,
  ): Promise<PassColumns> {
    const buffers: ColumnBuffers[] = [];
    const fields: ColumnFields[] = [];
    try {
      for (const [chunk, { first }] of data.chunks.entries()) {
        const own = cuts.filter((cut) => cut.chunk === chunk);
        const room = await allocateColumns(gpu, roomFor(own, data.features), data.isValued);
        buffers.push(room);
        let start: Extent = { columns: 0, entries: 0 };
        for (const cut of own) {
          await pause(signal);
          gpu.assertAlive();
          const list = lister.list(cut.count, (at) => first + cut.first + at);
          fields.push(...writeLists(gpu, room, [list], start));
          const { columns, entries } = extentOf([list]);
          start = { columns: start.columns + columns, entries: start.entries + entries };
        }
      }
      return new PassColumns(buffers, fields);
    } catch (error) {
      for (const own of buffers) own.dispose();
      throw error;
    }
  }

  sizeOf(): number {
    return 0;
  }

  /** Returns where the columns lie; they are there already. */
  write(segments: readonly SparseSegment[]): ColumnFields[] {
    return segments.map(({ fields }) => fields);
  }

  dispose(): void {
    for (const own of this.buffers) own.dispose();
  }
}

/** Returns the room for the columns of segments, each of which has one more, the end of the last. */
function roomFor(cuts: readonly Cut[], features: number): Extent {
  return {
    columns: cuts.reduce((sum, { entries }) => sum + Math.min(entries, features + 1) + 1, 0),
    entries: cuts.reduce((sum, { entries }) => sum + entries, 0),
  };
}
