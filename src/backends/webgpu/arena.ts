/**
 * The uniform records of a submit, one per segment, that kernels reach by dynamic offset: written in one go,
 * laid out as the shader's own struct says.
 */
import matmul from "../../../shaders/matmul.wgsl";
import type { GpuDevice } from "./gpu-device.ts";
import type { Segment } from "./segments.ts";
import type { UniformField } from "./shader.ts";

/** Distance between records, bytes: WebGPU's default alignment of dynamic offsets, which every device meets. */
export const RECORD_STRIDE = 256;

/** Most records of one submit. */
export const MAX_RECORDS = 512;

/** The struct `Segment` that all kernels declare alike. */
const FIELDS = matmul.bindings.find(({ type }) => type === "uniform")?.fields ?? [];

/** Where in a submit's buffers a segment finds its row indices and leaves its losses. */
export interface Placement {
  readonly segment: Segment;
  readonly orderStart: number;
  readonly lossSlot: number;
}

/** Writes one record per segment. */
export function writeRecords(gpu: GpuDevice, arena: GPUBuffer, placements: readonly Placement[]): void {
  const bytes = new DataView(new ArrayBuffer(placements.length * RECORD_STRIDE));
  for (const [i, placement] of placements.entries())
    writeRecord(bytes, i * RECORD_STRIDE, FIELDS, recordOf(placement));
  gpu.device.queue.writeBuffer(arena, 0, bytes.buffer);
}

function recordOf({ segment, orderStart, lossSlot }: Placement): Record<string, number> {
  const { batch, rows, first, count, isFirst } = segment;
  const { scale, splits, labelSmoothing, unit, update } = batch;
  return {
    first: rows ? orderStart : first,
    rows: count,
    shuffled: rows ? 1 : 0,
    lossSlot,
    scale,
    splits,
    accumulate: isFirst ? 0 : 1,
    learningRate: update?.learningRate ?? 0,
    momentum: update?.momentum ?? 0,
    nesterov: update?.nesterov ? 1 : 0,
    l2: update?.l2 ?? 0,
    labelSmoothing,
    l1: update?.l1 ?? 0,
    gain1: update?.adamw?.gain1 ?? 0,
    gain2: update?.adamw?.gain2 ?? 0,
    epsilon: update?.adamw?.epsilon ?? 0,
    decay: update?.adamw?.decay ?? 0,
    averaged: update?.averaged ?? 0,
    unit,
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
      throw new RangeError(`the shaders' Segment has a field ${name} that the host does not set`);
    if (type === "u32") bytes.setUint32(start + offset, value, true);
    else bytes.setFloat32(start + offset, value, true);
  }
}
