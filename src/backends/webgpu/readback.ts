/** Results that are read back whole: buffers, and what kernels leave of every row of a data set. */
import { allocate as allocateArray } from "../../data/matrix.ts";
import type { RunOptions } from "../backend.ts";
import { writeRecords } from "./arena.ts";
import { allocate } from "./buffers.ts";
import type { WebGpuDataset } from "./dataset.ts";
import { type Operation, ROUTES } from "./dispatches.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { segmentAll } from "./segments.ts";
import type { Workspace, WorkspaceOwner } from "./workspace.ts";

/** What to run on the scores of rows, and where it leaves how much of each. */
export interface RowResult {
  readonly after: readonly Operation[];
  readonly from: "logits" | "ofRows";
  readonly rowBytes: number;
}

/** Computes the scores of every row, runs operations on them and reads what they leave, `[N, rowBytes]`. @throws LimitError */
export async function readRows(
  { gpu, submitter }: WorkspaceOwner,
  workspace: Workspace,
  data: WebGpuDataset,
  { after, from, rowBytes }: RowResult,
  options: RunOptions = {},
): Promise<ArrayBuffer> {
  const kernels = await workspace.prepare([ROUTES[workspace.plan.route].scores, ...after]);
  const all = allocateArray(Uint8Array, data.rows * rowBytes, "x");
  const arena = submitter.lanes[0].get.segment;
  let rowsDone = 0;
  for (const whole of segmentAll(null, workspace.rules)) {
    const segment = { ...whole, batch: { ...whole.batch, scale: 1 } }; // probabilities are not to be scaled
    options.signal?.throwIfAborted();
    writeRecords(gpu, arena, [{ segment, orderStart: 0, lossSlot: 0 }]);
    const part = await readBack(gpu, [workspace.buffers.get[from]], segment.count * rowBytes, (encoder) => {
      const pass = encoder.beginComputePass({ label: from });
      for (const kernel of kernels) workspace.encode(pass, kernel, segment, 0, 0);
      pass.end();
    });
    all.set(new Uint8Array(part), rowsDone * rowBytes);
    rowsDone += segment.count;
    options.onRows?.(rowsDone);
  }
  return all.buffer;
}

/** Most memory for copies on their way to the host, bytes, if one buffer alone does not take more. */
const READBACK_BYTES = 2 ** 28;

/** The first `size` bytes of each buffer, as float32, as many of them in one copy as a buffer of the device holds. */
export async function readBuffers(
  gpu: GpuDevice,
  buffers: readonly GPUBuffer[],
  size: number,
): Promise<Float32Array[]> {
  const most = Math.min(READBACK_BYTES, gpu.device.limits.maxBufferSize);
  const atOnce = Math.max(1, Math.floor(most / size));
  const values: Float32Array[] = [];
  for (let first = 0; first < buffers.length; first += atOnce) {
    const some = buffers.slice(first, first + atOnce);
    const bytes = await readBack(gpu, some, size);
    values.push(...some.map((_, i) => new Float32Array(bytes, i * size, size / 4)));
  }
  return values;
}

/** The first `size` bytes of each source, one after the other, once `before` is done. */
async function readBack(
  gpu: GpuDevice,
  sources: readonly GPUBuffer[],
  size: number,
  before: (encoder: GPUCommandEncoder) => void = () => {},
): Promise<ArrayBuffer> {
  const { label } = sources[0];
  const whole = sources.length * size;
  const staging = await allocate(gpu, label, { readback: { size: whole, role: "readback" } });
  try {
    const encoder = gpu.device.createCommandEncoder({ label });
    before(encoder);
    for (const [i, source] of sources.entries())
      encoder.copyBufferToBuffer(source, 0, staging.get.readback, i * size, size);
    gpu.device.queue.submit([encoder.finish()]);
    return await gpu.mapForReading(staging.get.readback, whole);
  } finally {
    staging.dispose();
  }
}
