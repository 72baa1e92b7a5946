/** The base class of device data sets: dimensions, row weights and dispose(). */
import type { Targets } from "../data/targets.ts";
import type { Dataset, DatasetSource } from "./backend.ts";

/** Properties of rows that a data set keeps. */
export interface DatasetRows extends Pick<DatasetSource, "targets" | "sampleWeights"> {
  readonly x: Pick<DatasetSource["x"], "rows" | "cols">;
}

/** Base class of the backends' data sets. */
export class DeviceDataset implements Dataset {
  readonly rows: number;
  readonly features: number;
  readonly targetKind: Targets["kind"];
  readonly classes: number;
  /** s_i of each row, on the host, for the sums over batches. */
  readonly sampleWeights: Float32Array | undefined;
  /** Σ s_i / N. */
  readonly meanWeight: number;
  #isDisposed = false;
  readonly #ends = new Set<() => void>();

  constructor({ x, targets, sampleWeights }: DatasetRows) {
    this.rows = x.rows;
    this.features = x.cols;
    this.targetKind = targets.kind;
    this.classes = classesOf(targets);
    this.sampleWeights = sampleWeights;
    this.meanWeight = sampleWeights ? sumOf(sampleWeights) / x.rows : 1;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

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
