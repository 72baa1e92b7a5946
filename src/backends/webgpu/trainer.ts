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
import { checkFeatures, checkLabelled, checkSteps } from "../steps.ts";
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

/** Kernels count the vectors of the parameters in 32 bits. */
const MAX_PARAMETER_BYTES = 2 ** 34;

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
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize, MAX_PARAMETER_BYTES);
    if (size > limit) {
      const what = `${shape.classes} classes × ${shape.features} features`;
      throw new LimitError("x", `${what} need a buffer of ${size} bytes, this device allows ${limit}`);
    }
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
    checkSteps(this.#owner.shape, data, steps);
    const workspace = await this.#workspace(data);
    const program = await programOf(workspace, BACKWARD, [...BACKWARD, "sgd"]);
    const segments = segmentSteps(steps, workspace.rules);
    return this.#owner.submitter.run(segments, steps.learningRates.length, program, options);
  }

  async lossAndGradient(data: WebGpuDataset, l2: number, options?: RunOptions): Promise<LossAndGradient> {
    checkLabelled(this.#owner.shape, data);
    const workspace = await this.#workspace(data);
    const program = await programOf(workspace, BACKWARD, [...BACKWARD, "take"]);
    const segments = segmentAll({ learningRate: 0, momentum: 0, nesterov: false, l2 }, workspace.rules);
    const { losses } = await this.#owner.submitter.run(segments, 1, program, options);
    const { weights, bias } = await readParameters(this.#owner, "gradient");
    return { loss: losses[0], dWeights: weights, dBias: bias };
  }

  async evaluate(data: WebGpuDataset, options?: RunOptions): Promise<Evaluation> {
    checkLabelled(this.#owner.shape, data);
    const workspace = await this.#workspace(data);
    const program = await programOf(workspace, FORWARD, FORWARD);
    const segments = segmentAll(null, workspace.rules);
    const { losses, correct } = await this.#owner.submitter.run(segments, 1, program, options);
    return { loss: losses[0], correct: correct[0] };
  }

  async logits(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    checkFeatures(this.#owner.shape, data);
    return readScores(this.#owner, await this.#workspace(data), data, ["matmul"], options);
  }

  async probabilities(data: WebGpuDataset, options?: RunOptions): Promise<Float32Array> {
    checkFeatures(this.#owner.shape, data);
    return readScores(this.#owner, await this.#workspace(data), data, ["matmul", "probabilities"], options);
  }

  dispose(): void {
    for (const { buffers } of this.#workspaces.values()) buffers.dispose();
    this.#owner.submitter.dispose();
    this.#owner.parameters.dispose();
  }

  async #workspace(data: WebGpuDataset): Promise<Workspace> {
    const known = this.#workspaces.get(data);
    if (known) return known;
    const workspace = await Workspace.create(this.#owner, data);
    this.#workspaces.set(data, workspace);
    data.onDispose(() => {
      workspace.buffers.dispose();
      this.#workspaces.delete(data);
    });
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
