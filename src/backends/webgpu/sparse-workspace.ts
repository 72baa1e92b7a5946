/** A trainer's buffers and programs for one data set of sparse rows. */
import { StateError } from "../../errors.ts";
import type { Parameters } from "../../parameters.ts";
import { allocate, type Buffers } from "./buffers.ts";
import { ColumnLister } from "./column-lists.ts";
import { OUTCOME_BYTES } from "./outcomes.ts";
import type { Program } from "./program.ts";
import { type ColumnBuffers, PassColumns, StepColumns } from "./sparse-columns.ts";
import type { SparseWebGpuDataset } from "./sparse-dataset.ts";
import { type SparseKind, type SparseOperation, sparseDispatchOf } from "./sparse-dispatches.ts";
import {
  type Cut,
  passCuts,
  type SparseRules,
  type SparseSegment,
  sparseCountsOf,
  stepEntriesOf,
} from "./sparse-segments.ts";
import { bufferNames, type TrainerContext } from "./workspace.ts";

/** From rows to the gradient of a segment. */
const GRADIENT = ["clear", "scores", "softmax", "shortColumns", "longColumns"] as const;

/** From rows to the Hessian's diagonal, and to its product with a direction. */
const DIAGONAL: readonly SparseOperation[] = [
  ...(["clear", "scores", "probabilities", "ownCurvature"] as const),
  ...(["squaredShortColumns", "squaredLongColumns", "reduceGradient"] as const),
];
const PRODUCT: readonly SparseOperation[] = [
  ...(["clear", "scores", "probabilities", "directionScores", "curvature"] as const),
  ...(["shortColumns", "longColumns", "reduceGradient"] as const),
];

/** Buffers and programs of one trainer for one data set. */
export class SparseWorkspace {
  readonly buffers: Buffers<"logits" | "partials" | "ofRows">;
  /** All rows, cut into the segments of a pass. */
  readonly cuts: readonly Cut[];
  readonly lister: ColumnLister;
  readonly #context: TrainerContext;
  readonly #data: SparseWebGpuDataset;
  readonly #counts: Pick<SparseRules, "segmentRows" | "segmentEntries">;
  readonly #programs = new Map<string, Promise<Program<SparseSegment>>>();
  #steps: StepColumns | null = null;
  #pass: PassColumns | null = null;
  /** A direction, of the shape of the parameters, and its scores. */
  #newton: Buffers<"direction" | "directions"> | null = null;
  #isDisposed = false;

  private constructor(
    context: TrainerContext,
    data: SparseWebGpuDataset,
    buffers: SparseWorkspace["buffers"],
  ) {
    this.#context = context;
    this.#data = data;
    this.buffers = buffers;
    this.#counts = sparseCountsOf(context.shape.classes, context.gpu.traits.software);
    this.cuts = passCuts(this.rules);
    this.lister = new ColumnLister(data, context.shape.bias);
  }

  /** Allocates the buffers. @throws LimitError, DeviceError; nothing stays allocated */
  static async create(context: TrainerContext, data: SparseWebGpuDataset): Promise<SparseWorkspace> {
    const { gpu, shape, parameters } = context;
    const { segmentRows } = sparseCountsOf(shape.classes, gpu.traits.software);
    const rows = Math.min(segmentRows, data.rows);
    const buffers = await allocate(gpu, "workspace", {
      logits: { size: rows * shape.classes * 4, role: "storage" },
      partials: { size: data.targetKind === "none" ? 0 : parameters.bytes, role: "storage" },
      ofRows: { size: rows * OUTCOME_BYTES, role: "storage" },
    });
    return new SparseWorkspace(context, data, buffers);
  }

  /** How rows are cut into segments, with the weights that they have now. */
  get rules(): SparseRules {
    const { chunks, x, sampleWeights, meanWeight, labelSmoothing } = this.#data;
    return { chunks, indptr: x.indptr, sampleWeights, meanWeight, labelSmoothing, ...this.#counts };
  }

  /** Prepares operations without a gradient. @throws DeviceError */
  program(operations: readonly SparseOperation[]): Promise<Program<SparseSegment>> {
    return this.#prepared(operations.join(), operations);
  }

  /** Prepares steps that end with an update. @throws LimitError, DeviceError */
  async stepProgram(update: readonly SparseOperation[]): Promise<Program<SparseSegment>> {
    const { gpu } = this.#context;
    this.#steps ??= this.#owned(await StepColumns.create(gpu, this.#data, stepEntriesOf(this.#counts)));
    const steps = this.#steps;
    const ofChunks = this.#data.chunks.map(() => steps.buffers);
    const program = await this.#prepared(`steps,${update}`, [...GRADIENT, ...update], ofChunks);
    return { ...program, columns: steps };
  }

  /** Prepares the gradient over all rows, whose columns are listed first. @throws as PassColumns.create */
  async passProgram(signal?: AbortSignal) {
    const columns = await this.#passColumns(signal);
    const program = await this.#prepared("pass", [...GRADIENT, "reduceGradient"], columns.buffers);
    return { program: { ...program, columns }, fields: columns.fields };
  }

  /** Prepares sums over all rows with the Hessian at the parameters. @throws as PassColumns.create */
  async hessianPrograms(signal?: AbortSignal) {
    const { gpu, shape, parameters } = this.#context;
    const columns = await this.#passColumns(signal);
    const rows = Math.min(this.#counts.segmentRows, this.#data.rows);
    this.#newton ??= this.#owned(
      await allocate(gpu, "newton", {
        direction: { size: parameters.bytes, role: "storage" },
        directions: { size: rows * shape.classes * 4, role: "storage" },
      }),
    );
    const { direction } = this.#newton.get;
    const [diagonal, product] = await Promise.all([
      this.#prepared("diagonal", DIAGONAL, columns.buffers),
      this.#prepared("product", PRODUCT, columns.buffers),
    ]);
    return {
      diagonal: { ...diagonal, columns },
      product: { ...product, columns },
      fields: columns.fields,
      writeDirection: (values: Parameters) => parameters.writeTo(direction, values),
    };
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#newton?.dispose();
    this.buffers.dispose();
    this.#steps?.dispose();
    this.#pass?.dispose();
  }

  async #passColumns(signal?: AbortSignal): Promise<PassColumns> {
    const { gpu } = this.#context;
    this.#pass ??= this.#owned(await PassColumns.create(gpu, this.#data, this.cuts, this.lister, signal));
    return this.#pass;
  }

  /** Returns buffers that were made while the workspace may have been disposed of. @throws StateError */
  #owned<T extends { dispose(): void }>(made: T): T {
    if (!this.#isDisposed) return made;
    made.dispose();
    throw new StateError("data", "the data set or its trainer was disposed of");
  }

  /** Prepares a program once. */
  #prepared(
    name: string,
    operations: readonly SparseOperation[],
    columns: readonly ColumnBuffers[] = [],
  ): Promise<Program<SparseSegment>> {
    const program = this.#programs.get(name) ?? this.#prepare(operations, columns);
    this.#programs.set(name, program);
    program.catch(() => this.#programs.delete(name));
    return program;
  }

  /** Compiles and binds the kernels. @param columns those of each chunk, if there is a gradient */
  async #prepare(
    operations: readonly SparseOperation[],
    columns: readonly ColumnBuffers[],
  ): Promise<Program<SparseSegment>> {
    const kernels = await Promise.all(operations.map((operation) => this.#bind(operation, columns)));
    const lossPairs = kernels.find(({ dispatch }) => dispatch.lossPairs)?.dispatch.lossPairs;
    // An update takes about as long as a stored value of each feature.
    const update = columns.length > 0 ? this.#context.shape.features : 0;
    return {
      lossPairs: (segment) => lossPairs?.(segment) ?? 0,
      workOf: ({ entries, isLast }) => entries + (isLast ? update : 0),
      encode: (pass, segment, frame, offset) => {
        for (const { dispatch, kernel, bindGroups } of kernels) {
          const groups = dispatch.groups(segment);
          if (groups > 0) kernel.encode(pass, bindGroups[frame][segment.chunk], offset, groups);
        }
      },
    };
  }

  async #bind(operation: SparseOperation, columns: readonly ColumnBuffers[]) {
    const { kernels, parameters, submitter, shape } = this.#context;
    const dispatch = sparseDispatchOf(operation, shape, this.#kind);
    const kernel = await kernels.get(dispatch.shader, dispatch.constants);
    const own = { ...this.buffers.get, ...parameters.buffers };
    const { direction, directions } = this.#newton?.get ?? {};
    const ofDirection = operation === "directionScores" ? { weights: direction, logits: directions } : {};
    const buffers = { ...bufferNames(operation, own), directions, ...ofDirection };
    const bindGroups = submitter.frames.map((frame) =>
      this.#data.chunks.map((chunk, i) =>
        kernel.bind({ ...buffers, ...frame.get, ...chunk.buffers.get, ...columns[i]?.get }),
      ),
    );
    return { dispatch, kernel, bindGroups };
  }

  get #kind(): SparseKind {
    const data = this.#data;
    return {
      targetKind: data.targetKind,
      isWeighted: data.sampleWeights !== undefined,
      isSmoothed: data.labelSmoothing > 0,
      isValued: data.isValued,
      meanRow: data.meanRow,
      longestRow: data.longestRow,
      isSoftware: this.#context.gpu.traits.software,
    };
  }
}
