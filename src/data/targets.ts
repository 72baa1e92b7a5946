/**
 * What rows are trained towards, in the form the backends take: a class index per row, a distribution per
 * row, or nothing. How a caller's labels become these is in labels.ts.
 */
import type { Matrix } from "./matrix.ts";

/** Targets of `N` rows. */
export type Targets =
  /** Rows that are only to be predicted. */
  | { readonly kind: "none" }
  /** The class of each row, `[N]`, every value below K. */
  | { readonly kind: "labels"; readonly labels: Uint32Array }
  /** A distribution over the classes for each row, `[N,K]`, rows ≥ 0 that sum to 1. */
  | { readonly kind: "distributions"; readonly distributions: Matrix };

/** Targets of rows that are only to be predicted. */
export const NO_TARGETS: Targets = { kind: "none" };

/** (1 − ε) q + ε/K: a target's share q of a class with label smoothing ε in [0, 1); with ε = 0, q itself. */
export function smoothed(q: number, labelSmoothing: number, classes: number): number {
  return (1 - labelSmoothing) * q + labelSmoothing / classes;
}
