/**
 * What a trainer needs on the GPU to work on one data set: scores, partial gradients, and the kernels
 * fitted to both, compiled when first asked for and bound once.
 */
import gradient from "../../../shaders/gradient.wgsl";
import matmul from "../../../shaders/matmul.wgsl";
import sgd from "../../../shaders/sgd.wgsl";
import softmax from "../../../shaders/softmax.wgsl";
import type { ModelShape } from "../backend.ts";
import { allocate, type Buffers } from "./buffers.ts";
import { STORAGE, type WebGpuDataset } from "./dataset.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Kernel, KernelCache } from "./kernel.ts";
import type { Segment, SegmentRules } from "./segments.ts";
import type { Shader } from "./shader.ts";
import type { Constants } from "./specialise.ts";
import type { Lane, Submitter } from "./submitter.ts";
import { groupsFor, splitsFor, type Tiling, WORKGROUP_SIZES } from "./tiling.ts";

/** Values of the softmax kernel's constant TARGETS. */
const TARGETS = { none: 0, labels: 1, distributions: 2 } as const;

/**
 * What can be done with a segment. `probabilities` is softmax without targets; `take` is the sgd kernel
 * that moves nothing and leaves the gradient where it can be read.
 */
export type Operation = "matmul" | "softmax" | "probabilities" | "gradient" | "sgd" | "take";

/** A trainer's own things that its workspaces share. */
export interface WorkspaceOwner {
  readonly gpu: GpuDevice;
  readonly kernels: KernelCache;
  readonly shape: ModelShape;
  readonly tiling: Tiling;
  readonly parameters: Buffers<"weights" | "velocity" | "gradient">;
  readonly submitter: Submitter;
}

/** A kernel with its bind groups by lane and chunk. */
export interface BoundKernel {
  readonly operation: Operation;
  readonly kernel: Kernel;
  readonly bindGroups: readonly (readonly GPUBindGroup[])[];
}

/** Buffers and bound kernels of one trainer for one data set. */
export class Workspace {
  readonly buffers: Buffers<"logits" | "partials">;
  readonly rules: SegmentRules;
  readonly #owner: WorkspaceOwner;
  readonly #data: WebGpuDataset;
  readonly #bound = new Map<Operation, Promise<BoundKernel>>();

  private constructor(
    owner: WorkspaceOwner,
    data: WebGpuDataset,
    segmentRows: number,
    buffers: Workspace["buffers"],
  ) {
    const { shape, tiling } = owner;
    this.#owner = owner;
    this.#data = data;
    this.buffers = buffers;
    this.rules = {
      chunks: data.chunks,
      sampleWeights: data.sampleWeights,
      segmentRows,
      splitsFor: (rows) => splitsFor(rows, shape.classes, tiling),
    };
  }

  /** @throws LimitError, DeviceError; nothing stays allocated */
  static async create(owner: WorkspaceOwner, data: WebGpuDataset): Promise<Workspace> {
    const { gpu, shape, tiling } = owner;
    const segmentRows = Math.min(tiling.segmentRows, data.rows);
    const gradientBytes = shape.classes * tiling.weights4 * 16;
    const trainable = data.targetKind !== "none";
    const buffers = await allocate(gpu, "workspace", {
      logits: { size: segmentRows * shape.classes * 4, role: "storage" },
      partials: {
        size: trainable ? splitsFor(segmentRows, shape.classes, tiling) * gradientBytes : 0,
        role: "storage",
      },
    });
    return new Workspace(owner, data, segmentRows, buffers);
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

  /** Workgroups of an operation for a segment. */
  groups(operation: Operation, { count, batch }: Segment): number {
    const groups = groupsFor(count, batch.splits, this.#owner.shape.classes, this.#owner.tiling);
    return { ...groups, probabilities: groups.softmax, take: groups.sgd }[operation];
  }

  /** Adds the dispatch of `bound` for a segment whose uniform record lies at `offset`. */
  encode(
    pass: GPUComputePassEncoder,
    bound: BoundKernel,
    segment: Segment,
    lane: Lane,
    offset: number,
  ): void {
    const { operation, kernel, bindGroups } = bound;
    kernel.encode(pass, bindGroups[lane][segment.chunk], offset, this.groups(operation, segment));
  }

  async #bind(operation: Operation): Promise<BoundKernel> {
    const { kernels, parameters, submitter } = this.#owner;
    const [shader, constants] = this.#specialisation(operation);
    const kernel = await kernels.get(shader, constants);
    const shared = {
      ...this.buffers.get,
      ...parameters.get,
      dLogits: this.buffers.get.logits,
      velocity: operation === "take" ? parameters.get.gradient : parameters.get.velocity,
    };
    const bindGroups = submitter.lanes.map((lane) =>
      this.#data.chunks.map((chunk) => kernel.bind({ ...shared, ...lane.get, ...chunk.buffers.get })),
    );
    return { operation, kernel, bindGroups };
  }

  #specialisation(operation: Operation): [Shader, Constants] {
    const { classes, bias } = this.#owner.shape;
    const { features4, tileRows, tileClasses, tileFeatures4, lanes } = this.#owner.tiling;
    const { storage, targetKind, sampleWeights } = this.#data;
    const model = { CLASSES: classes, FEATURES4: features4, BIAS: bias };
    const rows = { ...model, STORAGE: STORAGE[storage], TILE_CLASSES: tileClasses };
    const perRow = { CLASSES: classes, LANES: lanes, WORKGROUP_SIZE: WORKGROUP_SIZES.softmax };
    switch (operation) {
      case "matmul":
        return [matmul, { ...rows, TILE_ROWS: tileRows, WORKGROUP_SIZE: WORKGROUP_SIZES.matmul }];
      case "softmax":
        return [softmax, { ...perRow, TARGETS: TARGETS[targetKind], WEIGHTED: sampleWeights !== undefined }];
      case "probabilities":
        return [softmax, { ...perRow, TARGETS: TARGETS.none, WEIGHTED: false }];
      case "gradient":
        return [
          gradient,
          { ...rows, TILE_FEATURES4: tileFeatures4, WORKGROUP_SIZE: WORKGROUP_SIZES.gradient },
        ];
      case "sgd":
      case "take":
        return [sgd, { ...model, TAKE: operation === "take", WORKGROUP_SIZE: WORKGROUP_SIZES.sgd }];
    }
  }
}
