/** What every low-level entry exports beside its backend: the contract's types, and the errors it throws. */
export type { Float16Data, Matrix, MatrixData } from "../data/matrix.ts";
export type { Targets } from "../data/targets.ts";
export * from "../errors.ts";
export type { Parameters } from "../objective.ts";
export type * from "./backend.ts";
