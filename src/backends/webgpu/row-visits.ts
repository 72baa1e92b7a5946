/**
 * Runs a kernel over rows in a caller's buffers: one dispatch for each window, many dispatches in a submit. A buffer that
 * the device does not take is noticed here, before any kernel of a trainer is given it.
 */
import type { DeviceRows } from "../../data/gpu-rows.ts";
import { DataError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { RunOptions } from "../backend.ts";
import { allocate } from "./buffers.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Bound, Kernel } from "./kernel.ts";
import { RECORD_STRIDE } from "./records.ts";
import type { RowWindow } from "./row-windows.ts";
import type { Shader } from "./shader.ts";

/** Most dispatches of a submit, and elements that they visit: some tens of milliseconds on a slow adapter. */
const MOST = { visits: 512, elements: 2 ** 26 };

/** Rows of a window that a dispatch visits. */
export interface Visit {
  readonly window: RowWindow;
  /** Number of rows: all of the window, or those that are listed. */
  readonly rows: number;
  /** Position in the list of the first row's index. */
  readonly listed: number;
  /** Row of the result that the first row goes to. */
  readonly to: number;
}

/** A compiled kernel that reads a caller's rows, and what else it is given. */
export interface VisitingKernel {
  readonly kernel: Kernel;
  readonly shader: Shader;
  /** Buffers of all bindings but `piece` and `source`. */
  readonly buffers: Readonly<Record<string, Bound>>;
  /** Largest absolute value that is written. */
  readonly limit: number;
  /** Number of workgroups for so many rows. */
  readonly groups: (rows: number) => number;
}

/**
 * Runs a kernel over rows.
 *
 * @throws DataError a buffer that the device does not take; LimitError, DeviceError, the signal's reason
 */
export async function visitRows(
  gpu: GpuDevice,
  x: DeviceRows,
  visiting: VisitingKernel,
  visits: readonly Visit[],
  { signal }: RunOptions = {},
): Promise<void> {
  for (const together of submitsOf(visits, x.cols)) {
    await pause(signal);
    const records = await allocate(gpu, "rows", {
      piece: { size: together.length * RECORD_STRIDE, role: "uniform" },
    });
    try {
      writePieces(gpu, records.get.piece, visiting, together);
      const refusal = await gpu.refusalOf(() => submit(gpu, records.get.piece, visiting, together));
      if (refusal !== null)
        throw new DataError(
          x.argument,
          `the device does not take its buffer, which is destroyed or belongs to another device than the option device: ${refusal}`,
        );
    } finally {
      records.dispose();
    }
  }
}

/** Groups visits by submits. */
function* submitsOf(visits: readonly Visit[], cols: number): Generator<Visit[]> {
  let together: Visit[] = [];
  let elements = 0;
  for (const visit of visits) {
    const more = visit.rows * cols;
    if (together.length > 0 && (together.length === MOST.visits || elements + more > MOST.elements)) {
      yield together;
      [together, elements] = [[], 0];
    }
    together.push(visit);
    elements += more;
  }
  if (together.length > 0) yield together;
}

function submit(gpu: GpuDevice, piece: GPUBuffer, visiting: VisitingKernel, visits: readonly Visit[]): void {
  const { kernel, shader, buffers, groups } = visiting;
  const encoder = gpu.device.createCommandEncoder({ label: shader.name });
  const pass = encoder.beginComputePass({ label: shader.name });
  for (const [i, { window, rows }] of visits.entries()) {
    const bindGroup = kernel.bind({ ...buffers, piece, source: window.binding });
    kernel.encode(pass, bindGroup, i * RECORD_STRIDE, groups(rows));
  }
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
}

/** Writes one record for each visit, laid out as the shaders' struct Piece. */
function writePieces(
  gpu: GpuDevice,
  buffer: GPUBuffer,
  { shader, limit }: VisitingKernel,
  visits: readonly Visit[],
): void {
  const fields = shader.bindings.find(({ type }) => type === "uniform")?.fields ?? [];
  const bytes = new DataView(new ArrayBuffer(visits.length * RECORD_STRIDE));
  for (const [i, { window, rows, listed, to }] of visits.entries()) {
    const { start, stride } = window;
    const values: Record<string, number> = { start, stride, rows, listed, to, limit };
    for (const { name, offset, type } of fields) {
      const at = i * RECORD_STRIDE + offset;
      if (type === "u32") bytes.setUint32(at, values[name], true);
      else bytes.setFloat32(at, values[name], true);
    }
  }
  gpu.device.queue.writeBuffer(buffer, 0, bytes.buffer);
}
