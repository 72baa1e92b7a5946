/** Products with the Hessian over all sparse rows on the GPU: rows → P and U = X D → curvature → gradient by columns. */
import type { Parameters } from "../../parameters.ts";
import type { RunOptions } from "../backend.ts";
import { NO_UPDATE } from "./segments.ts";
import type { SparseWebGpuDataset } from "./sparse-dataset.ts";
import type { Hessian } from "./sparse-newton.ts";
import { sparsePass } from "./sparse-segments.ts";
import type { SparseWorkspace } from "./sparse-workspace.ts";
import type { TrainerContext } from "./workspace.ts";

/** Returns the Hessian of the mean cross-entropy at the parameters of the device. @throws LimitError, DeviceError */
export async function hessianOf(
  { parameters, submitter }: TrainerContext,
  workspace: SparseWorkspace,
  data: SparseWebGpuDataset,
  { signal }: RunOptions,
): Promise<Hessian> {
  const { diagonal, product, fields, writeDirection } = await workspace.hessianPrograms(signal);
  const scale = 1 / (data.meanWeight * data.rows);
  const sum = async (program: typeof product): Promise<Parameters> => {
    // Probabilities are computed without a scale, so that the sums are scaled here.
    const batch = { index: 0, weight: 0, scale: 1, update: NO_UPDATE };
    const segments = sparsePass(workspace.cuts, batch, workspace.rules, fields);
    let sums: Parameters = { weights: new Float64Array(), bias: new Float64Array() };
    const copy = await parameters.gradientCopy((values) => {
      sums = values;
    });
    await submitter.run(segments, 1, program, { signal }, copy);
    for (const part of [sums.weights, sums.bias]) for (let i = 0; i < part.length; i++) part[i] *= scale;
    return sums;
  };
  return {
    diagonal: () => sum(diagonal),
    times: (direction) => {
      writeDirection(direction);
      return sum(product);
    },
  };
}
