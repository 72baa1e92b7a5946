/** The base class of device data sets: dimensions, row weights and dispose(). */
import { isSparse } from "../data/sparse-matrix.ts";
import type { Targets } from "../data/targets.ts";
import { ShapeError, StateError } from "../errors.ts";
import type { Dataset, DatasetSource } from "./backend.ts";

/** Properties of rows that a data set keeps. */
export interface DatasetRows extends Pick<DatasetSource, "targets" | "sampleWeights"> {
  readonly x: Pick<DatasetSource["x"], "rows" | "cols">;
}

/** Base class of the backends' data sets. */
export class DeviceDataset implements Dataset {
  readonly rows: number;
  readonly features: number;
  readonly isSparse: boolean;
  readonly targetKind: Targets["kind"];
  readonly classes: number;
  #sampleWeights: Float32Array | undefined;
  #meanWeight = 1;
  #isDisposed = false;
  readonly #ends = new Set<() => void>();

  constructor({ x, targets, sampleWeights }: DatasetRows) {
    this.rows = x.rows;
    this.features = x.cols;
    this.isSparse = isSparse(x);
    this.targetKind = targets.kind;
    this.classes = classesOf(targets);
    if (sampleWeights) this.#take(sampleWeights);
  }

  /** s_i of each row, on the host, for the sums over batches. */
  get sampleWeights(): Float32Array | undefined {
    return this.#sampleWeights;
  }

  /** Σ s_i / N. */
  get meanWeight(): number {
    return this.#meanWeight;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  setWeights(sampleWeights: Float32Array): void {
    if (this.#isDisposed) throw new StateError("data", "the data set was disposed of");
    if (!this.#sampleWeights) throw new StateError("data", "the data set was created without weights");
    checkLength(sampleWeights, this.rows);
    this.#take(sampleWeights);
    this.writeWeights(sampleWeights);
  }

  /** Takes new weights to the device. */
  protected writeWeights(_sampleWeights: Float32Array): void {}

  /** Runs `end` when the data set is disposed of, unless the returned function is called before. */
  onDispose(end: () => void): () => void {
    this.#ends.add(end);
    return () => void this.#ends.delete(end);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
  }

  #take(sampleWeights: Float32Array): void {
    this.#sampleWeights = sampleWeights;
    this.#meanWeight = sumOf(sampleWeights) / this.rows;
  }
}

/** @throws ShapeError */
function checkLength({ length }: Float32Array, rows: number): void {
  if (length !== rows) throw new ShapeError("sampleWeights", `expected ${rows} weights, got ${length}`);
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

function classesOf(targets: Targets): number {
  if (targets.kind === "none") return 0;
  if (targets.kind === "distributions") return targets.distributions.cols;
  const { labels } = targets;
  let most = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] > most) most = labels[i];
  return 1 + most;
}
