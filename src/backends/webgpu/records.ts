/**
 * Uploads of a submit: row indices, and one uniform record per segment, which kernels read at a dynamic offset. Records
 * are laid out as the shaders' own struct says.
 *
 * A new uniform field needs three edits: the shaders' struct Segment; the field of `Batch` or `NO_UPDATE` in
 * segments.ts; its value, in the function there that makes the batch or the update.
 */
import matmul from "../../../shaders/matmul.wgsl";
import type { GpuDevice } from "./gpu-device.ts";
import type { Segment } from "./segments.ts";
import type { UniformField } from "./shader.ts";

/** Distance between records, bytes: WebGPU's default alignment of dynamic offsets, which every device meets. */
export const RECORD_STRIDE = 256;

/** Most records of one submit. */
export const MAX_RECORDS = 512;

/** Fields of the struct `Segment`, which all kernels share. */
const FIELDS = matmul.bindings.find(({ type }) => type === "uniform")?.fields ?? [];

/** Fields of the record that only sparse rows have, for those that have none. */
export const NO_COLUMNS = { columns: 0, shortColumns: 0, longColumns: 0 };

/** The columns of a segment of sparse rows that have a value, by the shaders' names. */
export type ColumnFields = Readonly<typeof NO_COLUMNS>;

/** A segment, and where its row indices and losses lie in a submit's buffers. */
export interface Placement<S extends Segment = Segment> {
  readonly segment: S;
  readonly orderStart: number;
  readonly lossSlot: number;
  /** Loss pairs that the segment writes from `lossSlot` on. */
  readonly lossPairs: number;
}

/** Writes one record per segment into the uniform buffer `records`. @param columns those of each segment, if sparse */
export function writeRecords(
  gpu: GpuDevice,
  records: GPUBuffer,
  placements: readonly Placement[],
  columns?: readonly ColumnFields[],
): void {
  const bytes = new DataView(new ArrayBuffer(placements.length * RECORD_STRIDE));
  for (const [i, placement] of placements.entries())
    writeRecord(bytes, i * RECORD_STRIDE, FIELDS, {
      ...recordOf(placement),
      ...(columns?.[i] ?? NO_COLUMNS),
    });
  gpu.device.queue.writeBuffer(records, 0, bytes.buffer);
}

/** Joins the row indices of all segments in the order of their placement. */
export function orderOf(placements: readonly Placement[]): Uint32Array<ArrayBuffer> {
  const length = placements.reduce((sum, { segment }) => sum + (segment.rows?.length ?? 0), 0);
  const order = new Uint32Array(length);
  for (const { segment, orderStart } of placements) if (segment.rows) order.set(segment.rows, orderStart);
  return order;
}

/** Returns the values of the uniform fields by name; further properties are ignored. */
function recordOf({ segment, orderStart, lossSlot }: Placement): Record<string, number> {
  const { rows, first, count, isFirst } = segment;
  const { update, ...batch } = segment.batch;
  return {
    ...batch,
    ...update,
    first: rows ? orderStart : first,
    rows: count,
    shuffled: rows ? 1 : 0,
    lossSlot,
    accumulate: isFirst ? 0 : 1,
  };
}

function writeRecord(
  bytes: DataView,
  start: number,
  fields: readonly UniformField[],
  values: Record<string, number>,
): void {
  for (const { name, offset, type } of fields) {
    const value = values[name];
    if (value === undefined)
      throw new RangeError(`the shaders' Segment has a field ${name}, for which segments.ts has no value`);
    if (type === "u32") bytes.setUint32(start + offset, value, true);
    else bytes.setFloat32(start + offset, value, true);
  }
}
