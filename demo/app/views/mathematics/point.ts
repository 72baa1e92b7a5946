/** Where the mathematics is looked at: the parameters, in the coordinates that they are trained in. */

import { toClasses } from "../../../../src/data/labels.ts";
import type { Standardization } from "../../../../src/data/standardization.ts";
import type { Label } from "../../../../src/index.ts";
import { type Parameters, zeros } from "../../../../src/objective.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import type { Snapshot } from "../../state/run.ts";

/** Parameters W `[K,D]` and b `[K]`, and what their columns and rows belong to. */
export interface Point {
  readonly parameters: Parameters;
  /** The same for rows as they come: (W/σ) x + (b − (W/σ) μ). */
  readonly folded: Parameters;
  readonly classes: readonly Label[];
  /** What a row goes through before it meets W; null where it is taken as it is. */
  readonly standardization: Standardization | null;
}

/** The point where a run stands: a snapshot's, or W = 0 and b = 0 before there is one. */
export function pointOf(
  dataset: DemoDataset,
  snapshot: Snapshot | null,
  standardization: Standardization | null,
): Point {
  if (snapshot) {
    const { classes } = snapshot;
    const folded = { weights: Float64Array.from(snapshot.weights), bias: Float64Array.from(snapshot.bias) };
    const parameters = standardization ? unfolded(folded, standardization) : folded;
    return { parameters, folded, classes, standardization };
  }
  const { x, y } = dataset.train;
  const classes = toClasses(new Set(y));
  const parameters = zeros({ classes: classes.length, features: x.cols });
  return { parameters, folded: parameters, classes, standardization: null };
}

/** A snapshot is for rows as they come; training moves the W and b that meet standardised ones. */
function unfolded({ weights, bias }: Parameters, { mean, scale }: Standardization): Parameters {
  const features = mean.length;
  return {
    weights: weights.map((w, at) => w * scale[at % features]),
    bias: bias.map((b, k) => {
      let shifted = b;
      for (let j = 0; j < features; j++) shifted += weights[k * features + j] * mean[j];
      return shifted;
    }),
  };
}
