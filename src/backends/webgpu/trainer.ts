/**
 * Training on the GPU. A segment of rows goes rows → logits → softmax, loss and dLogits → gradient, and the
 * last one of a batch → update; each name in the lists below is a dispatch. How rows become segments is
 * segments.ts's business, how many segments share a submit is submitter.ts's.
 */
import { LimitError } from "../../errors.ts";
import type { Parameters } from "../../objective.ts";
import type {
  Evaluation,
  LossAndGradient,
  ModelShape,
  RunOptions,
  SgdResult,
  SgdSteps,
  Trainer,
} from "../backend.ts";
import { allocate } from "./buffers.ts";
import type { WebGpuDataset } from "./dataset.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { KernelCache } from "./kernel.ts";
import { packParameters } from "./parameters.ts";
import { readParameters, readScores } from "./readback.ts";
import { segmentAll, segmentSteps } from "./segments.ts";
import { type Program, Submitter } from "./submitter.ts";
import { tile } from "./tiling.ts";
import { type Operation, Workspace, type WorkspaceOwner } from "./workspace.ts";

const FORWARD: readonly Operation[] = ["matmul", "softmax"];
const BACKWARD: readonly Operation[] = [...FORWARD, "gradient"];

/** {@link Trainer} on the GPU. */
export class WebGpuTrainer implements Trainer {
  readonly #owner: WorkspaceOwner;
  readonly #workspaces = new Map<WebGpuDataset, Workspace>();

  private constructor(owner: WorkspaceOwner) {
    this.#owner = owner;
  }

  /** @throws LimitError for a model with too many parameters for 32-bit indices or for a buffer of the device */
  static async create(gpu: GpuDevice, kernels: KernelCache, shape: ModelShape): Promise<WebGpuTrainer> {
    const tiling = tile(shape);
    const size = shape.classes * tiling.weights4 * 16;
    if (size >= 2 ** 34)
      throw new LimitError("x", `${shape.classes} classes × ${shape.features} features are too many`);
    const parameters = await allocate(gpu, "parameters", {
      weights: { size, role: "storage" },
      velocity: { size, role: "storage" },
      gradient: { size, role: "storage" },
    });
    try {
      const submitter = await Submitter.create(gpu);
      return new WebGpuTrainer({ gpu, kernels, shape, tiling, parameters, submitter });
    } catch (error) {
      parameters.dispose();
      throw error;
    }
  }

  write(parameters: Parameters): void {
    const { gpu, shape, tiling, parameters: buffers } = this.#owner;
    const packed = packParameters(parameters, shape, tiling.weights4);
    gpu.device.queue.writeBuffer(buffers.get.weights, 0, packed);
    gpu.device.queue.writeBuffer(buffers.get.velocity, 0, packed.fill(0));
  }

  read(): Promise<Parameters> {
    return readParameters(this.#owner, "weights");
  }

  async sgd(data: WebGpuDataset, steps: SgdSteps, options?: RunOptions): Promise<SgdResult> {
    const workspace = await this.#workspace(data);
    const segments = segmentSteps(steps, workspace.rules);
    const program = await programOf(workspace, BACKWARD, [...BACKWARD, "sgd"]);
    const { losses, correct } = await this.#owner.submitter.run(segments, program, options);
    const weights = new Float64Array(losses.length);
    for (const { batch } of segments) weights[batch.index] = batch.weight;
    return { losses: losses.map((sum, step) => meanOf(sum, weights[step])), weights, correct };
  }

  async lossAndGradient(data: WebGpuDataset, l2: number, options?: RunOptions): Promise<LossAndGradient> {
    const workspace = await this.#workspace(data);
    const segments = segmentAll({ learningRate: 0, momentum: 0, nesterov: false, l2 }, workspace.rules);
    const program = await programOf(workspace, BACKWARD, [...BACKWARD, "take"]);
    const { losses } = await this.#owner.submitter.run(segments, program, options);
    const { weights, bias } = await readParameters(this.#owner, "gradient");
    return { loss: meanOf(losses[0], segments[0].batch.weight), dWeights: weights, dBias: bias };
  }

  async evaluate(data: WebGpuDataset, options?: RunOptions): Promise<Evaluation> {
    const workspace = await this.#workspace(data);
    const segments = segmentAll(null, workspace.rules);
    const program = await programOf(workspace, FORWARD, FORWARD);
    const { losses, correct } = await this.#owner.submitter.run(segments, program, options);
    return { loss: meanOf(losses[0], segments[0].batch.weight), correct: correct[0] };
  }

  async logits(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    return readScores(this.#owner, await this.#workspace(data), data, ["matmul"], options);
  }

  async probabilities(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    return readScores(this.#owner, await this.#workspace(data), data, ["matmul", "probabilities"], options);
  }

  dispose(): void {
    for (const { buffers } of this.#workspaces.values()) buffers.dispose();
    this.#owner.submitter.dispose();
    this.#owner.parameters.dispose();
  }

  async #workspace(data: WebGpuDataset): Promise<Workspace> {
    const workspace = this.#workspaces.get(data) ?? (await Workspace.create(this.#owner, data));
    this.#workspaces.set(data, workspace);
    return workspace;
  }
}

/** `operations` for every segment, `lastOperations` for the last one of a batch. */
async function programOf(
  workspace: Workspace,
  operations: readonly Operation[],
  lastOperations: readonly Operation[],
): Promise<Program> {
  const kernels = await workspace.prepare(operations);
  const lastKernels = await workspace.prepare(lastOperations);
  return {
    lossPairs: (segment) => workspace.groups("softmax", segment),
    encode: (pass, segment, lane, offset) => {
      for (const kernel of segment.isLast ? lastKernels : kernels)
        workspace.encode(pass, kernel, segment, lane, offset);
    },
  };
}

/** A batch whose weights are all 0 has no loss. */
function meanOf(sum: number, weight: number): number {
  return weight > 0 ? sum / weight : 0;
}
