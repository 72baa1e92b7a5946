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
