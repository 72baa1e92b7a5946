/**
 * A trainer's buffers and kernels for one data set and one plan: scores, partial gradients, results per row, and
 * kernels that are compiled when first needed and bound once.
 */
import type { ModelShape } from "../backend.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { WorkspaceRows } from "./dataset.ts";
import { type DataKind, type Dispatch, dispatchOf, type Operation, splitsFor } from "./dispatches.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Kernel, KernelCache } from "./kernel.ts";
import { OUTCOME_BYTES } from "./outcomes.ts";
import { layoutOf, type ParameterStore } from "./parameters.ts";
import type { StepPlan } from "./plan.ts";
import type { Program } from "./program.ts";
import { rowCountsOf, type SegmentRules } from "./segments.ts";
import type { Submitter } from "./submitter.ts";

/** The parts of a trainer that its workspaces and the tuner use. */
export interface TrainerContext {
  readonly gpu: GpuDevice;
  readonly kernels: KernelCache;
  readonly shape: ModelShape;
  readonly parameters: ParameterStore;
  readonly submitter: Submitter;
}

/** A kernel with its bind groups by frame and chunk. */
interface BoundKernel {
  readonly dispatch: Dispatch;
  readonly kernel: Kernel;
  readonly bindGroups: readonly (readonly GPUBindGroup[])[];
}

/** Buffers and bound kernels of one trainer for one data set and one plan. */
export class Workspace {
  readonly plan: StepPlan;
  readonly buffers: Buffers<"logits" | "partials" | "ofRows">;
  readonly #rules: Omit<SegmentRules, "sampleWeights" | "meanWeight">;
  readonly #context: TrainerContext;
  readonly #data: WorkspaceRows;
  readonly #kind: DataKind;
  readonly #bound = new Map<Operation, Promise<BoundKernel>>();

  private constructor(
    context: TrainerContext,
    data: WorkspaceRows,
    plan: StepPlan,
    segmentRows: number,
    buffers: Workspace["buffers"],
  ) {
    this.#context = context;
    this.#data = data;
    this.#kind = {
      storage: data.storage,
      isScaled: data.isScaled,
      targetKind: data.targetKind,
      isWeighted: data.sampleWeights !== undefined,
      isSmoothed: data.labelSmoothing > 0,
    };
    this.plan = plan;
    this.buffers = buffers;
    this.#rules = {
      chunks: data.chunks,
      labelSmoothing: data.labelSmoothing,
      unit: data.unit,
      segmentRows,
      passRows: rowCountsOf(context.shape, context.gpu.traits.software).passRows,
      splitsFor: (rows) => splitsFor(rows, plan, context.shape),
    };
  }

  /** How rows are cut into segments, with the weights that they have now. */
  get rules(): SegmentRules {
    const { sampleWeights, meanWeight } = this.#data;
    return { ...this.#rules, sampleWeights, meanWeight };
  }

  /**
   * Allocates the buffers.
   *
   * @param options mostBatchRows: rows of the largest batch to come, if smaller buffers will do; hasGradient: whether
   *   gradients will be computed, by default if there are targets
   * @throws LimitError, DeviceError; nothing stays allocated
   */
  static async create(
    context: TrainerContext,
    data: WorkspaceRows,
    plan: StepPlan,
    { mostBatchRows = Infinity, hasGradient = data.targetKind !== "none" } = {},
  ): Promise<Workspace> {
    const { gpu, shape } = context;
    const { bytes } = layoutOf(shape);
    const mostRows = rowCountsOf(shape, gpu.traits.software).segmentRows;
    const segmentRows = Math.min(mostRows, data.rows, mostBatchRows);
    const buffers = await allocate(gpu, "workspace", {
      logits: { size: segmentRows * shape.classes * 4, role: "storage" },
      partials: {
        size: hasGradient ? splitsFor(segmentRows, plan, shape) * bytes : 0,
        role: "storage",
      },
      ofRows: { size: segmentRows * OUTCOME_BYTES, role: "storage" },
    });
    return new Workspace(context, data, plan, segmentRows, buffers);
  }

  /**
   * Prepares operations as one program.
   *
   * @param everySegment run for each segment of rows
   * @param endOfBatch   run after the last segment of a batch
   * @throws DeviceError
   */
  async program(everySegment: readonly Operation[], endOfBatch: readonly Operation[] = []): Promise<Program> {
    const kernels = await this.#prepare(everySegment);
    const all = [...kernels, ...(await this.#prepare(endOfBatch))];
    const lossPairs = kernels.find(({ dispatch }) => dispatch.lossPairs)?.dispatch.lossPairs;
    return {
      lossPairs: ({ count, batch }) => lossPairs?.(count, batch.splits) ?? 0,
      encode: (pass, { isLast, chunk, count, batch }, frame, offset) => {
        for (const { dispatch, kernel, bindGroups } of isLast ? all : kernels)
          kernel.encode(pass, bindGroups[frame][chunk], offset, dispatch.groups(count, batch.splits));
      },
    };
  }

  dispose(): void {
    this.buffers.dispose();
  }

  /** Compiles and binds the kernels of `operations`, each once. @throws DeviceError */
  #prepare(operations: readonly Operation[]): Promise<BoundKernel[]> {
    return Promise.all(
      operations.map((operation) => {
        const bound = this.#bound.get(operation) ?? this.#bind(operation);
        this.#bound.set(operation, bound);
        bound.catch(() => this.#bound.delete(operation));
        return bound;
      }),
    );
  }

  async #bind(operation: Operation): Promise<BoundKernel> {
    const { kernels, parameters, submitter, shape } = this.#context;
    const dispatch = dispatchOf(operation, this.plan, shape, this.#kind);
    const kernel = await kernels.get(dispatch.shader, dispatch.constants);
    const buffers = bufferNames(operation, { ...this.buffers.get, ...parameters.buffers });
    const bindGroups = submitter.frames.map((frame) =>
      this.#data.chunks.map((chunk) => kernel.bind({ ...buffers, ...frame.get, ...chunk.buffers.get })),
    );
    return { dispatch, kernel, bindGroups };
  }
}

/**
 * Adds the names under which shaders bind a buffer that has another name here:
 * - `dLogits`: the `logits` buffer, in which softmax has replaced the scores by their gradient;
 * - `mean`: the `average` of the parameters;
 * - `velocity` of `reduceGradient`: the `gradient` buffer, since the sgd kernel with TAKE writes G to this binding and
 *   moves nothing.
 */
export function bufferNames(
  operation: string,
  buffers: Workspace["buffers"]["get"] & ParameterStore["buffers"],
): Record<string, GPUBuffer | undefined> {
  const { logits, average, gradient, velocity } = buffers;
  const written = operation === "reduceGradient" ? gradient : velocity;
  return { ...buffers, dLogits: logits, mean: average, velocity: written };
}
