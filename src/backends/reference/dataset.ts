/** Rows as the reference keeps them: the caller's own arrays, copied only where they are to be standardised. */
import type { Matrix } from "../../data/matrix.ts";
import type { Targets } from "../../data/targets.ts";
import type { DatasetSource } from "../backend.ts";
import { KeptDataset } from "../kept-dataset.ts";
import { standardize } from "./operations.ts";

/** A data set of the reference. */
export class ReferenceDataset extends KeptDataset {
  readonly x: Matrix;
  readonly targets: Targets;
  readonly labelSmoothing: number;

  constructor(source: DatasetSource) {
    super(source);
    const { x, targets, labelSmoothing = 0, standardization } = source;
    this.x = standardization ? standardize(x, standardization) : x;
    this.targets = targets;
    this.labelSmoothing = labelSmoothing;
  }
}
