/** Rows as the reference keeps them: the caller's own arrays, not copied. */
import type { Matrix } from "../../data/matrix.ts";
import type { Targets } from "../../data/targets.ts";
import type { DatasetSource } from "../backend.ts";
import { KeptDataset } from "../kept-dataset.ts";

/** A data set of the reference. */
export class ReferenceDataset extends KeptDataset {
  readonly x: Matrix;
  readonly targets: Targets;

  constructor(source: DatasetSource) {
    super(source);
    this.x = source.x;
    this.targets = source.targets;
  }
}
