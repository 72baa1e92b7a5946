/** Rows put into a GPU buffer in any layout, as a caller's own rows lie there. */

import type { GpuRows } from "../../src/data/gpu-rows.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { toHalf } from "../../src/data/storage.ts";

/** How rows are laid out, bytes. */
export interface Layout {
  readonly dtype?: "f32" | "f16";
  /** Default 0. */
  readonly offset?: number;
  /** Default: no gaps. */
  readonly stride?: number;
  /** Bytes after the last row. Default 0. */
  readonly after?: number;
  readonly usage?: number;
}

/** Bits of NaN, which fill everything that is no row. */
const GAP = { f32: 0x7fc00000, f16: 0x7e007e00 };

/** Writes rows into a buffer of their own, with NaN between and around them. */
export function onGpu(
  device: GPUDevice,
  x: Pick<Matrix, "data" | "rows" | "cols">,
  layout: Layout = {},
): GpuRows {
  const { dtype = "f32", offset = 0, after = 0, usage = GPUBufferUsage.STORAGE } = layout;
  const size = dtype === "f32" ? 4 : 2;
  const stride = layout.stride ?? x.cols * size;
  const end = offset + (x.rows - 1) * stride + x.cols * size + after;
  const bytes = new Uint32Array(Math.ceil(end / 4)).fill(GAP[dtype]);
  const elements = dtype === "f32" ? new Float32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
  for (let i = 0; i < x.rows; i++)
    for (let j = 0; j < x.cols; j++) {
      const value = x.data[i * x.cols + j];
      elements[(offset + i * stride) / size + j] = dtype === "f32" ? value : toHalf(value);
    }
  const buffer = device.createBuffer({ size: bytes.byteLength, usage: usage | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, bytes);
  return {
    buffer,
    rows: x.rows,
    cols: x.cols,
    ...(layout.dtype && { dtype }),
    ...(layout.offset !== undefined && { offset }),
    ...(layout.stride !== undefined && { stride }),
  };
}
