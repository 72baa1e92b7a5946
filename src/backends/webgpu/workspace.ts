/**
 * What a trainer needs on the GPU to work on one data set by one plan: scores, partial gradients, and the kernels
 * fitted to both, compiled when first asked for and bound once.
 */
import type { ModelShape } from "../backend.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { WebGpuDataset } from "./dataset.ts";
import { type DataKind, type Dispatch, dispatchOf, type Operation, ROUTES, splitsFor } from "./dispatches.ts";
import { geometryOf, rowCountsOf } from "./geometry.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Kernel, KernelCache } from "./kernel.ts";
import type { ParameterStore } from "./parameter-store.ts";
import type { StepPlan } from "./plan.ts";
import type { Segment, SegmentRules } from "./segments.ts";
import type { Lane, Program, Submitter } from "./submitter.ts";

/** What outcomes.wgsl leaves of a row. */
export const OUTCOME_BYTES = 12;

/** A trainer's own things that its workspaces share. */
export interface WorkspaceOwner {
  readonly gpu: GpuDevice;
  readonly kernels: KernelCache;
  readonly shape: ModelShape;
  readonly parameters: ParameterStore;
  readonly submitter: Submitter;
}

/** A kernel with its bind groups by lane and chunk. */
export interface BoundKernel {
  readonly dispatch: Dispatch;
  readonly kernel: Kernel;
  readonly bindGroups: readonly (readonly GPUBindGroup[])[];
}

/** Buffers and bound kernels of one trainer for one data set. */
export class Workspace {
  readonly plan: StepPlan;
  readonly buffers: Buffers<"logits" | "partials" | "ofRows">;
  readonly rules: SegmentRules;
  readonly #owner: WorkspaceOwner;
  readonly #data: WebGpuDataset;
  readonly #kind: DataKind;
  readonly #bound = new Map<Operation, Promise<BoundKernel>>();

  private constructor(
    owner: WorkspaceOwner,
    data: WebGpuDataset,
    plan: StepPlan,
    segmentRows: number,
    buffers: Workspace["buffers"],
  ) {
    this.#owner = owner;
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
    this.rules = {
      chunks: data.chunks,
      sampleWeights: data.sampleWeights,
      meanWeight: data.meanWeight,
      labelSmoothing: data.labelSmoothing,
      unit: data.unit,
      segmentRows,
      passRows: rowCountsOf(owner.shape, owner.gpu.traits.software).passRows,
      splitsFor: (rows) => splitsFor(rows, plan, owner.shape),
    };
  }

  /**
   * @param mostBatchRows rows of the largest batch to come, where smaller buffers are wanted
   * @throws LimitError, DeviceError; nothing stays allocated
   */
  static async create(
    owner: WorkspaceOwner,
    data: WebGpuDataset,
    plan: StepPlan,
    mostBatchRows = Infinity,
  ): Promise<Workspace> {
    const { gpu, shape } = owner;
    const { parameterBytes } = geometryOf(shape);
    const mostRows = rowCountsOf(shape, gpu.traits.software).segmentRows;
    const segmentRows = Math.min(mostRows, data.rows, mostBatchRows);
    const trainable = data.targetKind !== "none";
    const buffers = await allocate(gpu, "workspace", {
      logits: { size: segmentRows * shape.classes * 4, role: "storage" },
      partials: {
        size: trainable ? splitsFor(segmentRows, plan, shape) * parameterBytes : 0,
        role: "storage",
      },
      ofRows: { size: segmentRows * OUTCOME_BYTES, role: "storage" },
    });
    return new Workspace(owner, data, plan, segmentRows, buffers);
  }

  /** Scores, softmax and loss of every segment. */
  forward(): Promise<Program> {
    const { forward } = ROUTES[this.plan.route];
    return this.#program(forward, [], forward.length - 1);
  }

  /** The whole step: all that leads to the gradient for every segment, then `last` for the last of a batch. */
  backward(last: readonly ("sgd" | "take" | "adamw" | "average")[]): Promise<Program> {
    const { forward, gradient } = ROUTES[this.plan.route];
    return this.#program([...forward, gradient], last, forward.length - 1);
  }

  /** The kernels of `operations`, compiled for this shape and data and bound. @throws DeviceError */
  prepare(operations: readonly Operation[]): Promise<BoundKernel[]> {
    return Promise.all(
      operations.map((operation) => {
        const bound = this.#bound.get(operation) ?? this.#bind(operation);
        this.#bound.set(operation, bound);
        bound.catch(() => this.#bound.delete(operation));
        return bound;
      }),
    );
  }

  /** Adds the dispatch of `bound` for a segment whose uniform record lies at `offset`. */
  encode(
    pass: GPUComputePassEncoder,
    { dispatch, kernel, bindGroups }: BoundKernel,
    { chunk, count, batch }: Segment,
    lane: Lane,
    offset: number,
  ): void {
    kernel.encode(pass, bindGroups[lane][chunk], offset, dispatch.groups(count, batch.splits));
  }

  dispose(): void {
    this.buffers.dispose();
  }

  /** `operations` for every segment, of which the one at `lossesAt` leaves the losses; then `last` for the last one. */
  async #program(
    operations: readonly Operation[],
    last: readonly Operation[],
    lossesAt: number,
  ): Promise<Program> {
    const kernels = await this.prepare(operations);
    const lastKernels = await this.prepare(last);
    const { lossPairs } = kernels[lossesAt].dispatch;
    return {
      lossPairs: ({ count, batch }) => lossPairs?.(count, batch.splits) ?? 0,
      encode: (pass, segment, lane, offset) => {
        for (const kernel of segment.isLast ? [...kernels, ...lastKernels] : kernels)
          this.encode(pass, kernel, segment, lane, offset);
      },
    };
  }

  async #bind(operation: Operation): Promise<BoundKernel> {
    const { kernels, parameters, submitter, shape } = this.#owner;
    const dispatch = dispatchOf(operation, this.plan, shape, this.#kind);
    const kernel = await kernels.get(dispatch.shader, dispatch.constants);
    const shared = {
      ...this.buffers.get,
      ...parameters.buffers,
      dLogits: this.buffers.get.logits,
      mean: parameters.buffers.average,
      velocity: operation === "take" ? parameters.buffers.gradient : parameters.buffers.velocity,
    };
    const bindGroups = submitter.lanes.map((lane) =>
      this.#data.chunks.map((chunk) => kernel.bind({ ...shared, ...lane.get, ...chunk.buffers.get })),
    );
    return { dispatch, kernel, bindGroups };
  }
}
