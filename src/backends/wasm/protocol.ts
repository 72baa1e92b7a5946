/** What a trainer and its workers say to each other. Types only. */
import type { DatasetSource, ModelShape } from "../backend.ts";
import type { Sums } from "./backward.ts";

/** Two arrays that go to a worker and come back, moved and not copied, so that no step allocates. */
export interface Buffers {
  /** Parameters, going out. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** A partial gradient, coming back. */
  readonly partial: Float32Array<ArrayBuffer>;
}

/** Its share of the data set, for a worker to keep. */
export interface OpenRequest {
  readonly kind: "open";
  readonly module: WebAssembly.Module;
  readonly source: DatasetSource;
  readonly shape: ModelShape;
}

/** Rows of a batch, counted within the share, and the parameters to see them with. */
export interface BackwardRequest extends Buffers {
  readonly kind: "backward";
  readonly rows: Uint32Array;
  readonly scale: number;
}

/** To a worker. Each is answered once, in order. */
export type Request = OpenRequest | BackwardRequest;

/** From a worker; `"ready"` comes first, unasked. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "opened" }
  | ({ readonly kind: "partial"; readonly sums: Sums } & Buffers)
  | { readonly kind: "failed"; readonly message: string };
