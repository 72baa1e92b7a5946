/**
 * A worker's share of a data set: a copy of its rows, and the parameters that it needs of all. Of sparse rows these are
 * the weights of the columns that the share has, so that no more go back and forth, and are summed.
 */
import { emptyLike, type Matrix, type MatrixData } from "../../data/matrix.ts";
import { inPieces } from "../../data/pieces.ts";
import type { RowsInMemory } from "../../data/rows.ts";
import { isSparse, type SparseMatrix } from "../../data/sparse-matrix.ts";
import type { Standardization } from "../../data/standardization.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource } from "../backend.ts";
import type { Share } from "./backward.ts";
import { layoutOf, type PackedShape, type ParameterLayout } from "./parameters.ts";
import type { Workspace } from "./workspace.ts";

/** Elements copied between two pauses. */
const PIECE = 2 ** 20;

/** The columns of a share, and how its packed parameters lie among all. */
export class ShareColumns {
  /** The share's own shape. */
  readonly shape: PackedShape;
  readonly #columns: Uint32Array | null;
  readonly #whole: ParameterLayout;
  readonly #own: ParameterLayout;

  /** @param columns ascending; null: all columns of the shape */
  constructor(shape: PackedShape, columns: Uint32Array | null) {
    this.shape = columns ? { ...shape, features: columns.length } : shape;
    this.#columns = columns;
    this.#whole = layoutOf(shape);
    this.#own = layoutOf(this.shape);
  }

  /** Number of packed parameters of the share. */
  get length(): number {
    return this.#own.bytes / 4;
  }

  /** Copies the share's parameters from those of all. */
  take(all: Float32Array, own: Float32Array): void {
    if (!this.#columns) own.set(all);
    else
      this.#each((from, to) => {
        own[to] = all[from];
      });
  }

  /** Puts the share's gradient in its place as a part of the batch; of sparse rows, adds it to that of the first part. */
  put(own: Float32Array, workspace: Workspace, split: number): void {
    if (!this.#columns) {
      workspace.partial(split).set(own);
      return;
    }
    const all = workspace.partial(0);
    this.#each((to, from) => {
      all[to] += own[from];
    });
  }

  /** Visits the position of each of the share's parameters among all, and its own. */
  #each(visit: (all: number, own: number) => void): void {
    const columns = this.#columns as Uint32Array;
    const width = this.#own.rowBytes / 4;
    for (let c = 0; c < columns.length; c++)
      for (let k = 0; k < width; k++) visit(columns[c] * width + k, c * width + k);
    for (let k = 0; k < this.#own.stride / 4; k++)
      visit(this.#whole.weightBytes / 4 + k, this.#own.weightBytes / 4 + k);
  }
}

/**
 * Copies the rows of a share, and lists the buffers to transfer them by. Sparse rows have their columns numbered anew, by
 * those that the share has.
 */
export async function copyShare(
  source: DatasetSource<RowsInMemory>,
  { first, rows }: Share,
  signal: AbortSignal,
) {
  const { x, targets, sampleWeights, storage, labelSmoothing, standardization } = source;
  const copies: ArrayBuffer[] = [];
  let columns: Uint32Array | null = null;
  const copyPart = async <T extends MatrixData>(data: T, begin: number, end: number): Promise<T> => {
    const part = emptyLike(data, end - begin, "x");
    for (let at = begin; at < end; at += PIECE) {
      await pause(signal);
      part.set(data.subarray(at, Math.min(at + PIECE, end)), at - begin);
    }
    copies.push(part.buffer as ArrayBuffer);
    return part;
  };
  const copy = <T extends MatrixData>(data: T, cols: number): Promise<T> =>
    copyPart(data, first * cols, (first + rows) * cols);
  const matrix = async ({ data, cols, scale }: Matrix): Promise<Matrix> => ({
    data: await copy(data, cols),
    rows,
    cols,
    scale,
  });
  const sparse = async ({ indptr, indices, data, cols }: SparseMatrix): Promise<SparseMatrix> => {
    const [begin, end] = [indptr[first], indptr[first + rows]];
    const starts = indptr.slice(first, first + rows + 1).map((start) => start - begin);
    copies.push(starts.buffer);
    const values = data && (await copyPart(data, begin, end));
    const numbered = await copyPart(indices, begin, end);
    columns = await renumber(numbered, cols, signal);
    return { indptr: starts, indices: numbered, data: values, rows, cols: columns.length };
  };
  const copied: DatasetSource<RowsInMemory> = {
    x: isSparse(x) ? await sparse(x) : await matrix(x),
    targets:
      targets.kind === "labels"
        ? { kind: "labels", labels: await copy(targets.labels, 1) }
        : targets.kind === "distributions"
          ? { kind: "distributions", distributions: await matrix(targets.distributions) }
          : targets,
    ...(sampleWeights && { sampleWeights: await copy(sampleWeights, 1) }),
    storage,
    labelSmoothing,
    standardization: standardization && ofColumns(standardization, columns),
  };
  return { copied, copies, columns };
}

/** Replaces columns by their positions among those that occur, which are returned, ascending; at least one. */
async function renumber(indices: Uint32Array, cols: number, signal: AbortSignal): Promise<Uint32Array> {
  const positions = new Uint32Array(cols);
  const mark = (begin: number, end: number) => {
    for (let at = begin; at < end; at++) positions[indices[at]] = 1;
  };
  await inPieces(indices.length, mark, PIECE, signal);
  positions[0] = 1;
  const columns: number[] = [];
  for (let j = 0; j < cols; j++) {
    if (positions[j] === 0) continue;
    positions[j] = columns.length;
    columns.push(j);
  }
  const replace = (begin: number, end: number) => {
    for (let at = begin; at < end; at++) indices[at] = positions[indices[at]];
  };
  await inPieces(indices.length, replace, PIECE, signal);
  return Uint32Array.from(columns);
}

function ofColumns({ mean, scale }: Standardization, columns: Uint32Array | null): Standardization {
  if (!columns) return { mean, scale };
  const pick = (values: Float64Array) => Float64Array.from(columns, (j) => values[j]);
  return { mean: pick(mean), scale: pick(scale) };
}
