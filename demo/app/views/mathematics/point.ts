/** The current parameters, in the coordinates in which they are trained. */
import { toClasses } from "../../../../src/data/labels.ts";
import type { Standardization } from "../../../../src/data/standardization.ts";
import type { Label } from "../../../../src/index.ts";
import { type Parameters, zeros } from "../../../../src/parameters.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import type { Snapshot } from "../../state/run-records.ts";

/** Parameters W `[K,D]` and b `[K]`, with their classes and the standardisation of features. */
export interface Point {
  readonly parameters: Parameters;
  /** Parameters for rows that are not standardised: (W/σ) x + (b − (W/σ) μ). */
  readonly folded: Parameters;
  readonly classes: readonly Label[];
  /** Applied to a row before W; null for none. */
  readonly standardization: Standardization | null;
}

/** Returns the parameters of a snapshot; W = 0 and b = 0 without one. */
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

/** Converts a snapshot, which is for raw rows, into the W and b for standardised rows, which training updates. */
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
