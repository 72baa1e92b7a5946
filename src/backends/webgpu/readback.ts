/** Results that are read back whole: parameters, and a row of scores for every row of a data set. */

import type { Parameters } from "../../objective.ts";
import type { RunOptions } from "../backend.ts";
import { writeRecords } from "./arena.ts";
import { allocate } from "./buffers.ts";
import type { WebGpuDataset } from "./dataset.ts";
import type { Operation } from "./dispatches.ts";
import { geometryOf } from "./geometry.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { unpackParameters } from "./parameters.ts";
import { segmentAll } from "./segments.ts";
import type { Workspace, WorkspaceOwner } from "./workspace.ts";

/** Reads one of the parameter buffers. */
export async function readParameters(
  owner: WorkspaceOwner,
  name: "weights" | "gradient",
): Promise<Parameters> {
  const { gpu, shape } = owner;
  const { weights4, parameterBytes: size } = geometryOf(shape);
  const packed = await readBuffer(gpu, owner.parameters.get[name], size);
  return unpackParameters(packed, shape, weights4);
}

/** Runs `operations` on every row and reads what they leave in the place of the scores, `[N,K]`. */
export async function readScores(
  owner: WorkspaceOwner,
  workspace: Workspace,
  data: WebGpuDataset,
  operations: readonly Operation[],
  options: RunOptions = {},
): Promise<Float32Array> {
  const { gpu, shape, submitter } = owner;
  const kernels = await workspace.prepare(operations);
  const scores = new Float32Array(data.rows * shape.classes);
  const arena = submitter.lanes[0].get.segment;
  let rowsDone = 0;
  for (const whole of segmentAll(null, workspace.rules)) {
    const segment = { ...whole, batch: { ...whole.batch, weight: 1 } }; // probabilities are not to be scaled
    options.signal?.throwIfAborted();
    writeRecords(gpu, arena, [{ segment, orderStart: 0, lossSlot: 0 }]);
    const size = segment.count * shape.classes * 4;
    const part = await readBuffer(gpu, workspace.buffers.get.logits, size, (encoder) => {
      const pass = encoder.beginComputePass({ label: "scores" });
      for (const kernel of kernels) workspace.encode(pass, kernel, segment, 0, 0);
      pass.end();
    });
    scores.set(part, rowsDone * shape.classes);
    rowsDone += segment.count;
    options.onRows?.(rowsDone);
  }
  return scores;
}

async function readBuffer(
  gpu: GpuDevice,
  source: GPUBuffer,
  size: number,
  before: (encoder: GPUCommandEncoder) => void = () => {},
): Promise<Float32Array> {
  const staging = await allocate(gpu, source.label, { readback: { size, role: "readback" } });
  try {
    const encoder = gpu.device.createCommandEncoder({ label: source.label });
    before(encoder);
    encoder.copyBufferToBuffer(source, 0, staging.get.readback, 0, size);
    gpu.device.queue.submit([encoder.finish()]);
    return new Float32Array(await gpu.mapForReading(staging.get.readback, size));
  } finally {
    staging.dispose();
  }
}
