/**
 * The backends the shared tests run on: the reference everywhere, WebGPU in the browser. A test that takes one
 * of these says nothing about which it is.
 */
import type { Backend } from "../../src/backends/backend.ts";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";

/** A backend under test. */
export interface BackendCase {
  readonly name: string;
  /** The estimator's option for it. */
  readonly device: "reference" | "webgpu";
  /** Relative precision of its arithmetic. */
  readonly epsilon: number;
  open(): Promise<Backend>;
}

const REFERENCE: BackendCase = {
  name: "reference",
  device: "reference",
  epsilon: 2 ** -52,
  open: async () => new ReferenceBackend(),
};

const WEBGPU: BackendCase = {
  name: "webgpu",
  device: "webgpu",
  epsilon: 2 ** -24,
  open: () => WebGpuBackend.open(),
};

/** Small buffers, so that data sets are cut into several chunks. */
const WEBGPU_CHUNKED: BackendCase = {
  ...WEBGPU,
  name: "webgpu in chunks of 4 KiB",
  open: () => WebGpuBackend.open({ maxChunkBytes: 4096 }),
};

const isBrowser = typeof document !== "undefined";

/** Backends that can be opened here. */
export const BACKENDS: readonly BackendCase[] = isBrowser ? [REFERENCE, WEBGPU, WEBGPU_CHUNKED] : [REFERENCE];

/** Devices an estimator can be asked for here. */
export const DEVICES: readonly BackendCase[] = isBrowser ? [REFERENCE, WEBGPU] : [REFERENCE];
